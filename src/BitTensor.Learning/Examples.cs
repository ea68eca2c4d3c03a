using BitTensor.Mechanism;

namespace BitTensor.Learning;

/// <summary>
/// Labelled examples: inputs row-major, Count x Features, in [0, 1] for images; labels in 0..Classes-1.
/// </summary>
/// <param name="Features">Columns.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Inputs">Inputs.</param>
/// <param name="Labels">Labels.</param>
public sealed record Examples(int Features, int Classes, float[] Inputs, int[] Labels)
{
    /// <summary>How many.</summary>
    public int Count => Labels.Length;

    /// <summary>The examples at these indices, in their order.</summary>
    public Examples Take(ReadOnlySpan<int> indices)
    {
        var (inputs, labels) = (new float[indices.Length * Features], new int[indices.Length]);
        for (var k = 0; k < indices.Length; k++)
        {
            Inputs.AsSpan(indices[k] * Features, Features).CopyTo(inputs.AsSpan(k * Features));
            labels[k] = Labels[indices[k]];
        }
        return new Examples(Features, Classes, inputs, labels);
    }

    /// <summary>At most <paramref name="count"/> examples, drawn without replacement.</summary>
    public Examples Limit(int count, ulong seed) =>
        Take(Sharding.Shuffled(Count, new RandomStream(seed, "limit")).AsSpan(0, Math.Min(count, Count)));
}
