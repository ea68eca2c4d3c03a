using System.Globalization;
using System.Runtime.InteropServices;
using BitTensor.Reports;
using Spectre.Console;

namespace BitTensor.Cli;

/// <summary>The output streams of a command.</summary>
/// <param name="Out">Standard output: results.</param>
/// <param name="Error">Standard error: progress, warnings and errors.</param>
/// <param name="Live">True when standard error is a terminal that can redraw a line.</param>
/// <param name="Color">False when output shall carry no colours.</param>
sealed record Terminal(TextWriter Out, TextWriter Error, bool Live, bool Color)
{
    // Columns below which words would be cut anyway.
    const int LeastWidth = 40;
    const int BarWidth = 10;
    const string ShowCursor = "\u001b[?25h";

    const string EndingWithBlock =
        "Ending with the block that is open, if it closes soon; once more ends at once and leaves the run folder "
        + "incomplete.";

    readonly Screen _screen = new();

    /// <summary>Standard input; empty unless the process has one.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Cancelled when the reader of the output has closed it.</summary>
    public CancellationToken ReaderGone { get; init; }

    /// <summary>
    /// Columns of standard output, at which sentences and tables are broken between words; null for no limit, where
    /// the output goes to a file or another program. The variable <c>COLUMNS</c> sets it too.
    /// </summary>
    public int? Width { get; init; }

    /// <summary>
    /// The process's own streams. <c>NO_COLOR</c> (no-color.org) turns colours off, <c>TERM=dumb</c> also redrawing.
    /// </summary>
    public static Terminal Standard()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        var noColor = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Terminal(Console.Out, Console.Error, !Console.IsErrorRedirected && !dumb, !noColor && !dumb)
        {
            In = Console.In,
            ReaderGone = ClosedPipe.Watch(),
            Width = WidthOf(Environment.GetEnvironmentVariable("COLUMNS")),
        };
    }

    static int? WidthOf(string? columns)
    {
        var named = int.TryParse(columns, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        var width = named ?? (Console.IsOutputRedirected ? null : Console.WindowWidth);
        return width > 0 ? Math.Max(LeastWidth, width.Value) : null;
    }

    /// <summary>Writes a sentence to standard output, broken between words where the terminal is narrower.</summary>
    /// <param name="text">The sentence.</param>
    /// <param name="indent">Spaces before every line but the first.</param>
    public void Say(string text, int indent = 0) => Out.WriteLine(WrappedText.Of(text, Width, indent));

    /// <summary>Explains the columns of a text that stands above: a line per column.</summary>
    /// <param name="columns">Head of each column, and what is in it.</param>
    public void Explain(IEnumerable<(string Head, string Doc)> columns)
    {
        var all = columns.ToArray();
        var width = all.Max(c => c.Head.Length);
        Out.WriteLine();
        foreach (var (head, doc) in all)
        {
            Say($"{head.PadRight(width)}  {doc}", width + 2);
        }
    }

    /// <summary>Writes a line to standard error, above what is redrawn there.</summary>
    public void Note(string text)
    {
        if (_screen.Shown is { } console)
        {
            console.Write(new LinesAbove(text));
        }
        else
        {
            Error.WriteLine(text);
        }
    }

    /// <summary>
    /// A token that the first Ctrl-C or SIGTERM cancels; the second one ends the process at once. After a SIGTERM the
    /// process ends in <see cref="Interruption.Patience"/> whatever the command does: who sends one waits for the end.
    /// Dispose gives the signals back.
    /// </summary>
    /// <param name="ending">The message for the first signal; null for that of a network's run.</param>
    /// <param name="grace">
    /// Time from the first signal until <see cref="Interruption.Overdue"/>; null for <see cref="Interruption.Grace"/>.
    /// </param>
    public Interruption Interruptible(string? ending = null, TimeSpan? grace = null) =>
        new(this, ending ?? EndingWithBlock, grace ?? Interruption.Grace);

    /// <summary>Runs work that redraws a bar with a text beside it on <see cref="Error"/>.</summary>
    /// <param name="work">The work; it is given the bar.</param>
    public T WithBar<T>(Func<ProgressTask, T> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Error),
            ColorSystem = Color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        _screen.Shown = console;
        try
        {
            return console.Progress()
                .Columns(
                    new SpinnerColumn(), new ProgressBarColumn { Width = BarWidth },
                    new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(context => work(context.AddTask("starting")));
        }
        finally
        {
            _screen.Shown = null;
        }
    }

    /// <summary>What is redrawn at the moment.</summary>
    sealed class Screen
    {
        public IAnsiConsole? Shown { get; set; }
    }

    /// <summary>Signals, turned into a token.</summary>
    public sealed class Interruption : IDisposable
    {
        /// <summary>Time that a run goes on after the first signal, for the sake of its open block.</summary>
        public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

        // After SIGTERM: the rest of the patience is for tables and report.
        static readonly TimeSpan MostGrace = TimeSpan.FromSeconds(15);

        /// <summary>Longest time that a command goes on after SIGTERM.</summary>
        public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        readonly CancellationTokenSource _source = new();
        readonly CancellationTokenSource _overdue = new();
        readonly Timer _end = new(static _ => ProcessEnd.By(PosixSignal.SIGTERM));
        readonly PosixSignalRegistration _interrupt;
        readonly PosixSignalRegistration _terminate;
        readonly CancellationTokenRegistration _readerGone;

        public Interruption(Terminal terminal, string ending, TimeSpan grace)
        {
            void Handle(PosixSignalContext context)
            {
                context.Cancel = !_source.IsCancellationRequested;
                if (context.Cancel)
                {
                    terminal.Note(ending);
                    _source.Cancel();
                    _overdue.CancelAfter(grace);
                    if (context.Signal == PosixSignal.SIGTERM)
                    {
                        _overdue.CancelAfter(grace < MostGrace ? grace : MostGrace);
                        _end.Change(Patience, Timeout.InfiniteTimeSpan);
                    }
                }
                else
                {
                    if (terminal._screen.Shown is not null)
                    {
                        // The process ends here: the line is left as a shell expects it.
                        terminal.Error.WriteLine(ShowCursor);
                    }
                    ProcessEnd.By(context.Signal);
                }
            }
            _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
            // Nobody reads what the command says any more: it ends as if it were interrupted, once.
            _readerGone = terminal.ReaderGone.Register(_source.Cancel);
        }

        public CancellationToken Token => _source.Token;

        /// <summary>Cancelled when the grace after the first signal is over.</summary>
        public CancellationToken Overdue => _overdue.Token;

        /// <summary>The work has ended. What is left is to write the result, which may take its time.</summary>
        public void WorkEnded() => _end.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            _end.Dispose();
            _interrupt.Dispose();
            _terminate.Dispose();
            _readerGone.Dispose();
            _source.Dispose();
            _overdue.Dispose();
        }
    }
}
