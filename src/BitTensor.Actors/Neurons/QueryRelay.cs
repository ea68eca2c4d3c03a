using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>A query that a neuron relayed.</summary>
/// <param name="Query">The query as its caller sent it.</param>
/// <param name="Batch">x, shape rows x features.</param>
/// <param name="Mask">m of the caller.</param>
/// <param name="Since">When it was relayed.</param>
sealed record RelayedQuery(QueryId Query, Tensor Batch, double Mask, TimeSpan Since);

/// <summary>
/// Passes queries on to another neuron as the neuron's own. Bounded: relays that ask one another would pass a query on
/// for ever. Runs inside the neuron's actor.
/// </summary>
sealed class QueryRelay(NeuronState state, QueryNumbers numbers)
{
    readonly Dictionary<long, RelayedQuery> _open = [];
    readonly Queue<long> _oldestFirst = new();

    /// <summary>Sends a query on. False when as many as the neuron may hold open are open already.</summary>
    public bool Send(int other, RelayedQuery query)
    {
        var serving = state.Plan.Population.Serving;
        while (_oldestFirst.TryPeek(out var oldest)
            && (!_open.TryGetValue(oldest, out var open) || open.Since < query.Since - serving.Remember))
        {
            _open.Remove(_oldestFirst.Dequeue());
        }
        if (_open.Count >= serving.OpenQueries)
        {
            return false;
        }
        var number = numbers.Next();
        _open[number] = query;
        _oldestFirst.Enqueue(number);
        SideQuery.Send(state, other, number, query.Batch);
        return true;
    }

    /// <summary>Takes the query that was relayed under a number; null when there is none, or it is forgotten.</summary>
    public RelayedQuery? Take(long number) => _open.Remove(number, out var query) ? query : null;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _open.Clear();
        _oldestFirst.Clear();
    }
}

/// <summary>Queries that belong to no iteration.</summary>
static class SideQuery
{
    /// <summary>Sends a query of a batch.</summary>
    public static void Send(NeuronState state, int to, long number, Tensor batch, bool last = false)
    {
        var inputs = TensorPayload.Rounded(batch, state.Run.Encoding);
        state.Links.Send(
            to, ParcelKind.Forward, state.BytesOf(batch.Rows, batch.Columns),
            new QueryMessage.Forward(new QueryId(state.Id, number), inputs, last));
    }
}
