using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// A head F as a formula over its parameter matrices. It reads the peers' slots Y, a missing one as zeros, and the own
/// slot y.
/// </summary>
abstract class HeadFormula
{
    static readonly HeadFormula[] ByKind = [new HiddenHead(), new LinearHead(), new SumHead(), new AttentionHead()];

    /// <summary>The formula of a shape.</summary>
    public static HeadFormula Of(ModelShape s) => ByKind[(int)s.Head];

    /// <summary>Shapes of the matrices.</summary>
    public abstract (int Rows, int Columns)[] Shapes(ModelShape s);

    /// <summary>Positions of the offsets, which start at zero.</summary>
    public abstract int[] Offsets { get; }

    /// <summary>Logits or a prediction, rows x outputs.</summary>
    public abstract Tensor Read(ModelShape s, Tensor peers, Tensor own, Tensor[] p);

    /// <summary>The peers' slots one by one: rows x (slots - 1) x representation.</summary>
    protected static Tensor OneByOne(ModelShape s, Tensor peers) =>
        peers.view(peers.shape[0], s.Slots - 1, s.Representation);
}

/// <summary>F = tanh(Y C + y D + c) E + e: one matrix over the concatenated slots, its own block apart.</summary>
sealed class HiddenHead : HeadFormula
{
    public override (int Rows, int Columns)[] Shapes(ModelShape s) =>
        [
            ((s.Slots - 1) * s.Representation, s.Hidden), (s.Representation, s.Hidden), (1, s.Hidden),
            (s.Hidden, s.Outputs), (1, s.Outputs),
        ];

    public override int[] Offsets => [2, 4];

    public override Tensor Read(ModelShape s, Tensor peers, Tensor own, Tensor[] p) =>
        Layers.Affine(p[4], Layers.Affine(Layers.Affine(p[2], peers, p[0]), own, p[1]).tanh(), p[3]);
}

/// <summary>F = Y C + y D + c over the concatenated slots.</summary>
sealed class LinearHead : HeadFormula
{
    public override (int Rows, int Columns)[] Shapes(ModelShape s) =>
        [((s.Slots - 1) * s.Representation, s.Outputs), (s.Representation, s.Outputs), (1, s.Outputs)];

    public override int[] Offsets => [2];

    public override Tensor Read(ModelShape s, Tensor peers, Tensor own, Tensor[] p) =>
        Layers.Affine(Layers.Affine(p[2], peers, p[0]), own, p[1]);
}

/// <summary>F = tanh((sum_k Y_k) C + y D + c) E + e: as many parameters for any number of peers.</summary>
sealed class SumHead : HeadFormula
{
    public override (int Rows, int Columns)[] Shapes(ModelShape s) =>
        [
            (s.Representation, s.Hidden), (s.Representation, s.Hidden), (1, s.Hidden), (s.Hidden, s.Outputs),
            (1, s.Outputs),
        ];

    public override int[] Offsets => [2, 4];

    public override Tensor Read(ModelShape s, Tensor peers, Tensor own, Tensor[] p)
    {
        var sum = OneByOne(s, peers).sum(1);
        return Layers.Affine(p[4], Layers.Affine(Layers.Affine(p[2], sum, p[0]), own, p[1]).tanh(), p[3]);
    }
}

/// <summary>
/// F = tanh(sum_k a_k Y_k V + y D + c) E + e with a = softmax_k(y Q . (Y_k K + P_k) / sqrt(h)) over the own slot and
/// the peers' slots that are not zero: a missing answer leaves the softmax. P_k tells one peer from another.
/// </summary>
sealed class AttentionHead : HeadFormula
{
    public override (int Rows, int Columns)[] Shapes(ModelShape s) =>
        [
            (s.Representation, s.Hidden), (s.Representation, s.Hidden), (s.Slots, s.Hidden),
            (s.Representation, s.Hidden), (s.Representation, s.Hidden), (1, s.Hidden), (s.Hidden, s.Outputs),
            (1, s.Outputs),
        ];

    public override int[] Offsets => [5, 7];

    public override Tensor Read(ModelShape s, Tensor peers, Tensor own, Tensor[] p)
    {
        var slots = cat([OneByOne(s, peers), own.unsqueeze(1)], 1);
        var keys = Kept.Plus(slots.matmul(p[1]), p[2]);
        var scores = Kept.Times(keys.matmul(own.mm(p[0]).unsqueeze(2)).squeeze(2), 1 / Math.Sqrt(s.Hidden));
        var weights = Kept.Plus(scores, Present(slots)).softmax(1).unsqueeze(1);
        var read = weights.matmul(slots.matmul(p[3])).squeeze(1);
        return Layers.Affine(p[7], Kept.Plus(read, Layers.Affine(p[5], own, p[4])).tanh(), p[6]);
    }

    /// <summary>
    /// 0 for a slot that is there, minus infinity for one of zeros; the own slot, the last, is there.
    /// </summary>
    static Tensor Present(Tensor slots)
    {
        using var noGradient = no_grad();
        var values = slots.detach();
        var present = values.ne(zeros_like(values)).any(2).to(slots.dtype);
        present.select(1, present.shape[1] - 1).copy_(ones_like(present.select(1, 0)));
        return present.log();
    }
}
