using BitTensor.Mechanism;

namespace BitTensor.Learning;

/// <summary>Size of an image; its inputs are Channels planes of Height x Width, row-major.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
public sealed record ImageSize(int Height, int Width, int Channels);

/// <summary>
/// Labelled examples: inputs row-major, Count x Features, in [0, 1] for images; labels in 0..Classes-1. Examples of a
/// regression have targets in the place of labels.
/// </summary>
/// <param name="Features">Columns.</param>
/// <param name="Classes">Number of classes; 0 for a regression.</param>
/// <param name="Inputs">Inputs.</param>
/// <param name="Labels">Labels; empty for a regression.</param>
public sealed record Examples(int Features, int Classes, float[] Inputs, int[] Labels)
{
    /// <summary>What a regression predicts, one number per example; null for classes.</summary>
    public float[]? Targets { get; init; }

    /// <summary>Size of the images; null where the examples are none.</summary>
    public ImageSize? Image { get; init; }

    /// <summary>How many.</summary>
    public int Count => Targets?.Length ?? Labels.Length;

    /// <summary>The examples at these indices, in their order.</summary>
    public Examples Take(ReadOnlySpan<int> indices)
    {
        var inputs = new float[indices.Length * Features];
        for (var k = 0; k < indices.Length; k++)
        {
            Inputs.AsSpan(indices[k] * Features, Features).CopyTo(inputs.AsSpan(k * Features));
        }
        return this with
        {
            Inputs = inputs,
            Labels = Targets is null ? Picked(Labels, indices) : [],
            Targets = Targets is null ? null : Picked(Targets, indices),
        };
    }

    /// <summary>At most <paramref name="count"/> examples, drawn without replacement.</summary>
    public Examples Limit(int count, ulong seed) =>
        Take(Sharding.Shuffled(Count, new RandomStream(seed, "limit")).AsSpan(0, Math.Min(count, Count)));

    static T[] Picked<T>(T[] values, ReadOnlySpan<int> indices)
    {
        var picked = new T[indices.Length];
        for (var k = 0; k < picked.Length; k++)
        {
            picked[k] = values[indices[k]];
        }
        return picked;
    }
}
