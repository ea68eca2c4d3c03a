using Akka.Actor;

namespace BitTensor.Emulation;

/// <summary>
/// Compute in virtual time. A job's result is due at <c>max(now, end of the lane's previous job) + cost</c>; until then worker threads
/// may run it at any moment. When the clock reaches the due time of a job that is not finished, the driver helps with the work that is
/// due first, so every core computes and the order of events never depends on their number.
/// </summary>
public sealed class VirtualCompute : Compute
{
    readonly VirtualKernel _kernel;
    readonly Lock _gate = new();
    readonly SemaphoreSlim _work = new(0);
    readonly PriorityQueue<Lane, (long Ticks, long Sequence)> _runnable = new();
    readonly Dictionary<int, Lane> _lanes = [];
    readonly List<Thread> _workers = [];
    volatile bool _stopped;
    long _sequence;

    /// <summary>Compute over <paramref name="cores"/> threads: the driver and cores - 1 workers.</summary>
    public VirtualCompute(VirtualKernel kernel, int cores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        _kernel = kernel;
        for (var k = 1; k < cores; k++)
        {
            var worker = new Thread(WorkUntilStopped) { IsBackground = true, Name = $"compute-{k}" };
            _workers.Add(worker);
            worker.Start();
        }
    }

    /// <inheritdoc/>
    public override void Submit(int lane, TimeSpan cost, Func<object> job, IActorRef replyTo)
    {
        if (_stopped)
        {
            return;
        }
        var owner = LaneOf(lane);
        var start = owner.Free > _kernel.Now ? owner.Free : _kernel.Now;
        owner.Free = start + cost;
        var pending = new Job(job, (owner.Free.Ticks, _sequence++));
        lock (_gate)
        {
            owner.Jobs.Enqueue(pending);
            if (!owner.Busy && owner.Jobs.Count == 1)
            {
                _runnable.Enqueue(owner, pending.Due);
            }
        }
        if (_workers.Count > 0)
        {
            _work.Release();
        }
        _kernel.Schedule(owner.Free - _kernel.Now, () => replyTo.Tell(Finish(pending), ActorRefs.NoSender));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stopped = true;
        _work.Release(_workers.Count + 1);
        foreach (var worker in _workers)
        {
            worker.Join();
        }
        _work.Dispose();
    }

    Lane LaneOf(int id)
    {
        if (!_lanes.TryGetValue(id, out var lane))
        {
            _lanes[id] = lane = new Lane();
        }
        return lane;
    }

    object Finish(Job job)
    {
        while (!job.Done.IsSet)
        {
            if (!RunOne())
            {
                job.Done.Wait();
            }
        }
        job.Done.Dispose();
        return job.Failure is { } failure ? throw new EmulationException($"A compute job failed: {failure.Message}", failure) : job.Result!;
    }

    void WorkUntilStopped()
    {
        while (!_stopped)
        {
            _work.Wait();
            while (!_stopped && RunOne())
            {
            }
        }
    }

    bool RunOne()
    {
        Lane lane;
        Job job;
        lock (_gate)
        {
            if (!_runnable.TryDequeue(out lane!, out _))
            {
                return false;
            }
            lane.Busy = true;
            job = lane.Jobs.Dequeue();
        }
        job.Run();
        lock (_gate)
        {
            lane.Busy = false;
            if (lane.Jobs.TryPeek(out var next))
            {
                _runnable.Enqueue(lane, next.Due);
            }
        }
        job.Done.Set();
        return true;
    }

    sealed class Lane
    {
        public Queue<Job> Jobs { get; } = new();

        public bool Busy { get; set; }

        public TimeSpan Free { get; set; }
    }

    sealed class Job(Func<object> work, (long Ticks, long Sequence) due)
    {
        public (long Ticks, long Sequence) Due { get; } = due;

        public ManualResetEventSlim Done { get; } = new(false, 200);

        public object? Result { get; private set; }

        public Exception? Failure { get; private set; }

        public void Run()
        {
            try
            {
                Result = work();
            }
#pragma warning disable CA1031 // Whatever a job throws is carried to the driver, which ends the run with it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Failure = failure;
            }
        }
    }
}
