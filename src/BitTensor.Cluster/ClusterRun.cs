using System.Globalization;
using System.Text;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cluster;

/// <summary>A scenario, run once on a cluster of processes.</summary>
public static class ClusterRun
{
    // Akka.Remote carries frames of 128,000 bytes; the rest is room for what else they hold.
    const int MostBytes = 120_000;

    static readonly TimeSpan EndAgain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Runs the scenario to its end. This process keeps the journal. The others keep their neurons and, with
    /// PostgreSQL, the ledger.
    /// </summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="options">How; the folder is needed.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="interrupt">
    /// Cancelled to make the next block the last one, or to give the run up before its first block.
    /// </param>
    /// <exception cref="ClusterException">
    /// The node cannot start, or the scenario is larger than what nodes are told.
    /// </exception>
    /// <exception cref="PartedException">The node did not find its cluster, or was parted from it.</exception>
    /// <exception cref="OperationCanceledException">Interrupted before the first block.</exception>
    /// <exception cref="LedgerException">The ledger cannot be founded.</exception>
    /// <exception cref="System.Data.Common.DbException">The database cannot be reached.</exception>
    public static RunResult Execute(
        Scenario scenario, RunOptions options, ClusterOptions cluster, CancellationToken interrupt = default) =>
        ExecuteAsync(scenario, options, cluster, interrupt).GetAwaiter().GetResult();

    static async Task<RunResult> ExecuteAsync(
        Scenario scenario, RunOptions options, ClusterOptions cluster, CancellationToken interrupt)
    {
        var folder = options.Folder
            ?? throw new ArgumentException("A run on a cluster needs a folder.", nameof(options));
        if (scenario.Coalition is not null)
        {
            throw new ClusterException(
                "A coalition's adversary lives in the process of its members: "
                + "run the scenario without --cluster, in virtual or wall time.");
        }
        var text = ScenarioWriter.Write(scenario);
        if (Encoding.UTF8.GetByteCount(text) > MostBytes)
        {
            throw new ClusterException(
                $"The scenario has {Encoding.UTF8.GetByteCount(text)} bytes with all of its tables, and a node is told "
                + $"at most {MostBytes}: run it without --cluster, in virtual or wall time.");
        }
        var stamp = WallClock.UtcNow.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        var run = string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}-{scenario.Seed}-{stamp}");
        var file = Path.Combine(folder, RunFolder.LedgerFile);
        LedgerPlace PlaceOf(string name) =>
            cluster.Ledger is { } connection ? new LedgerPlace.Database(connection, name) : new LedgerPlace.File(file);
        var descriptor = new ClusterMessage.RunDescriptor(run, text, cluster.ExpectNodes, 0);
        AuthorityTerm.Found(PlaceOf(run), EmulationRun.HeaderOf(scenario, Roster.Draw(scenario), run), descriptor);
        using var journal = new JournalWriter(
            new FileStream(Path.Combine(folder, RunFolder.JournalFile), FileMode.CreateNew));
        var last = new EmulationRun.EndOfRun(options.Progress);
        var start = WallClock.Elapsed;
        var ledger = cluster with { Node = cluster.Node with { LedgerOf = PlaceOf } };
        await Live(ledger, descriptor, journal, last, interrupt);
        if (cluster.Ledger is not null)
        {
            LedgerCopy.Into(PlaceOf(run), file);
        }
        var interrupted = last.Blocks < scenario.Blocks;
        return new RunResult(
            run, journal.Hash, journal.AuditHash, last.Blocks, interrupted, WallClock.Elapsed - start);
    }

    static async Task Live(
        ClusterOptions cluster, ClusterMessage.RunDescriptor descriptor, JournalWriter journal,
        EmulationRun.EndOfRun last, CancellationToken interrupt)
    {
        await using var host = NodeHost.Start(
            cluster.Node,
            (system, router, compute) =>
                RunSupervisorHost.Open(system, router, compute, descriptor, journal, last.Note));
        await using var started = await cluster.Started(host);
        var supervisor = host.Supervisor!;
        _ = EndEarly(host, interrupt);
        if (await Task.WhenAny(supervisor.Finished, host.Ended) == host.Ended)
        {
            throw new PartedException(host.Name, await host.Ended, supervisor.Recorded > 0);
        }
        if (host.Joined.IsCompleted)
        {
            await Task.WhenAny(supervisor.Released, host.Ended, NodeHost.After(TimeSpan.FromSeconds(5)));
        }
        await host.LeaveAsync();
        if (supervisor.GivenUp)
        {
            throw new OperationCanceledException("Interrupted before the first block.", interrupt);
        }
    }

    /// <summary>
    /// Waits for the interruption, then tells the ledger to end with the open block until the run is over: the ledger
    /// may be on its way to another node when it is told.
    /// </summary>
    static async Task EndEarly(NodeHost host, CancellationToken interrupt)
    {
        await Task.WhenAny(Interrupted(interrupt), host.Supervisor!.Finished, host.Ended);
        while (!host.Supervisor.Done && !host.Ended.IsCompleted)
        {
            if (host.Supervisor.Recorded == 0)
            {
                host.Supervisor.GiveUp();
                return;
            }
            host.Router.Send(Addresses.Ledger, new ControlMessage.EndAtNextBlock());
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
