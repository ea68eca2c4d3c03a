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
        });
    }

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_cluster);

    /// <summary>What carries the run out.</summary>
    public RunSession.Runner RunnerOf(ParseResult parsed) => !IsAsked(parsed)
        ? (scenario, options, _, interrupt) => EmulationRun.Execute(scenario, options, interrupt)
        : (scenario, options, log, interrupt) =>
        {
            var local = parsed.GetValue(_local);
            var ledger = _node.LedgerOf(parsed);
            var cores = options.Cores.ToString(CultureInfo.InvariantCulture);
            using var nodes = new LocalNodes(options.Folder!, local, LocalArguments(parsed, cores), ledger);
            var cluster = new ClusterOptions
            {
                Node = _node.Read(parsed, options.Cores, log, Labels),
                ExpectNodes = Math.Max(parsed.GetValue(_expect), local + 1),
                Ledger = ledger,
                Started = async host =>
                {
                    nodes.Start(host.Address);
                    return await NodeEndpoints.Open(host, _node.Endpoints.Read(parsed), log);
                },
            };
            return ClusterRun.Execute(scenario, options, cluster, interrupt);
        };

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
