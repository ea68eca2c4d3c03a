using Akka.Actor;

namespace BitTensor.Emulation;

/// <summary>
/// Compute in wall time: a bounded number of jobs at once, each taking as long as it takes; the cost is not waited for.
/// Ending it waits for the jobs that run and drops those that have not begun.
/// </summary>
public sealed class WallCompute : Compute
{
    readonly ConcurrentExclusiveSchedulerPair _pool;
    readonly Dictionary<int, Task> _lanes = [];
    readonly Lock _gate = new();
    readonly Action<Exception> _fail;
    volatile bool _stopped;

    /// <summary>
    /// Compute with at most <paramref name="cores"/> jobs at once; <paramref name="fail"/> is told when a job throws.
    /// </summary>
    public WallCompute(int cores, Action<Exception> fail)
    {
        // One job at a time per turn on the thread pool: actors, which run there too, get theirs in between.
        _pool = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, cores, maxItemsPerTask: 1);
        _fail = fail;
    }

    /// <inheritdoc/>
    public override void Submit(
        int lane, TimeSpan cost, ComputeJob job, IActorRef owner, IInlineReceiver? inline = null)
    {
        job.Owner = owner;
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }
            var previous = _lanes.GetValueOrDefault(lane, Task.CompletedTask);
            _lanes[lane] = previous.ContinueWith(
                _ => Run(job), CancellationToken.None, TaskContinuationOptions.None, _pool.ConcurrentScheduler);
        }
    }

    /// <inheritdoc/>
    public override Func<T> RunOffLane<T>(Func<T> work)
    {
        var result = work();
        return () => result;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stopped = true;
        Task[] last;
        lock (_gate)
        {
            last = [.. _lanes.Values];
        }
        Task.WaitAll(last);
        _pool.Complete();
    }

    void Run(ComputeJob job)
    {
        if (_stopped)
        {
            return;
        }
        try
        {
            job.Compute();
            job.Run();
        }
#pragma warning disable CA1031 // Whatever a job throws ends the run.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _fail(new EmulationException($"A compute job failed: {failure.Message}", failure));
        }
    }
}
