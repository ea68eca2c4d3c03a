using Akka.Actor;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>
/// Compute in virtual time. A job is due at <c>max(now, end of the lane's previous job) + cost</c>; until its result is looked at, then or
/// later, any thread may run it at any moment. When the driver looks at a result that is not there, it computes it itself or helps with
/// other work, so every core computes and the order of events never depends on their number.
/// </summary>
public sealed class VirtualCompute : Compute
{
    // Looks again so many times before a thread goes to sleep: jobs and gaps between them are often shorter than a wake-up.
    const int Spins = 20;

    // To wake a thread costs the driver as much as half a signature.
    const int Many = 32;

    readonly VirtualKernel _kernel;
    readonly object _gate = new();
    // Lanes with work for whoever is free, each at most once. The driver may have emptied one since: then it is passed over.
    readonly PriorityQueue<Lane, (long Ticks, long Sequence)> _offered = new();
    readonly Dictionary<int, Lane> _lanes = [];
    // When the last job of each lane is due. Numbers in a row: most lanes of a large network have nothing but these.
    TimeSpan[] _free = new TimeSpan[64];
    readonly List<Thread> _workers = [];
    Lane? _awaited;
    int _asleep;
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
        var pending = Enqueue(lane, cost, job);
        _kernel.Schedule(pending.Due - _kernel.Now, new TellResult(this, pending, replyTo));
    }

    /// <inheritdoc/>
    public override void SubmitLate<T>(int lane, TimeSpan cost, Func<T> job, Func<Func<T>, object> message, IActorRef replyTo)
    {
        var pending = Enqueue(lane, cost, job);
        var told = message(() => (T)Finish(pending));
        _kernel.Schedule(pending.Due - _kernel.Now, new TellLater(replyTo, told, ActorRefs.NoSender));
    }

    /// <inheritdoc/>
    public override void Occupy(int lane, TimeSpan cost, object message, IActorRef replyTo) =>
        _kernel.Schedule(
            DueAfter(lane, cost) - _kernel.Now,
            message as IHandedOver ?? (IRunnable)new TellLater(replyTo, message, ActorRefs.NoSender));

    /// <inheritdoc/>
    public override TimeSpan? Occupy(int lane, TimeSpan cost) => DueAfter(lane, cost);

    /// <inheritdoc/>
    public override bool HasCome(TimeSpan moment) => moment <= _kernel.Now;

    /// <inheritdoc/>
    public override Func<T> Aside<T>(Func<T> job)
    {
        var pending = new Job(new Lane(), _kernel.Now, _sequence++, job);
        lock (_gate)
        {
            pending.Lane.Jobs.Enqueue(pending);
            if (_workers.Count > 0)
            {
                Offer(pending.Lane, worthWaking: Many);
            }
        }
        return () => (T)Finish(pending);
    }

    /// <summary>Runs every job that is left.</summary>
    /// <exception cref="EmulationException">One of them failed.</exception>
    public void FinishAll()
    {
        foreach (var lane in _lanes.Keys)
        {
            Finish(Enqueue(lane, TimeSpan.Zero, static () => ""));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stopped = true;
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
        _workers.ForEach(static w => w.Join());
        _workers.Clear();
    }

    Lane LaneOf(int id)
    {
        if (!_lanes.TryGetValue(id, out var lane))
        {
            _lanes[id] = lane = new Lane();
        }
        return lane;
    }

    Job Enqueue(int id, TimeSpan cost, Func<object> work)
    {
        var lane = LaneOf(id);
        var job = new Job(lane, DueAfter(id, cost), _sequence++, work);
        lock (_gate)
        {
            lane.Jobs.Enqueue(job);
            Offer(lane);
        }
        return job;
    }

    TimeSpan DueAfter(int lane, TimeSpan cost)
    {
        if (lane >= _free.Length)
        {
            Array.Resize(ref _free, Math.Max(lane + 1, 2 * _free.Length));
        }
        ref var free = ref _free[lane];
        return free = (free > _kernel.Now ? free : _kernel.Now) + cost;
    }

    object Finish(Job job)
    {
        while (!job.Done)
        {
            if (!RunOne(job.Lane))
            {
                Await(job);
            }
        }
        return job.Failure is { } failure ? throw new EmulationException($"A compute job failed: {failure.Message}", failure) : job.Result!;
    }

    void WorkUntilStopped()
    {
        while (!_stopped)
        {
            if (!RunOne(null))
            {
                Rest();
            }
        }
    }

    /// <summary>Runs the next job of <paramref name="wanted"/> or, if somebody is at that lane, of the lane whose job is due first.</summary>
    bool RunOne(Lane? wanted)
    {
        Job job;
        lock (_gate)
        {
            if ((wanted is { Ready: true } ? wanted : TakeOffered()) is not { } lane)
            {
                return false;
            }
            lane.Busy = true;
            job = lane.Jobs.Dequeue();
        }
        job.Run();
        lock (_gate)
        {
            job.Lane.Busy = false;
            Offer(job.Lane);
            if (_awaited == job.Lane)
            {
                Monitor.PulseAll(_gate);
            }
        }
        return true;
    }

    void Offer(Lane lane, int worthWaking = 1)
    {
        if (lane is { Ready: true, Offered: false })
        {
            lane.Offered = true;
            _offered.Enqueue(lane, lane.Jobs.Peek().Order);
            if (_asleep > 0 && _offered.Count >= worthWaking)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    Lane? TakeOffered()
    {
        while (_offered.TryDequeue(out var lane, out _))
        {
            lane.Offered = false;
            if (lane.Ready)
            {
                return lane;
            }
        }
        return null;
    }

    /// <summary>The driver waits for a worker that is at the job's lane, or for other work.</summary>
    void Await(Job job)
    {
        var spin = new SpinWait();
        for (var k = 0; k < Spins && !job.Done; k++)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        lock (_gate)
        {
            _awaited = job.Lane;
            Sleep(() => job.Lane.Busy && _offered.Count == 0);
            _awaited = null;
        }
    }

    /// <summary>A worker waits for work.</summary>
    void Rest()
    {
        var spin = new SpinWait();
        for (var k = 0; k < Spins && _offered.Count == 0; k++)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        lock (_gate)
        {
            Sleep(() => !_stopped && _offered.Count == 0);
        }
    }

    void Sleep(Func<bool> still)
    {
        _asleep++;
        while (still())
        {
            Monitor.Wait(_gate);
        }
        _asleep--;
    }

    /// <summary>What happens when the result of a job is due.</summary>
    sealed class TellResult(VirtualCompute compute, Job job, IActorRef replyTo) : IRunnable
    {
        public void Run() => replyTo.Tell(compute.Finish(job), ActorRefs.NoSender);

        public void Execute() => Run();
    }

    /// <summary>Jobs that run one after another. Guarded by the gate.</summary>
    sealed class Lane
    {
        public Queue<Job> Jobs { get; } = new();

        public bool Busy { get; set; }

        public bool Offered { get; set; }

        public bool Ready => !Busy && Jobs.Count > 0;

        /// <summary>Why nothing of this lane can be trusted any more. Belongs to whoever runs its job.</summary>
        public Exception? Failure { get; set; }
    }

    sealed class Job(Lane lane, TimeSpan due, long sequence, Func<object> work)
    {
        volatile bool _done;

        public Lane Lane => lane;

        public TimeSpan Due => due;

        public (long Ticks, long Sequence) Order => (due.Ticks, sequence);

        public bool Done => _done;

        public object? Result { get; private set; }

        /// <summary>Its own failure or that of a job before it in its lane, which nobody waited for.</summary>
        public Exception? Failure { get; private set; }

        public void Run()
        {
            try
            {
                Result = lane.Failure is null ? work() : null;
            }
#pragma warning disable CA1031 // Whatever a job throws is carried to the driver, which ends the run with it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lane.Failure = failure;
            }
            Failure = lane.Failure;
            _done = true;
        }
    }
}
