using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using BitTensor.Cli.Cluster;
using BitTensor.Cli.Inspect;
using BitTensor.Cli.Run;
using BitTensor.Cli.Scenarios;
using BitTensor.Cli.Study;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary>The command <c>bta</c>: parses a line, runs its command, and ends with an exit code.</summary>
sealed partial class CommandLine(Terminal terminal)
{
    const string Purpose =
        "Emulates a peer-to-peer intelligence market: neurons that query and train each other, "
        + "rank each other on a ledger, and are paid by rank.";

    const string Examples = """
        Examples:
          bta new mine                                  write mine.yaml to start from
          bta check mine.yaml                           say what is wrong with it
          bta run mine.yaml --seed 7 --cores 2          run it; results in runs/mine/...
          bta run mine.yaml --set network.default.loss=10%
          bta run scenarios/paper/figure-4.yaml         the paper's formulas without a network
          bta sweep mine.yaml --vary network.default.loss=0%,10% --seeds 20
          bta sweep mine.yaml --point calm:network.default.loss=0% --point storm:network.default.loss=30%
          bta study regret scenarios/studies/regret.yaml --seeds 5     which dishonesty pays
          bta study attacks --seeds 5                   what every attack gains, and what defences leave of it
          bta fuzz --seeds 1000 --time 8m               random scenarios under the invariants
          bta minimise mine.yaml                        make a failing scenario small
          bta replay runs/mine/20260101T120000Z-7       run it again and compare every byte
          bta compare latest~1 latest                   what changed for whom between two runs
          bta diff runs/mine/A runs/mine/B              their outcomes, scenarios and first record that differs
          bta trace runs/mine/20260101T120000Z-7 --neuron 3 --block 12..14 --svg trace.svg
          bta export runs/mine/20260101T120000Z-7 --table neurons | head
          bta extract latest --neuron 3                 a trained model on its own, for Python and bta predict
          bta query latest "select * from blocks"       ask the tables in SQL; latest is the newest run
        """;

    const string ExitCodes =
        "Exit codes:\n"
        + "  0 every property holds   1 one failed   2 unknown   64 usage   65 bad scenario   69 no node to ask   "
        + "70 internal   71 no memory   74 input/output   130 interrupted\n"
        + "  a node: 0 left   74 name, certificate, port or database cannot be used   80 declared dead   "
        + "81 quarantined   82 lost the ledger   83 did not find the cluster";

    readonly Option<string[]> _extensions = Extensions.Option();

    /// <summary>Every command with its options.</summary>
    public RootCommand Tree() => new($"{Purpose}\n\n{Examples}\n\n{ExitCodes}")
    {
        _extensions,
        new RunCommand(terminal).Command,
        new NodeCommand(terminal).Command,
        new ClusterCommand(terminal).Command,
        new CertsCommand(terminal).Command,
        new CheckCommand(terminal).Command,
        new SweepCommand(terminal).Command,
        new StudyCommand(terminal).Command,
        new FuzzCommand(terminal).Command,
        new MinimiseCommand(terminal).Command,
        new ReplayCommand(terminal).Command,
        new CompareCommand(terminal).Command,
        new DiffCommand(terminal).Command,
        new TraceCommand(terminal).Command,
        new VerifyCommand(terminal).Command,
        new ReportCommand(terminal).Command,
        new ExportCommand(terminal).Command,
        new ExtractCommand(terminal).Command,
        new PredictCommand(terminal).Command,
        new QueryCommand(terminal).Command,
        new NewCommand(terminal).Command,
        new SchemaCommand(terminal).Command,
        new DoctorCommand(terminal).Command,
    };

    /// <summary>Runs the program.</summary>
    public int Invoke(string[] args)
    {
        try
        {
            return Execute(Tree().Parse(args));
        }
#pragma warning disable CA1031 // The last handler of the program: every failure becomes a message and an exit code.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var (code, message) = Failure.Explain(failure);
            try
            {
                terminal.Error.WriteLine($"error: {message}");
            }
            catch (IOException)
            {
                // Standard error is full. What is left to say is the exit code.
            }
            return code;
        }
    }

    int Execute(ParseResult parsed)
    {
        if (EmptyIn(parsed.CommandResult) is { } empty)
        {
            return Refuse(parsed, [$"{empty} is empty: write a value"]);
        }
        if (parsed.Errors.Count > 0)
        {
            return Refuse(parsed, parsed.Errors.Select(e => WithoutType(e.Message)));
        }
        Extensions.Load(parsed.GetValue(_extensions) ?? []);
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>What the parser says of a text that an option does not take: it names a type of this program.</summary>
    [GeneratedRegex(
        "^Cannot parse argument '(?<text>.*)' for option '(?<option>[^']*)' as expected type '(?<type>[^']*)'\\.")]
    private static partial Regex NamingType();

    static string WithoutType(string message) => NamingType().Replace(
        message,
        found => $"{found.Groups["option"].Value} does not take '{Shorten.Of(found.Groups["text"].Value)}'."
            + (found.Groups["type"].Value.Contains("Int", StringComparison.Ordinal) ? " Write a whole number." : ""));

    /// <summary>The first argument or option of a command that is given empty; null for none.</summary>
    static string? EmptyIn(CommandResult command) => command.Children
        .FirstOrDefault(c => c.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value))) switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => argument.Argument.Name,
        _ => null,
    };

    int Refuse(ParseResult parsed, IEnumerable<string> errors)
    {
        foreach (var error in errors)
        {
            terminal.Error.WriteLine($"error: {error}");
        }
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (Shorten.Nearest(token, NamesAt(parsed.CommandResult)) is { } meant && meant != token)
            {
                terminal.Error.WriteLine($"did you mean '{meant}'?");
            }
        }
        var path = string.Join(' ', Path(parsed.CommandResult).Reverse());
        terminal.Error.WriteLine($"Try: bta {path}{(path.Length > 0 ? " " : "")}--help");
        return ExitCode.Usage;
    }

    /// <summary>The commands and options that may follow.</summary>
    static IEnumerable<string> NamesAt(CommandResult result) =>
        result.Command.Subcommands.Select(c => c.Name).Concat(result.Command.Options.Select(o => o.Name));

    static IEnumerable<string> Path(CommandResult result)
    {
        for (var at = result; at.Parent is CommandResult parent; at = parent)
        {
            yield return at.Command.Name;
        }
    }
}
