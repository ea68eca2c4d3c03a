using System.Globalization;
using BitTensor.Actors.Cluster;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Actors;

/// <summary>What belongs to a run on a cluster and not to its scenario.</summary>
public sealed record ClusterOptions
{
    /// <summary>This process's node. Its ledger is the run's.</summary>
    public required NodeOptions Node { get; init; }

    /// <summary>Nodes with neurons to wait for before the first block, this one included.</summary>
    public int ExpectNodes { get; init; } = 1;

    /// <summary>Connection string of a PostgreSQL database; null keeps the ledger in the run folder, and then on this node.</summary>
    public string? Ledger { get; init; }

    /// <summary>Told of the node once others can join it; what it returns is disposed of when the node has left.</summary>
    public Func<NodeHost, Task<IAsyncDisposable?>> Started { get; init; } = static _ => Task.FromResult<IAsyncDisposable?>(null);
}

/// <summary>The process of a run is no longer in its cluster, or never was.</summary>
/// <param name="node">Name of its node.</param>
/// <param name="exit">How that ended.</param>
/// <param name="begun">True when the run had begun.</param>
public sealed class PartedException(string node, NodeExit exit, bool begun)
    : Exception($"This node was parted from its cluster ({exit}){(begun ? "; the ledger has every block up to then." : " before the first block.")}")
{
    /// <summary>Name of its node.</summary>
    public string Node => node;

    /// <summary>How that ended.</summary>
    public NodeExit Exit => exit;

    /// <summary>True when the run had begun.</summary>
    public bool Begun => begun;
}

/// <summary>A scenario, run once on a cluster of processes.</summary>
public static class ClusterRun
{
    static readonly TimeSpan EndAgain = TimeSpan.FromSeconds(1);

    /// <summary>Runs the scenario to its end. This process keeps the journal; the others keep their neurons and, with PostgreSQL, the ledger.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="options">How; the folder is needed.</param>
    /// <param name="cluster">With whom.</param>
    /// <param name="interrupt">Cancelled to make the next block the last one, or to give the run up while there is none.</param>
    /// <exception cref="ClusterException">The node cannot start.</exception>
    /// <exception cref="PartedException">The node did not find its cluster, or was parted from it.</exception>
    /// <exception cref="OperationCanceledException">Interrupted before the first block.</exception>
    /// <exception cref="LedgerException">The ledger cannot be founded.</exception>
    /// <exception cref="System.Data.Common.DbException">The database cannot be reached.</exception>
    public static RunResult Execute(Scenario scenario, RunOptions options, ClusterOptions cluster, CancellationToken interrupt = default) =>
        ExecuteAsync(scenario, options, cluster, interrupt).GetAwaiter().GetResult();

    static async Task<RunResult> ExecuteAsync(Scenario scenario, RunOptions options, ClusterOptions cluster, CancellationToken interrupt)
    {
        var folder = options.Folder ?? throw new ArgumentException("A run on a cluster needs a folder.", nameof(options));
        if (scenario.Coalition is not null)
        {
            throw new ClusterException("A coalition's adversary lives in the process of its members: run the scenario without --cluster, in virtual or wall time.");
        }
        var stamp = WallClock.UtcNow.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var run = string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}-{scenario.Seed}-{stamp}");
        var file = Path.Combine(folder, RunFolder.LedgerFile);
        LedgerPlace PlaceOf(string name) =>
            cluster.Ledger is { } connection ? new LedgerPlace.Database(connection, name) : new LedgerPlace.File(file);
        var charter = new ClusterMessage.Charter(run, ScenarioWriter.Write(scenario), cluster.ExpectNodes, 0);
        Tenure.Found(PlaceOf(run), EmulationRun.HeaderOf(scenario, Roster.Draw(scenario), run), charter);
        using var journal = new JournalWriter(new FileStream(Path.Combine(folder, RunFolder.JournalFile), FileMode.CreateNew));
        var last = new EmulationRun.EndOfRun(options.Progress);
        var start = WallClock.Elapsed;
        await Live(cluster with { Node = cluster.Node with { LedgerOf = PlaceOf } }, charter, journal, last, interrupt);
        if (cluster.Ledger is not null)
        {
            LedgerCopy.Into(PlaceOf(run), file);
        }
        return new RunResult(run, journal.Hash, journal.AuditHash, last.Blocks, last.Blocks < scenario.Blocks, WallClock.Elapsed - start);
    }

    static async Task Live(
        ClusterOptions cluster, ClusterMessage.Charter charter, JournalWriter journal, EmulationRun.EndOfRun last, CancellationToken interrupt)
    {
        await using var host = NodeHost.Start(
            cluster.Node, (system, post, compute) => Laboratory.Open(system, post, compute, charter, journal, last.Note));
        await using var started = await cluster.Started(host);
        var laboratory = host.Laboratory!;
        _ = EndEarly(host, interrupt);
        if (await Task.WhenAny(laboratory.Finished, host.Ended) == host.Ended)
        {
            throw new PartedException(host.Name, await host.Ended, laboratory.Recorded > 0);
        }
        if (host.Joined.IsCompleted)
        {
            await Task.WhenAny(laboratory.Released, host.Ended, NodeHost.After(TimeSpan.FromSeconds(5)));
        }
        await host.LeaveAsync();
        if (laboratory.GivenUp)
        {
            throw new OperationCanceledException("Interrupted before the first block.", interrupt);
        }
    }

    /// <summary>
    /// Waits for the interruption, then tells the ledger to end with the open block until the run is over: the ledger may be on its way to
    /// another node when it is told.
    /// </summary>
    static async Task EndEarly(NodeHost host, CancellationToken interrupt)
    {
        await Task.WhenAny(Interrupted(interrupt), host.Laboratory!.Finished, host.Ended);
        while (!host.Laboratory.Done && !host.Ended.IsCompleted)
        {
            if (host.Laboratory.Recorded == 0)
            {
                host.Laboratory.GiveUp();
                return;
            }
            host.Post.Send(Addresses.Ledger, new ControlMessage.EndAtNextBlock());
            await NodeHost.After(EndAgain);
        }
    }

    static Task Interrupted(CancellationToken interrupt)
    {
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        interrupt.Register(interrupted.SetResult);
        return interrupted.Task;
    }
}
