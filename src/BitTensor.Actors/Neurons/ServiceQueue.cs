using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The limits of a service: workers, places to wait, and the longest wait. A job that finds no place is refused. With
/// admission by stake, the waiting job with the lowest bid gives way, and the highest bid is served next. Pure but for
/// its own list.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="begin">Called when a worker takes a job.</param>
/// <param name="refuse">Called when no worker will take a job.</param>
sealed class ServiceQueue<T>(ServiceLimits limits, Action<T> begin, Action<T, ServingRefusal> refuse)
{
    readonly List<Waiting> _waiting = [];
    int _busy;

    /// <summary>True while a worker has a job.</summary>
    public bool IsBusy => _busy > 0;

    /// <summary>A job comes.</summary>
    /// <param name="job">The job.</param>
    /// <param name="bid">s_c w_ci, the stake its caller puts on the neuron.</param>
    /// <param name="now">Time by the neuron's clock.</param>
    public void Offer(T job, double bid, TimeSpan now)
    {
        Expire(now);
        if (_busy < limits.Workers)
        {
            _busy++;
            begin(job);
        }
        else if (_waiting.Count < limits.Queue)
        {
            _waiting.Add(new Waiting(job, bid, now));
        }
        else if (limits.ByStake && _waiting.LastOrDefault(w => w.Bid == _waiting.Min(v => v.Bid)) is { } least
            && least.Bid < bid)
        {
            _waiting.Remove(least);
            _waiting.Add(new Waiting(job, bid, now));
            refuse(least.Job, ServingRefusal.Outbid);
        }
        else
        {
            refuse(job, ServingRefusal.Busy);
        }
    }

    /// <summary>A worker is free and takes the next job.</summary>
    public void Done(TimeSpan now)
    {
        _busy--;
        Expire(now);
        if (_waiting.Count == 0)
        {
            return;
        }
        var next = limits.ByStake ? _waiting.MaxBy(w => w.Bid)! : _waiting[0];
        _waiting.Remove(next);
        _busy++;
        begin(next.Job);
    }

    /// <summary>Takes the jobs that wait; workers keep theirs.</summary>
    public List<T> TakeWaiting()
    {
        List<T> waited = [.. _waiting.Select(w => w.Job)];
        _waiting.Clear();
        return waited;
    }

    /// <summary>Forgets all jobs.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _busy = 0;
    }

    void Expire(TimeSpan now)
    {
        foreach (var late in _waiting.Where(w => now - w.Since > limits.Timeout).ToList())
        {
            _waiting.Remove(late);
            refuse(late.Job, ServingRefusal.TimedOut);
        }
    }

    /// <summary>A job that waits since a time; equal to itself alone.</summary>
    sealed class Waiting(T job, double bid, TimeSpan since)
    {
        public T Job => job;

        public double Bid => bid;

        public TimeSpan Since => since;
    }
}
