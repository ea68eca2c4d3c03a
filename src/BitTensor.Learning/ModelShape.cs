using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>The form of an encoder.</summary>
public enum EncoderKind
{
    /// <summary>Two layers with tanh.</summary>
    Mlp,

    /// <summary>One matrix.</summary>
    Linear,

    /// <summary>Convolution, pooling, two layers.</summary>
    Conv,

    /// <summary>Attention over bytes of text.</summary>
    Transformer,
}

/// <summary>Shape of a neuron's model.</summary>
/// <param name="Features">Columns of a batch.</param>
/// <param name="Classes">Number of classes; 0 for a regression.</param>
/// <param name="Representation">Width of f_i(x): columns of an answer, given and received.</param>
/// <param name="Hidden">Width of the hidden layer of encoder and head.</param>
/// <param name="Slots">Inputs of the head: one per neuron of the row, the neuron itself included.</param>
/// <param name="OwnSlot">Index of the neuron's own representation among the slots.</param>
public sealed record ModelShape(int Features, int Classes, int Representation, int Hidden, int Slots, int OwnSlot)
{
    /// <summary>Slots of peers: all but the own one.</summary>
    public int Peers => Slots - 1;

    /// <summary>The slot of a peer; peers are counted from 0, without the own slot.</summary>
    public int SlotOf(int peer) => peer < OwnSlot ? peer : peer + 1;

    // Numbers of a shape in which everything below is at its default, and of one in which something is not.
    const int Few = 6;
    const int All = 15;

    /// <summary>Form of the encoder.</summary>
    public EncoderKind Encoder { get; init; } = EncoderKind.Mlp;

    /// <summary>Form of the head.</summary>
    public HeadKind Head { get; init; } = HeadKind.Hidden;

    /// <summary>Feature maps of a convolution.</summary>
    public int Channels { get; init; }

    /// <summary>Size of the images; null where the inputs are none.</summary>
    public ImageSize? Image { get; init; }

    /// <summary>Width of a transformer's positions.</summary>
    public int Width { get; init; }

    /// <summary>Layers of a transformer.</summary>
    public int Layers { get; init; }

    /// <summary>Attention heads of a transformer's layer.</summary>
    public int Heads { get; init; }

    /// <summary>Numbers that the head gives: one per class, or the prediction of a regression.</summary>
    public int Outputs => IsRegression ? 1 : Classes;

    /// <summary>True when the loss is the mean squared error.</summary>
    public bool IsRegression => Classes == 0;

    /// <summary>The shape of a scenario's model over a neuron's data.</summary>
    /// <param name="model">Model.</param>
    /// <param name="data">The neuron's examples.</param>
    /// <param name="slots">Inputs of the head.</param>
    /// <param name="ownSlot">Index of the neuron's own among them.</param>
    public static ModelShape Of(ModelSpec.Trained model, Examples data, int slots, int ownSlot)
    {
        var shape = new ModelShape(
            data.Features, data.Classes, model.Representation, model.Hidden, slots, ownSlot) { Head = model.Head };
        return model switch
        {
            ModelSpec.Linear => shape with { Encoder = EncoderKind.Linear },
            ModelSpec.Conv conv => shape with
            {
                Encoder = EncoderKind.Conv,
                Channels = conv.Channels,
                Image = data.Image ?? throw new DataSetException("A conv model reads images, and the data are none."),
            },
            ModelSpec.Transformer t => shape with
            {
                Encoder = EncoderKind.Transformer, Width = t.Width, Layers = t.Layers, Heads = t.Heads,
            },
            _ => shape,
        };
    }

    /// <summary>The shape as numbers, for <see cref="FromNumbers"/>.</summary>
    public int[] ToNumbers()
    {
        int[] few = [Features, Classes, Representation, Hidden, Slots, OwnSlot];
        return this == new ModelShape(Features, Classes, Representation, Hidden, Slots, OwnSlot)
            ? few
            :
            [
                .. few, (int)Encoder, (int)Head, Channels, Image?.Height ?? 0, Image?.Width ?? 0, Image?.Channels ?? 0,
                Width, Layers, Heads,
            ];
    }

    /// <summary>The shape of these numbers; null when they are none.</summary>
    public static ModelShape? FromNumbers(IReadOnlyList<int> s)
    {
        if (s.Count is not (Few or All) || s.Any(n => n < 0))
        {
            return null;
        }
        var shape = new ModelShape(s[0], s[1], s[2], s[3], s[4], s[5]);
        if (s.Count == Few)
        {
            return shape;
        }
        return Enum.IsDefined((EncoderKind)s[6]) && Enum.IsDefined((HeadKind)s[7])
            ? shape with
            {
                Encoder = (EncoderKind)s[6], Head = (HeadKind)s[7], Channels = s[8],
                Image = s[9] == 0 ? null : new ImageSize(s[9], s[10], s[11]),
                Width = s[12], Layers = s[13], Heads = s[14],
            }
            : null;
    }
}
