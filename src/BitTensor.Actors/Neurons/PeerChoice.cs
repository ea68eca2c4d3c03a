using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The order in which a neuron prefers its peers, when it does not query all of them (section 1.7). Pure but for its
/// dice and what it has seen of the peers' significance.
/// </summary>
sealed class PeerChoice
{
    readonly GatingSpec _spec;
    readonly RandomStream _explore;
    readonly int[] _lot;
    readonly double[] _significance;

    /// <summary>Draws the order of the lot, by which ties fall.</summary>
    /// <param name="spec">Section <c>gating</c>.</param>
    /// <param name="slots">Slots of the neuron.</param>
    /// <param name="ownSlot">The slot of the neuron itself, which it does not query.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="neuron">Id.</param>
    public PeerChoice(GatingSpec spec, int slots, int ownSlot, ulong seed, int neuron)
    {
        _spec = spec;
        _significance = new double[slots];
        _lot = [.. Enumerable.Range(0, slots).Where(k => k != ownSlot)];
        new RandomStream(seed, "gating-lot", neuron).Shuffle<int>(_lot);
        _explore = new RandomStream(seed, "gating-explore", neuron);
    }

    /// <summary>Number of peers that are queried in a block.</summary>
    public int Top(long height) => height < _spec.WarmUp ? _lot.Length : Math.Min(_spec.Top, _lot.Length);

    /// <summary>The slots of all peers, the most preferred first. With exploration each call draws.</summary>
    /// <param name="view">What the neuron knows of the ledger.</param>
    public int[] Order(LedgerView view)
    {
        var order = _spec.By switch
        {
            // mu_j of eq. (7) is R_j of eq. (4).
            GateRule.Rank => Preferring(k => view.Block.RowMu[k]),
            GateRule.Row => Preferring(k => view.Block.Row.Values[k]),
            GateRule.Significance => Preferring(k => _significance[k]),
            _ => (int[])_lot.Clone(),
        };
        var top = Top(view.Block.Height);
        if (_spec.Explore > 0 && top < order.Length && _explore.NextDouble() < _spec.Explore)
        {
            var other = top + _explore.NextInt(order.Length - top);
            (order[top - 1], order[other]) = (order[other], order[top - 1]);
        }
        return order;
    }

    /// <summary>Remembers the significance of the peers that answered since the last block.</summary>
    public void Learn(SlotEvidence evidence)
    {
        var mean = evidence.MeanSignificance();
        for (var k = 0; k < mean.Length; k++)
        {
            // A peer that was not asked is as it was when it was asked last.
            _significance[k] = evidence.Asked(k) > 0 && double.IsFinite(mean[k]) ? mean[k] : _significance[k];
        }
    }

    /// <summary>Forgets the significance of the peers.</summary>
    public void Clear() => Array.Clear(_significance);

    int[] Preferring(Func<int, double> score) => [.. _lot.OrderByDescending(score)];
}
