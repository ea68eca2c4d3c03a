using System.Runtime.InteropServices;
using Spectre.Console;

namespace BitTensor.Cli;

/// <summary>The output streams of a command.</summary>
/// <param name="Out">Standard output: results.</param>
/// <param name="Error">Standard error: progress, warnings and errors.</param>
/// <param name="Live">True when standard error is a terminal that can redraw a line.</param>
/// <param name="Color">False when output shall carry no colours.</param>
sealed record Terminal(TextWriter Out, TextWriter Error, bool Live, bool Color)
{
    // SIGPIPE on Linux and macOS.
    const int ClosedPipe = 13;

    const string EndingWithBlock =
        "Ending with the block that is open; once more ends at once and leaves the run folder incomplete.";

    /// <summary>
    /// The process's own streams. <c>NO_COLOR</c> (no-color.org) turns colours off, <c>TERM=dumb</c> also redrawing.
    /// </summary>
    public static Terminal Standard()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        var noColor = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Terminal(Console.Out, Console.Error, !Console.IsErrorRedirected && !dumb, !noColor && !dumb);
    }

    /// <summary>
    /// A token that the first Ctrl-C or SIGTERM cancels; the second one ends the process at once. After a SIGTERM the
    /// process ends in <see cref="Interruption.Patience"/> whatever the command does: who sends one waits for the end.
    /// Dispose gives the signals back.
    /// </summary>
    /// <param name="ending">The message for the first signal.</param>
    public Interruption Interruptible(string ending = EndingWithBlock) => new(this, ending);

    /// <summary>A console that redraws on <see cref="Error"/>.</summary>
    public IAnsiConsole Redrawing() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Error),
        ColorSystem = Color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    });

    /// <summary>Signals, turned into a token.</summary>
    public sealed class Interruption : IDisposable
    {
        /// <summary>Longest time that a command goes on after SIGTERM.</summary>
        public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        // What a shell says of a process that SIGTERM ended.
        const int Terminated = 143;

        readonly CancellationTokenSource _source = new();
        readonly Timer _end = new(static _ => Environment.Exit(Terminated));
        readonly PosixSignalRegistration _interrupt;
        readonly PosixSignalRegistration _terminate;
        readonly PosixSignalRegistration? _closedPipe;

        public Interruption(Terminal terminal, string ending)
        {
            void Handle(PosixSignalContext context)
            {
                context.Cancel = !_source.IsCancellationRequested;
                if (context.Cancel)
                {
                    terminal.Error.WriteLine(ending);
                    _source.Cancel();
                    if (context.Signal == PosixSignal.SIGTERM)
                    {
                        _end.Change(Patience, Timeout.InfiniteTimeSpan);
                    }
                }
            }
            // Nobody reads what the command says any more: it ends as if it were interrupted, once.
            void HandleClosedPipe(PosixSignalContext context)
            {
                context.Cancel = true;
                _source.Cancel();
            }
            _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
            _closedPipe = OperatingSystem.IsWindows()
                ? null
                : PosixSignalRegistration.Create((PosixSignal)ClosedPipe, HandleClosedPipe);
        }

        public CancellationToken Token => _source.Token;

        /// <summary>The work has ended. What is left is to write the result, which may take its time.</summary>
        public void WorkEnded() => _end.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            _end.Dispose();
            _interrupt.Dispose();
            _terminate.Dispose();
            _closedPipe?.Dispose();
            _source.Dispose();
        }
    }
}
