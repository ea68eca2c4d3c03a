using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Protocol;

namespace BitTensor.Actors.View;

/// <summary>
/// A neuron's view of the ledger: the last announcement, and the masks that follow from it. Its row is over all slots
/// of the neuron, also those that the row on the ledger does not name.
/// </summary>
/// <param name="block">The announcement.</param>
/// <param name="start">The mechanism's numbers at the start.</param>
public sealed class LedgerView(LedgerMessage.BlockOpened block, MechanismParameters start)
{
    // By slot, in an open network; null in a closed one, where the row names every slot.
    bool[]? _named;
    bool[]? _registered;

    /// <summary>The announcement, its row over all slots.</summary>
    public LedgerMessage.BlockOpened Block { get; } = block;

    /// <summary>The mechanism's numbers in the open block.</summary>
    public MechanismParameters Mechanism { get; } = block.Numbers?.Apply(start) ?? start;

    /// <summary>The row as the ledger has it.</summary>
    public WeightRow RowOnLedger { get; private init; } = block.Row;

    /// <summary>The view of a neuron that is registered.</summary>
    /// <param name="block">The announcement.</param>
    /// <param name="plan">The neuron.</param>
    /// <param name="mechanism">The mechanism's numbers.</param>
    public static LedgerView Of(LedgerMessage.BlockOpened block, NeuronPlan plan, MechanismParameters mechanism)
    {
        if (mechanism.Membership is null)
        {
            return new LedgerView(block, mechanism);
        }
        var count = plan.Slots.Length;
        var (named, registered) = (new bool[count], new bool[count]);
        var (weights, mu) = (new double[count], new double[count]);
        for (var k = 0; k < count; k++)
        {
            var at = block.Row.Targets.BinarySearch(plan.Slots[k]);
            (named[k], registered[k]) = (at >= 0, block.Members.AsSpan().BinarySearch(plan.Slots[k]) >= 0);
            (weights[k], mu[k]) = at >= 0 ? (block.Row.Values[at], block.RowMu[at]) : (0, 0);
        }
        var row = WeightRow.Of(plan.Slots.AsSpan(), weights);
        return new LedgerView(block with { Row = row, RowMu = [.. mu] }, mechanism)
        {
            RowOnLedger = block.Row, _named = named, _registered = registered,
        };
    }

    /// <summary>
    /// True for a slot that the row on the ledger names. Of another peer the neuron does not know mu, and does not ask
    /// it.
    /// </summary>
    public bool Names(int slot) => _named is null || _named[slot];

    /// <summary>True when a peer is registered that the row on the ledger does not name yet.</summary>
    public bool HasUnnamed => _named is not null && _registered!.Index().Any(r => r.Item && !_named[r.Index]);

    /// <summary>
    /// Wanted weights over the slots as votes: none for a slot that the row on the ledger does not name, the others
    /// scaled up to the same sum. The row as it is when none is left.
    /// </summary>
    public double[] Votes(double[] wanted)
    {
        if (_named is null)
        {
            return wanted;
        }
        var (votes, all, left) = ((double[])wanted.Clone(), 0.0, 0.0);
        for (var k = 0; k < votes.Length; k++)
        {
            all += votes[k];
            votes[k] = _named[k] ? votes[k] : 0;
            left += votes[k];
        }
        return left == all ? wanted
            : left > 0 ? Array.ConvertAll(votes, v => v * (all / left))
            : Block.Row.Values.ToArray();
    }

    /// <summary>
    /// Weights over the slots as a row for the ledger. It names every slot that the ledger's row names, and with no
    /// weight every peer that has registered since.
    /// </summary>
    public WeightRow ToLedger(double[] weights)
    {
        if (_named is null)
        {
            return Block.Row.With(weights);
        }
        int[] slots = [.. Enumerable.Range(0, weights.Length).Where(k => _named[k] || _registered![k])];
        return WeightRow.Of(
            Array.ConvertAll(slots, k => Block.Row.Targets[k]), Array.ConvertAll(slots, k => weights[k]));
    }

    /// <summary>m_ij that slot k's neuron j grants this neuron i, eq. (7).</summary>
    public double MaskFrom(int slot) =>
        Masking.Mask(Block.MaskStake, Block.Row.Values[slot], Block.RowMu[slot], Mechanism.Temperature);

    /// <summary>m_ci this neuron i grants caller c, eq. (7).</summary>
    public double MaskFor(int caller) => Masking.Mask(1, BidOf(caller), Block.Mu, Mechanism.Temperature);

    /// <summary>s_c w_ci of caller c; one that does not name this neuron bids nothing.</summary>
    public double BidOf(int caller)
    {
        var at = Block.Callers.AsSpan().BinarySearch(caller);
        return at < 0 ? 0 : Block.CallerBids[at];
    }

    /// <summary>
    /// dL/dw_ik of the slot (10b). The inner product of dL/dY and Y holds one factor m already. The remaining factor of
    /// the mask's derivative is (1 - m) s (1 - 1/n) / T, so no division by a vanishing mask occurs.
    /// </summary>
    public double LossGradient(int slot, double sensitivity) =>
        sensitivity * (1 - MaskFrom(slot)) * Block.MaskStake * (1 - 1.0 / Block.Count) / Mechanism.Temperature;

    /// <summary>
    /// The loss by the argument of each slot's mask: dL/dw_ik without its factor s_i (1 - 1/n). Zero where the gradient
    /// is not finite, and everywhere for a neuron without stake.
    /// </summary>
    public double[] MaskEffect(double[] lossGradient)
    {
        var scale = Block.MaskStake * (1 - 1.0 / Block.Count);
        return Array.ConvertAll(lossGradient, g => scale != 0 && double.IsFinite(g) ? g / scale : 0);
    }

    /// <summary>
    /// Mean of m_ij over the slots other than <paramref name="ownSlot"/> that the row names; 1 for a neuron without
    /// peers.
    /// </summary>
    public double MeanMask(int ownSlot)
    {
        var (sum, peers) = (0.0, 0);
        for (var k = 0; k < Block.Row.Count; k++)
        {
            var counts = k != ownSlot && Names(k);
            sum += counts ? MaskFrom(k) : 0;
            peers += counts ? 1 : 0;
        }
        return peers > 0 ? sum / peers : 1;
    }
}
