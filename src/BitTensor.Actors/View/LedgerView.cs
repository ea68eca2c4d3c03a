using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.View;

/// <summary>A neuron's view of the ledger: the last announcement, and the masks that follow from it.</summary>
/// <param name="block">The announcement.</param>
/// <param name="start">The mechanism's numbers at the start.</param>
public sealed class LedgerView(LedgerMessage.BlockOpened block, MechanismParameters start)
{
    /// <summary>The announcement.</summary>
    public LedgerMessage.BlockOpened Block { get; } = block;

    /// <summary>The mechanism's numbers in the open block.</summary>
    public MechanismParameters Mechanism { get; } = block.Numbers?.Apply(start) ?? start;

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
    /// Mean of m_ij over the slots other than <paramref name="ownSlot"/>; 1 for a neuron without peers.
    /// </summary>
    public double MeanMask(int ownSlot)
    {
        double sum = 0;
        for (var k = 0; k < Block.Row.Count; k++)
        {
            sum += k == ownSlot ? 0 : MaskFrom(k);
        }
        return Block.Row.Count > 1 ? sum / (Block.Row.Count - 1) : 1;
    }
}
