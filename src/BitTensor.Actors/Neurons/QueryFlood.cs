using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Sends queries whose answers the neuron does not need (strategy <c>flood</c>). Runs inside the neuron's actor.
/// </summary>
sealed class QueryFlood(NeuronState state, QueryNumbers numbers)
{
    const int Remembered = 64;

    readonly Queue<(long From, long To)> _floods = new();

    /// <summary>
    /// Sends each of these peers so many queries of the first example of a batch. Returns the number of queries.
    /// </summary>
    public long Send(int queries, Tensor batch, IReadOnlyCollection<int> peers)
    {
        var one = new Tensor(1, batch.Columns, batch.Values[..batch.Columns]);
        var from = long.MaxValue;
        for (var k = 0; k < queries; k++)
        {
            var number = numbers.Next();
            from = Math.Min(from, number);
            foreach (var peer in peers)
            {
                SideQuery.Send(state, peer, number, one);
            }
        }
        _floods.Enqueue((from, from + queries));
        if (_floods.Count > Remembered)
        {
            _floods.Dequeue();
        }
        return (long)queries * peers.Count;
    }

    /// <summary>True for the number of a query of a flood.</summary>
    public bool Has(long number) => _floods.Any(f => f.From <= number && number < f.To);

    /// <summary>Forgets all.</summary>
    public void Clear() => _floods.Clear();
}
