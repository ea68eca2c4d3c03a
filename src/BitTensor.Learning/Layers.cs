using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>The formulas of a model's two parts over their parameter matrices, by the form of each part.</summary>
static class Layers
{
    /// <summary>Shapes of the encoder's matrices; A, a, B, b of an mlp.</summary>
    public static (int Rows, int Columns)[] EncoderShapes(ModelShape s) => EncoderFormula.Of(s).Shapes(s);

    /// <summary>Shapes of the head's matrices; C, D, c, E, e of a hidden head.</summary>
    public static (int Rows, int Columns)[] HeadShapes(ModelShape s) => HeadFormula.Of(s).Shapes(s);

    /// <summary>f(x), rows x representation.</summary>
    /// <param name="s">Shape.</param>
    /// <param name="x">Batch, rows x features.</param>
    /// <param name="p">Matrices of <see cref="EncoderShapes"/>.</param>
    public static Tensor Encode(ModelShape s, Tensor x, Tensor[] p) => EncoderFormula.Of(s).Encode(s, x, p);

    /// <summary>F: logits or a prediction, rows x outputs.</summary>
    /// <param name="s">Shape.</param>
    /// <param name="peers">The peers' slots side by side, rows x (slots - 1) representation.</param>
    /// <param name="own">The own slot, rows x representation.</param>
    /// <param name="p">Matrices of <see cref="HeadShapes"/>.</param>
    public static Tensor Read(ModelShape s, Tensor peers, Tensor own, Tensor[] p) =>
        HeadFormula.Of(s).Read(s, peers, own, p);

    /// <summary>x A + a.</summary>
    public static Tensor Affine(Tensor offset, Tensor x, Tensor matrix) => addmm(offset, x, matrix, 1, 1);
}
