using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>Something a caller wants of a serving neuron.</summary>
/// <param name="Parcel">As what it came.</param>
/// <param name="Bid">s_c w_ci, the stake its caller puts on the neuron.</param>
/// <param name="Since">When it came.</param>
/// <param name="Finish">What is done when a worker has spent its time on it.</param>
/// <param name="Refuse">What is done when none does.</param>
sealed record Work(Parcel Parcel, double Bid, TimeSpan Since, Action Finish, Action<ServingRefusal> Refuse);

/// <summary>
/// The limits of a service: so many workers, so many that wait, for so long. Who finds no room is refused; with admission by stake the one whose
/// caller bids least gives way, and who bids most is served next. Pure but for its own list.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="begin">Called when a worker takes something up.</param>
sealed class ServiceQueue(ServiceLimits limits, Action<Work> begin)
{
    readonly List<Work> _waiting = [];
    int _busy;

    /// <summary>Something comes.</summary>
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
            least.Refuse(ServingRefusal.Outbid);
        }
        else
        {
            work.Refuse(ServingRefusal.Busy);
        }
    }

    /// <summary>A worker is done, and takes up the next.</summary>
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

    /// <summary>Forgets everything; returns what waited.</summary>
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
            late.Refuse(ServingRefusal.TimedOut);
        }
    }
}
