using Akka.Actor;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>
/// Compute in virtual time. A job is due at <c>max(now, end of the lane's previous job) + cost</c>; until its result is
/// looked at, then or later, any thread may run it at any moment. When the kernel's thread looks at a result that is
/// not there, it computes it itself or helps with other work, so every core computes and the order of events never
/// depends on their number.
/// </summary>
public sealed class VirtualCompute : Compute
{
    // Looks again so many times before a thread goes to sleep: jobs and gaps between them are often shorter than a
    // wake-up.
    const int Spins = 20;

    // To wake a thread costs the kernel's thread as much as half a signature.
    const int Many = 32;

    readonly VirtualKernel _kernel;
    readonly object _gate = new();
    // Lanes with work for whoever is free, each at most once. The kernel's thread may have emptied one since: then it
    // is passed over.
    readonly PriorityQueue<ComputeLane, (long Ticks, long Sequence)> _offered = new();
    readonly Dictionary<int, ComputeLane> _lanes = [];
    // When the last job of each lane is due. Numbers in a row: most lanes of a large network have nothing but these.
    TimeSpan[] _free = new TimeSpan[64];
    readonly List<Thread> _workers = [];
    ComputeLane? _awaited;
    int _asleep;
    volatile bool _stopped;
    long _sequence;

    /// <summary>Compute over <paramref name="cores"/> threads: the kernel's and cores - 1 workers.</summary>
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
    public override void Submit(
        int lane, TimeSpan cost, ComputeJob job, IActorRef owner, IInlineReceiver? inline = null)
    {
        job.Owner = (object?)inline ?? owner;
        var due = DueAfter(lane, cost);
        if (job.IsInstant)
        {
            job.Compute();
        }
        else
        {
            Enqueue(LaneOf(lane), due, job);
        }
        _kernel.Schedule(due - _kernel.Now, job);
    }

    /// <inheritdoc/>
    public override TimeSpan? RunInstant(int lane, TimeSpan cost, ComputeJob job)
    {
        job.Compute();
        return DueAfter(lane, cost);
    }

    /// <inheritdoc/>
    public override bool HasElapsed(TimeSpan moment) => moment <= _kernel.Now;

    /// <inheritdoc/>
    public override Func<T> RunOffLane<T>(Func<T> work)
    {
        var lane = new ComputeLane();
        var job = new FunctionJob(work) { Place = new LanePlace(this, lane, _kernel.Now, _sequence++) };
        lock (_gate)
        {
            lane.Jobs.Enqueue(job);
            if (_workers.Count > 0)
            {
                Offer(lane, worthWaking: Many);
            }
        }
        return () => (T)job.Result;
    }

    /// <summary>Runs every job that is left.</summary>
    /// <exception cref="EmulationException">One of them failed.</exception>
    public void FinishAll()
    {
        foreach (var (id, lane) in _lanes)
        {
            var last = new FunctionJob(static () => "");
            Enqueue(lane, DueAfter(id, TimeSpan.Zero), last);
            _ = last.Result;
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

    ComputeLane LaneOf(int id)
    {
        if (!_lanes.TryGetValue(id, out var lane))
        {
            _lanes[id] = lane = new ComputeLane();
        }
        return lane;
    }

    void Enqueue(ComputeLane lane, TimeSpan due, ComputeJob job)
    {
        job.Place = new LanePlace(this, lane, due, _sequence++);
        lock (_gate)
        {
            lane.Jobs.Enqueue(job);
            Offer(lane);
        }
    }

    TimeSpan DueAfter(int lane, TimeSpan cost)
    {
        if (lane >= _free.Length)
        {
            Array.Resize(ref _free, Math.Max(lane + 1, 2 * _free.Length));
        }
        ref var free = ref _free[lane];
        return free = EmulatedTime.After(free > _kernel.Now ? free : _kernel.Now, cost);
    }

    /// <summary>Returns when the job is done: the calling thread does it, or other work meanwhile.</summary>
    internal void Finish(ComputeJob job)
    {
        var place = job.Place!;
        while (!place.IsDone)
        {
            if (!RunOne(place.Lane))
            {
                Await(place);
            }
        }
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

    /// <summary>
    /// Runs the next job of <paramref name="wanted"/> or, if somebody is at that lane, of the lane whose job is due
    /// first.
    /// </summary>
    bool RunOne(ComputeLane? wanted)
    {
        ComputeLane? lane;
        ComputeJob job;
        lock (_gate)
        {
            lane = wanted is { Ready: true } ? wanted : TakeOffered();
            if (lane is null)
            {
                return false;
            }
            lane.Busy = true;
            job = lane.Jobs.Dequeue();
        }
        job.Place!.Work(job);
        lock (_gate)
        {
            lane.Busy = false;
            Offer(lane);
            if (_awaited == lane)
            {
                Monitor.PulseAll(_gate);
            }
        }
        return true;
    }

    void Offer(ComputeLane lane, int worthWaking = 1)
    {
        if (lane is { Ready: true, Offered: false })
        {
            lane.Offered = true;
            _offered.Enqueue(lane, lane.Jobs.Peek().Place!.Order);
            if (_asleep > 0 && _offered.Count >= worthWaking)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    ComputeLane? TakeOffered()
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

    /// <summary>The kernel's thread waits for a worker that is at the job's lane, or for other work.</summary>
    void Await(LanePlace job)
    {
        var spin = new SpinWait();
        for (var k = 0; k < Spins && !job.IsDone; k++)
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
}
