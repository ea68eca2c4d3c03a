using Akka.Actor;

namespace BitTensor.Emulation;

/// <summary>Compute in wall time: a bounded number of jobs at once, each taking as long as it takes; the cost is not waited for.</summary>
public sealed class WallCompute : Compute
{
    readonly ConcurrentExclusiveSchedulerPair _pool;
    readonly Dictionary<int, Task> _lanes = [];
    readonly Lock _gate = new();
    readonly Action<Exception> _fail;

    /// <summary>Compute with at most <paramref name="cores"/> jobs at once; <paramref name="fail"/> is told when a job throws.</summary>
    public WallCompute(int cores, Action<Exception> fail)
    {
        _pool = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, cores);
        _fail = fail;
    }

    /// <inheritdoc/>
    public override void Submit(int lane, TimeSpan cost, Func<object> job, IActorRef replyTo)
    {
        lock (_gate)
        {
            var previous = _lanes.GetValueOrDefault(lane, Task.CompletedTask);
            _lanes[lane] = previous.ContinueWith(
                _ => Run(job, replyTo), CancellationToken.None, TaskContinuationOptions.None, _pool.ConcurrentScheduler);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _pool.Complete();

    void Run(Func<object> job, IActorRef replyTo)
    {
        try
        {
            replyTo.Tell(job(), ActorRefs.NoSender);
        }
#pragma warning disable CA1031 // Whatever a job throws ends the run.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _fail(new EmulationException($"A compute job failed: {failure.Message}", failure));
        }
    }
}
