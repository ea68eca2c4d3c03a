using System.CommandLine;
using BitTensor.Actors;
using BitTensor.Actors.Cluster;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Operations;
using BitTensor.Records;
using BitTensor.Studies;
using BitTensor.Transport;

namespace BitTensor.Cli;

/// <summary>The command <c>bta</c>: parses, runs one command, and turns every way to fail into a message and an exit code.</summary>
sealed class CommandLine(Terminal terminal)
{
    const string Description = """
        Emulates a peer-to-peer intelligence market: neurons that query and train each other, rank each other on a ledger, and are paid by rank.

        Examples:
          bta new mine                                  write mine.yaml to start from
          bta check mine.yaml                           say what is wrong with it
          bta run mine.yaml --seed 7 --cores 2          run it; results in runs/mine/...
          bta run mine.yaml --set network.default.loss=10%
          bta run scenarios/paper/figure-4.yaml         the paper's formulas without a network
          bta sweep mine.yaml --vary network.default.loss=0%,10% --seeds 20
          bta study regret scenarios/studies/regret.yaml --seeds 5     which dishonesty pays
          bta study attacks --seeds 5                   what every attack gains, and what defences leave of it
          bta fuzz --seeds 1000 --time 8m               random scenarios under the invariants
          bta replay runs/mine/20260101T120000Z-7       run it again and compare every byte
          bta diff runs/mine/A runs/mine/B              where two runs part
          bta trace runs/mine/20260101T120000Z-7 --neuron 3 --block 12..14 --svg trace.svg
          bta export runs/mine/20260101T120000Z-7 --table neurons | head

        Exit codes:
          0 every property holds   1 one failed   2 unknown   64 usage   65 bad scenario   69 no node to ask   70 internal   74 input/output   130 interrupted
          a node: 0 left   74 name, certificate, port or database cannot be used   80 declared dead   81 quarantined   82 lost the ledger   83 did not find the cluster
        """;

    /// <summary>Every command with its options.</summary>
    public RootCommand Tree() => new(Description)
    {
        new RunCommand(terminal).Command,
        new NodeCommand(terminal).Command,
        new ClusterCommand(terminal).Command,
        new CertsCommand(terminal).Command,
        new CheckCommand(terminal).Command,
        new SweepCommand(terminal).Command,
        new StudyCommand(terminal).Command,
        new FuzzCommand(terminal).Command,
        new ReplayCommand(terminal).Command,
        new DiffCommand(terminal).Command,
        new TraceCommand(terminal).Command,
        new VerifyCommand(terminal).Command,
        new ExportCommand(terminal).Command,
        new NewCommand(terminal).Command,
        new SchemaCommand(terminal).Command,
        new DoctorCommand(terminal).Command,
    };

    /// <summary>Runs the program.</summary>
    public int Invoke(string[] args)
    {
        var parsed = Tree().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Error.WriteLine($"error: {error.Message}");
            }
            var path = string.Join(' ', Path(parsed.CommandResult).Reverse());
            terminal.Error.WriteLine($"Try: bta {path}{(path.Length > 0 ? " " : "")}--help");
            return ExitCode.Usage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
#pragma warning disable CA1031 // The last handler of the program: whatever happened becomes a message and an exit code.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var (code, message) = Explain(failure);
            terminal.Error.WriteLine($"error: {message}");
            return code;
        }
    }

    /// <summary>What a failure means to the user.</summary>
    public static (int Code, string Message) Explain(Exception failure) => failure switch
    {
        CommandException command => (command.ExitCode, command.Message),
        ControlException => (ExitCode.Unavailable, failure.Message),
        ResumeException or SweepTooLargeException => (ExitCode.Usage, failure.Message),
        PartedException { Begun: false } parted when NodeCommand.Explain(parted.Node, parted.Exit) is (var code, { } message) => (code, message),
        OperationCanceledException => (ExitCode.Interrupted, "interrupted before the first block: there is nothing to keep"),
        PartedException or ClusterException or CertificateException or System.Data.Common.DbException or System.Net.Sockets.SocketException =>
            (ExitCode.InputOutput, failure.Message),
        DataSetException or LedgerException or JournalException or IOException or UnauthorizedAccessException or InvalidDataException =>
            (ExitCode.InputOutput, failure.Message),
        TorchUnavailableException => (ExitCode.Internal, failure.Message),
        EmulationException when InputOutputIn(failure) is { } cause => (ExitCode.InputOutput, $"the run failed: {cause.Message}"),
        EmulationException => (ExitCode.Internal, $"the run failed: {failure.Message}\n{failure.InnerException}".TrimEnd()),
        _ => (ExitCode.Internal, $"internal error, please report it: {failure}"),
    };

    /// <summary>The full disk or lost file behind a failed run, if that is what it was.</summary>
    static Exception? InputOutputIn(Exception? failure) =>
        failure is null or IOException or LedgerException or UnauthorizedAccessException ? failure : InputOutputIn(failure.InnerException);

    static IEnumerable<string> Path(System.CommandLine.Parsing.CommandResult result)
    {
        for (var at = result; at.Parent is System.CommandLine.Parsing.CommandResult parent; at = parent)
        {
            yield return at.Command.Name;
        }
    }
}
