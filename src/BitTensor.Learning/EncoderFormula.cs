using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>An encoder f(x) as a formula over its parameter matrices.</summary>
abstract class EncoderFormula
{
    static readonly EncoderFormula[] ByKind =
        [new MlpEncoder(), new LinearEncoder(), new ConvEncoder(), new Transformer()];

    /// <summary>The formula of a shape.</summary>
    public static EncoderFormula Of(ModelShape s) => ByKind[(int)s.Encoder];

    /// <summary>Shapes of the matrices.</summary>
    public abstract (int Rows, int Columns)[] Shapes(ModelShape s);

    /// <summary>Positions of the offsets, which start at zero.</summary>
    public abstract int[] Offsets(ModelShape s);

    /// <summary>f(x), rows x representation.</summary>
    public abstract Tensor Encode(ModelShape s, Tensor x, Tensor[] p);
}

/// <summary>f(x) = tanh(tanh(x A + a) B + b).</summary>
sealed class MlpEncoder : EncoderFormula
{
    public override (int Rows, int Columns)[] Shapes(ModelShape s) =>
        [(s.Features, s.Hidden), (1, s.Hidden), (s.Hidden, s.Representation), (1, s.Representation)];

    public override int[] Offsets(ModelShape s) => [1, 3];

    public override Tensor Encode(ModelShape s, Tensor x, Tensor[] p) =>
        Layers.Affine(p[3], Layers.Affine(p[1], x, p[0]).tanh(), p[2]).tanh();
}

/// <summary>f(x) = x A + a.</summary>
sealed class LinearEncoder : EncoderFormula
{
    public override (int Rows, int Columns)[] Shapes(ModelShape s) =>
        [(s.Features, s.Representation), (1, s.Representation)];

    public override int[] Offsets(ModelShape s) => [1];

    public override Tensor Encode(ModelShape s, Tensor x, Tensor[] p) => Layers.Affine(p[1], x, p[0]);
}

/// <summary>f(x) = tanh(tanh(pool(relu(K * x + k)) A + a) B + b), with kernels K of 3 x 3 and pools of 2 x 2.</summary>
sealed class ConvEncoder : EncoderFormula
{
    const int Kernel = 3;

    public override (int Rows, int Columns)[] Shapes(ModelShape s)
    {
        var (image, (height, width)) = (s.Image!, PoolOf(s.Image!));
        var pooled = s.Channels * (image.Height / height) * (image.Width / width);
        return
        [
            (s.Channels, image.Channels * Kernel * Kernel), (1, s.Channels), (pooled, s.Hidden), (1, s.Hidden),
            (s.Hidden, s.Representation), (1, s.Representation),
        ];
    }

    public override int[] Offsets(ModelShape s) => [1, 3, 5];

    public override Tensor Encode(ModelShape s, Tensor x, Tensor[] p)
    {
        var (image, (height, width)) = (s.Image!, PoolOf(s.Image!));
        var maps = nn.functional.conv2d(
            x.clone().view(-1, image.Channels, image.Height, image.Width),
            p[0].view(s.Channels, image.Channels, Kernel, Kernel), p[1].view(s.Channels), padding: [1, 1]).relu();
        var pooled = nn.functional.max_pool2d(maps, [height, width]).flatten(1);
        return Layers.Affine(p[5], Layers.Affine(p[3], pooled, p[2]).tanh(), p[4]).tanh();
    }

    /// <summary>An image of one pixel in a direction is not pooled in it.</summary>
    static (int Height, int Width) PoolOf(ImageSize image) => (Math.Min(2, image.Height), Math.Min(2, image.Width));
}

/// <summary>
/// The last position of a transformer (Vaswani et al. 2017; normalisation before each part) over embedded bytes, and
/// f(x) = tanh(z R + r). All positions come before the byte that is predicted, so none is masked.
/// </summary>
sealed class Transformer : EncoderFormula
{
    const int Bytes = 256;

    // g, b, Q, K, V, O of attention; g, b, U, u, W, w of the layer after it.
    const int PerLayer = 12;
    static readonly int[] OffsetsOfLayer = [0, 1, 6, 7, 9, 11];
    const double Epsilon = 1e-5;

    public override (int Rows, int Columns)[] Shapes(ModelShape s)
    {
        var d = s.Width;
        (int, int)[] layer =
        [
            (1, d), (1, d), (d, d), (d, d), (d, d), (d, d), (1, d), (1, d), (d, s.Hidden), (1, s.Hidden), (s.Hidden, d),
            (1, d),
        ];
        return
        [
            (Bytes, d), (s.Features, d), .. Enumerable.Repeat(layer, s.Layers).SelectMany(l => l),
            (1, d), (1, d), (d, s.Representation), (1, s.Representation),
        ];
    }

    public override int[] Offsets(ModelShape s)
    {
        var end = 2 + s.Layers * PerLayer;
        return
        [
            .. Enumerable.Range(0, s.Layers).SelectMany(l => OffsetsOfLayer.Select(o => 2 + l * PerLayer + o)),
            end, end + 1, end + 3,
        ];
    }

    public override Tensor Encode(ModelShape s, Tensor x, Tensor[] p)
    {
        var rows = x.shape[0];
        // What a peer sends may be any number.
        var bytes = Kept.Clamped(x.detach().round(), 0, Bytes - 1).to(ScalarType.Int64);
        var z = Kept.Plus(p[0].index_select(0, bytes.flatten()).view(rows, s.Features, s.Width), p[1]);
        for (var layer = 0; layer < s.Layers; layer++)
        {
            var q = p.AsSpan(2 + layer * PerLayer, PerLayer).ToArray();
            z = Kept.Plus(z, Attend(s, Normed(s, z, q[0], q[1]), q));
            var hidden = Matrix(Normed(s, z, q[6], q[7]), q[9], q[8]).relu();
            z = Kept.Plus(z, Matrix(hidden, q[11], q[10]));
        }
        var end = 2 + s.Layers * PerLayer;
        var last = Normed(s, z.select(1, s.Features - 1), p[end], p[end + 1]);
        return Layers.Affine(p[end + 3], last, p[end + 2]).tanh();
    }

    static Tensor Attend(ModelShape s, Tensor z, Tensor[] q)
    {
        var (rows, size) = (z.shape[0], s.Width / s.Heads);
        Tensor Split(Tensor matrix) => z.matmul(matrix).view(rows, s.Features, s.Heads, size).transpose(1, 2);
        var scores = Kept.Times(Split(q[2]).matmul(Split(q[3]).transpose(2, 3)), 1 / Math.Sqrt(size));
        var read = scores.softmax(3).matmul(Split(q[4])).transpose(1, 2).reshape(rows, s.Features, s.Width);
        return read.matmul(q[5]);
    }

    /// <summary>Layer normalisation with gain 1 + g, so that g starts at zero as every offset does.</summary>
    static Tensor Normed(ModelShape s, Tensor z, Tensor g, Tensor b) => nn.functional.layer_norm(
        z, [s.Width], Kept.Plus(ones_like(g), g).view(s.Width), b.view(s.Width), Epsilon);

    static Tensor Matrix(Tensor z, Tensor offset, Tensor matrix) => Kept.Plus(z.matmul(matrix), offset);
}
