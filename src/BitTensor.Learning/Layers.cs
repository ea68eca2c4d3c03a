using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>The formulas of the model's two parts over their parameter matrices.</summary>
static class Layers
{
    /// <summary>Shapes of A, a, B, b.</summary>
    public static (int Rows, int Columns)[] EncoderShapes(ModelShape s) =>
        [(s.Features, s.Hidden), (1, s.Hidden), (s.Hidden, s.Representation), (1, s.Representation)];

    /// <summary>Shapes of C, D, c, E, e.</summary>
    public static (int Rows, int Columns)[] HeadShapes(ModelShape s) =>
        [
            ((s.Slots - 1) * s.Representation, s.Hidden), (s.Representation, s.Hidden), (1, s.Hidden),
            (s.Hidden, s.Classes), (1, s.Classes),
        ];

    /// <summary>Positions of a and b, the offsets.</summary>
    public static readonly int[] EncoderOffsets = [1, 3];

    /// <summary>Positions of c and e, the offsets.</summary>
    public static readonly int[] HeadOffsets = [2, 4];

    /// <summary>f(x) = tanh(tanh(x A + a) B + b).</summary>
    public static Tensor Encode(Tensor x, Tensor[] p) => Affine(p[3], Affine(p[1], x, p[0]).tanh(), p[2]).tanh();

    /// <summary>
    /// Logits = tanh(peers C + own D + c) E + e: one matrix over the concatenated slots, its own block apart.
    /// </summary>
    public static Tensor Classify(Tensor peers, Tensor own, Tensor[] p) =>
        Affine(p[4], Affine(Affine(p[2], peers, p[0]), own, p[1]).tanh(), p[3]);

    static Tensor Affine(Tensor offset, Tensor x, Tensor matrix) => addmm(offset, x, matrix, 1, 1);
}
