using System.CommandLine;
using System.Globalization;
using BitTensor.Cluster;
using BitTensor.Operations;
using Serilog;
using Serilog.Formatting.Compact;

namespace BitTensor.Cli.Cluster;

/// <summary><c>bta node</c>: one process of a cluster, which may take part in several runs.</summary>
sealed class NodeCommand
{
    // A full log file begins another and the oldest is deleted: at most 128 MiB, however busy the node's ports are.
    const int LogFileBytes = 32 * 1024 * 1024;
    const int LogFiles = 4;

    readonly Terminal _terminal;
    readonly NodeArguments _node = new();
    readonly Option<int> _cores = Options.Cores();
    readonly Option<string?> _log = new("--log")
    {
        Description = "File for the log, compact JSON, at most 4 of 32 MiB; standard error without it.",
        HelpName = "FILE",
    };
    readonly Option<bool> _withParent = new("--with-parent")
    {
        Description = "Leaves when standard input closes.",
        Hidden = true,
    };

    public NodeCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "node",
            "Takes part in a cluster: hosts neurons, and the ledger if it is told the database. "
            + "Example: bta node --join 127.0.0.1:4053")
        {
            _cores, _log, _withParent,
        };
        _node.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    async Task<int> Run(ParseResult parsed, CancellationToken never)
    {
        await using var log = LogTo(parsed.GetValue(_log));
        using var interruption = _terminal.Interruptible("Leaving the cluster; once more ends at once.");
        await using var host = NodeHost.Start(_node.Read(parsed, parsed.GetValue(_cores), log, new NodeLabels()));
        await using var endpoints = await NodeEndpoints.Open(host, _node.Endpoints.Read(parsed), log);
        await _terminal.Out.WriteLineAsync($"node {host.Name} at {host.Address}");
        await Tell("control", endpoints.Control);
        await Tell("health", endpoints.Health);
        _ = host.Joined.ContinueWith(
            _ => _terminal.Out.WriteLine($"node {host.Name} has joined"), TaskScheduler.Default);
        await _terminal.Out.FlushAsync(never);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interruption.Token.Register(told.SetResult);
        var orphaned = parsed.GetValue(_withParent) ? EndOfInput() : told.Task;
        if (await Task.WhenAny(host.Ended, told.Task, orphaned) != host.Ended)
        {
            await host.LeaveAsync();
        }
        return ExitOf(host.Name, await host.Ended);
    }

    async Task Tell(string what, string? where)
    {
        if (where is not null)
        {
            await _terminal.Out.WriteLineAsync($"{what} at {where}");
        }
    }

    static async Task EndOfInput()
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer) > 0)
        {
            // The parent's bytes carry no meaning; the end of the stream does.
        }
    }

    int ExitOf(string name, NodeExit ended)
    {
        var (code, message) = NodeEnding.Explain(name, ended);
        if (message is not null)
        {
            _terminal.Error.WriteLine($"error: {message}");
        }
        return code;
    }

    static Serilog.Core.Logger LogTo(string? file)
    {
        var configuration = new LoggerConfiguration();
        return file is null
            ? configuration.WriteTo.Console(
                formatProvider: CultureInfo.InvariantCulture,
                standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose).CreateLogger()
            : configuration.WriteTo.File(
                new CompactJsonFormatter(), file, buffered: false,
                fileSizeLimitBytes: LogFileBytes, rollOnFileSizeLimit: true,
                retainedFileCountLimit: LogFiles).CreateLogger();
    }
}
