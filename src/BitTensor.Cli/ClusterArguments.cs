using System.CommandLine;
using System.Globalization;
using BitTensor.Actors;
using BitTensor.Actors.Cluster;
using BitTensor.Operations;

namespace BitTensor.Cli;

/// <summary>A run on a cluster, as <c>bta run</c> is told of it.</summary>
sealed class ClusterArguments
{
    readonly NodeArguments _node = new();
    readonly Option<bool> _cluster = new("--cluster") { Description = "Runs on a cluster of processes, in wall time; others join with `bta node --join`." };
    readonly Option<int> _expect = Count("--expect-nodes", "Nodes with neurons to wait for before the first block, this one included.");
    readonly Option<int> _local = Count("--local-nodes", "Further nodes to start on this machine.");

    /// <summary>What the run's log says of this process's node.</summary>
    public NodeLabels Labels { get; } = new();

    public void AddTo(Command command)
    {
        command.Add(_cluster);
        command.Add(_expect);
        command.Add(_local);
        _node.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(_cluster) && (result.GetValue(_expect) > 0 || result.GetValue(_local) > 0))
            {
                result.AddError("--expect-nodes and --local-nodes belong to --cluster");
            }
            foreach (var option in _node.All.Where(o => !result.GetValue(_cluster) && result.GetResult(o) is { Implicit: false }))
            {
                result.AddError($"{option.Name} belongs to --cluster");
            }
        });
    }

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_cluster);

    /// <summary>What carries the run out.</summary>
    /// <exception cref="CommandException">The database that was named cannot be one.</exception>
    public RunSession.Runner RunnerOf(ParseResult parsed, Terminal terminal)
    {
        if (!IsAsked(parsed))
        {
            return (scenario, options, _, interrupt) => EmulationRun.Execute(scenario, options, interrupt);
        }
        var ledger = _node.LedgerOf(parsed);
        var local = parsed.GetValue(_local);
        var expected = Math.Max(parsed.GetValue(_expect), local + 1);
        return (scenario, options, log, interrupt) =>
        {
            var cores = options.Cores.ToString(CultureInfo.InvariantCulture);
            using var nodes = new LocalNodes(options.Folder!, local, LocalArguments(parsed, cores), ledger);
            var cluster = new ClusterOptions
            {
                Node = _node.Read(parsed, options.Cores, log, Labels) with { Met = Attendance(terminal, expected) },
                ExpectNodes = expected,
                Ledger = ledger,
                Started = async host =>
                {
                    await terminal.Error.WriteLineAsync($"node {host.Name} at {host.Address}");
                    if (parsed.GetRequiredValue(_node.Join).Length == 0)
                    {
                        await Invite(terminal, host, expected - 1 - local, parsed.GetValue(_node.Certs));
                    }
                    nodes.Start(host.Address);
                    return await NodeEndpoints.Open(host, _node.Endpoints.Read(parsed), log);
                },
            };
            return ClusterRun.Execute(scenario, options, cluster, interrupt);
        };
    }

    /// <summary>Says how the others, that nobody has started yet, are started.</summary>
    static async Task Invite(Terminal terminal, NodeHost host, int others, string? certs)
    {
        if (others > 0)
        {
            var secure = certs is null ? "" : $" --certs {certs} --name NAME";
            await terminal.Error.WriteLineAsync($"waiting for {others} more node{(others > 1 ? "s" : "")}: bta node --join {host.Address}{secure}");
        }
    }

    /// <summary>Says who has joined, counted up to the first block's number of nodes.</summary>
    static Action<string> Attendance(Terminal terminal, int expected)
    {
        var present = 1;
        return node =>
        {
            var count = ++present <= expected ? $", {present} of {expected}" : "";
            terminal.Error.WriteLine($"node {node} has joined{count}");
        };
    }

    string[] LocalArguments(ParseResult parsed, string cores) =>
        ["--cores", cores, .. parsed.GetValue(_node.Certs) is { } folder ? (string[])["--certs", folder] : []];

    static Option<int> Count(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError($"{name} wants a number from 1 to 1000");
            }
        });
        return option;
    }
}
