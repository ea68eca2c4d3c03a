using BitTensor.Mechanism;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// Slot dropout: which slots the head does not see in one training step, drawn per example. A dropped slot is zero, as
/// a missing answer is; what is left is not scaled, so that training has no other inputs than the network.
/// </summary>
sealed class DroppedSlots
{
    readonly ModelShape _shape;
    readonly float[] _peers;
    readonly float[] _own;

    /// <summary>Draws which slots are dropped.</summary>
    public DroppedSlots(ModelShape shape, int rows, LearningSettings settings, RandomStream dice)
    {
        _shape = shape;
        _peers = Kept(rows * (shape.Slots - 1), settings.SlotDropout, shape.Representation, dice);
        _own = Kept(rows, settings.OwnDropout, shape.Representation, dice);
    }

    /// <summary>1 for what is seen and 0 for what is not, rows x (slots - 1) representation.</summary>
    public Tensor Peers() =>
        Copy.In(_peers, _own.Length / _shape.Representation, (_shape.Slots - 1) * _shape.Representation);

    /// <summary>The same of the own slot, rows x representation.</summary>
    public Tensor Own() => Copy.In(_own, _own.Length / _shape.Representation, _shape.Representation);

    static float[] Kept(int slots, double share, int width, RandomStream dice)
    {
        var kept = new float[slots * width];
        for (var k = 0; k < slots; k++)
        {
            kept.AsSpan(k * width, width).Fill(dice.NextDouble() < share ? 0 : 1);
        }
        return kept;
    }
}
