using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Adversary;

/// <summary>A query that a relay passed on: what it was asked, the mask m_ij of its caller, and when.</summary>
sealed record RelayedQuery(QueryId Query, Tensor Batch, double Mask, TimeSpan Since);

/// <summary>
/// What a neuron sends beyond its own pace: messages held for a while, queries passed on, and queries nobody needs. Runs inside the neuron's
/// actor; bounded whatever others do.
/// </summary>
/// <param name="self">Id.</param>
/// <param name="links">Its links.</param>
/// <param name="encoding">How the numbers of tensors travel.</param>
/// <param name="sequence">The next number of the neuron's queries.</param>
/// <param name="later">Sends the neuron a message after a while.</param>
sealed class Outbox(int self, Links links, TensorEncoding encoding, Func<long> sequence, Action<TimeSpan, object> later)
{
    const int FloodsRemembered = 64;

    readonly Dictionary<long, RelayedQuery> _relayed = [];
    readonly Queue<long> _oldestFirst = new();
    readonly Queue<(long From, long To)> _floods = new();
    int _life;

    /// <summary>Messages that are held.</summary>
    public int Held { get; private set; }

    /// <summary>Sends now, or after <paramref name="wait"/>.</summary>
    public void Hold(TimeSpan wait, Action send)
    {
        if (wait <= TimeSpan.Zero)
        {
            send();
            return;
        }
        Held++;
        later(wait, new Due(_life, send));
    }

    /// <summary>A message has been held long enough; of a former life it is not sent.</summary>
    public void HandleDue(Due due)
    {
        Held--;
        if (due.Life == _life)
        {
            due.Send();
        }
    }

    /// <summary>
    /// Asks another neuron what the neuron is asked. False when as many as it may hold open wait already: relays that ask one another would
    /// pass a query on for ever.
    /// </summary>
    /// <param name="other">Whom.</param>
    /// <param name="query">What.</param>
    /// <param name="most">How many may be open.</param>
    /// <param name="remember">For how long one is.</param>
    public bool Relay(int other, RelayedQuery query, int most, TimeSpan remember)
    {
        while (_oldestFirst.TryPeek(out var oldest) && (!_relayed.TryGetValue(oldest, out var open) || open.Since < query.Since - remember))
        {
            _relayed.Remove(_oldestFirst.Dequeue());
        }
        if (_relayed.Count >= most)
        {
            return false;
        }
        var number = sequence();
        _relayed[number] = query;
        _oldestFirst.Enqueue(number);
        Ask(other, number, query.Batch);
        return true;
    }

    /// <summary>The query that was passed on under a number; null when none was, or it is forgotten.</summary>
    public RelayedQuery? TakeRelayed(long number) => _relayed.Remove(number, out var query) ? query : null;

    /// <summary>Asks each of these peers so many queries of the first example of a batch. Returns how many that are.</summary>
    public long Flood(int queries, Tensor batch, IReadOnlyCollection<int> peers)
    {
        var one = new Tensor(1, batch.Columns, batch.Values[..batch.Columns]);
        var from = long.MaxValue;
        for (var k = 0; k < queries; k++)
        {
            var number = sequence();
            from = Math.Min(from, number);
            foreach (var peer in peers)
            {
                Ask(peer, number, one);
            }
        }
        _floods.Enqueue((from, from + queries));
        if (_floods.Count > FloodsRemembered)
        {
            _floods.Dequeue();
        }
        return (long)queries * peers.Count;
    }

    /// <summary>True for the number of a query nobody needed.</summary>
    public bool Flooded(long number) => _floods.Any(f => f.From <= number && number < f.To);

    /// <summary>Forgets everything; what is held is not sent.</summary>
    public void Crash()
    {
        _life++;
        _relayed.Clear();
        _oldestFirst.Clear();
        _floods.Clear();
    }

    void Ask(int other, long number, Tensor batch)
    {
        var forward = new QueryMessage.Forward(new QueryId(self, number), TensorPayload.Rounded(batch, encoding));
        links.Send(other, ParcelKind.Forward, Neurons.WireSize.Of(batch.Rows, batch.Columns, encoding), forward);
    }

    /// <summary>A held message is due.</summary>
    public sealed record Due(int Life, Action Send);
}
