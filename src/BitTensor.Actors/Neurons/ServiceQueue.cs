using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>A job that waits for a worker.</summary>
/// <param name="Job">The job.</param>
/// <param name="Bid">s_c w_ci, the stake its caller puts on the neuron.</param>
/// <param name="Since">When it came.</param>
sealed record Work(ServerJob Job, double Bid, TimeSpan Since);

/// <summary>
/// The limits of a service: workers, places to wait, and the longest wait. A job that finds no place is refused. With admission by stake, the
/// waiting job with the lowest bid gives way, and the highest bid is served next. Pure but for its own list.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="begin">Called when a worker takes a job.</param>
sealed class ServiceQueue(ServiceLimits limits, Action<Work> begin)
{
    readonly List<Work> _waiting = [];
    int _busy;

    /// <summary>A job comes.</summary>
    public void Offer(Work work, TimeSpan now)
    {
        Expire(now);
        if (_busy < limits.Workers)
        {
            _busy++;
            begin(work);
        }
        else if (_waiting.Count < limits.Queue)
        {
            _waiting.Add(work);
        }
        else if (limits.ByStake && _waiting.LastOrDefault(w => w.Bid == _waiting.Min(v => v.Bid)) is { } least && least.Bid < work.Bid)
        {
            _waiting.Remove(least);
            _waiting.Add(work);
            least.Job.Refuse(ServingRefusal.Outbid);
        }
        else
        {
            work.Job.Refuse(ServingRefusal.Busy);
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
        begin(next);
    }

    /// <summary>Forgets all jobs; returns those that waited.</summary>
    public List<Work> Clear()
    {
        List<Work> waited = [.. _waiting];
        _waiting.Clear();
        _busy = 0;
        return waited;
    }

    void Expire(TimeSpan now)
    {
        foreach (var late in _waiting.Where(w => now - w.Since > limits.Timeout).ToList())
        {
            _waiting.Remove(late);
            late.Job.Refuse(ServingRefusal.TimedOut);
        }
    }
}
