using BitTensor.Actors.View;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// When a neuron asks the peers that its row gives no weight, such as newcomers of an open network: some time after the
/// row first named them, and in some of its iterations. Pure but for what it has seen of the row.
/// </summary>
/// <param name="spec">Section <c>explore</c>.</param>
/// <param name="slots">Slots of the neuron.</param>
sealed class Exploration(ExploreSpec spec, int slots)
{
    // Height of the block that was open when the row first named the slot; null for one that it does not name.
    readonly long?[] _named = new long?[slots];
    long _iterations;

    /// <summary>An iteration begins.</summary>
    /// <param name="view">What the neuron knows of the ledger.</param>
    public void Begin(LedgerView view)
    {
        _iterations++;
        for (var k = 0; k < _named.Length; k++)
        {
            _named[k] = view.Names(k) ? _named[k] ?? view.Block.Height : null;
        }
    }

    /// <summary>True when the peer of a slot is asked in this iteration. Peers take turns.</summary>
    /// <param name="view">What the neuron knows of the ledger.</param>
    /// <param name="slot">A slot.</param>
    public bool Asks(LedgerView view, int slot) =>
        view.Block.Row.Values[slot] > 0
        || (view.Block.Height - _named[slot] >= spec.After && (_iterations + slot) % spec.Every == 0);

    /// <summary>Forgets when the row first named the slots.</summary>
    public void Clear() => Array.Clear(_named);
}
