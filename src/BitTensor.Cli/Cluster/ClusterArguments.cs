using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Cluster;
using BitTensor.Operations;

namespace BitTensor.Cli.Cluster;

/// <summary>The arguments of <c>bta run</c> about a cluster.</summary>
sealed class ClusterArguments
{
    readonly NodeArguments _node = new();
    readonly Option<bool> _cluster = new("--cluster")
    {
        Description = "Runs on a cluster of processes, in wall time; others join with `bta node --join`.",
    };
    readonly Option<int> _expect = Count(
        "--expect-nodes", "Nodes with neurons to wait for before the first block, this one included.");
    readonly Option<int> _local = Count("--local-nodes", "Further nodes to start on this machine.");

    /// <summary>The labels of this process's node in the run's log.</summary>
    public NodeLabels Labels { get; } = new();

    public void AddTo(Command command)
    {
        command.Add(_cluster);
        command.Add(_expect);
        command.Add(_local);
        _node.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(_cluster))
            {
                Refuse(result);
            }
        });
    }

    /// <summary>Refuses what belongs to a cluster where there is none.</summary>
    void Refuse(CommandResult result)
    {
        if (result.GetValue(_expect) > 0 || result.GetValue(_local) > 0)
        {
            result.AddError("--expect-nodes and --local-nodes belong to --cluster");
        }
        foreach (var option in _node.All.Where(o => result.GetResult(o) is { Implicit: false }))
        {
            result.AddError($"{option.Name} belongs to --cluster");
        }
    }

    /// <summary>True when the run is to be on a cluster.</summary>
    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_cluster);

    /// <summary>Carries out the run on the cluster that was asked for.</summary>
    /// <exception cref="CommandException">The named database is no connection string.</exception>
    public Runner RunnerOf(ParseResult parsed, Terminal terminal)
    {
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
                    terminal.Note($"node {host.Name} at {host.Address}");
                    if (parsed.GetRequiredValue(_node.Join).Length == 0)
                    {
                        Invite(terminal, host, expected - 1 - local, parsed.GetValue(_node.Certs));
                    }
                    nodes.Start(host.Address);
                    return await NodeEndpoints.Open(host, _node.Endpoints.Read(parsed), log);
                },
            };
            return ClusterRun.Execute(scenario, options, cluster, interrupt);
        };
    }

    /// <summary>Writes the command that starts each of the nodes to wait for.</summary>
    static void Invite(Terminal terminal, NodeHost host, int others, string? certs)
    {
        if (others > 0)
        {
            var secure = certs is null ? "" : $" --certs {certs} --name NAME";
            var nodes = others > 1 ? "nodes" : "node";
            terminal.Note(
                $"waiting for {others} more {nodes}: bta node --join {host.Address}{secure}");
        }
    }

    /// <summary>Writes the name of each node that joins, counted up to the expected number of nodes.</summary>
    static Action<string> Attendance(Terminal terminal, int expected)
    {
        var present = 1;
        return node =>
        {
            var count = ++present <= expected ? $", {present} of {expected}" : "";
            terminal.Note($"node {node} has joined{count}");
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
