using BitTensor.Learning;
using BitTensor.Protocol;

namespace BitTensor.Actors.Models;

/// <summary>A batch of the neuron's own data.</summary>
/// <param name="Inputs">x, shape rows x features: what the peers see.</param>
/// <param name="Own">What the model alone needs to train on it, e.g. the labels.</param>
public sealed record QueryBatch(Tensor Inputs, object Own)
{
    /// <summary>
    /// True for data that the neuron keeps aside: the iteration measures what the peers are worth and trains nothing.
    /// </summary>
    public bool IsAside { get; init; }
}

/// <summary>
/// The trainable model of a neuron. <see cref="NextBatch"/> runs in the neuron's actor; everything else runs as jobs of
/// the neuron's lane, one after another.
/// </summary>
public abstract class NeuronModel : IDisposable
{
    /// <summary>Columns of a batch.</summary>
    public abstract int Features { get; }

    /// <summary>Columns of an answer.</summary>
    public abstract int Width { get; }

    /// <summary>Draws the next batch.</summary>
    public abstract QueryBatch NextBatch();

    /// <summary>f(x), unmasked, shape rows x width.</summary>
    public abstract Tensor Represent(Tensor batch);

    /// <summary>False when the model learns nothing from gradients.</summary>
    public virtual bool Learns => true;

    /// <summary>Learns from dL/df, shape rows x width.</summary>
    public abstract void Learn(Tensor batch, Tensor gradient);

    /// <summary>
    /// One training iteration; a gradient has the shape of the reply it belongs to. Of a batch that is kept aside the
    /// same without a step.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="replies">Y_k per slot, masked; null is a missing reply and counts as zero input.</param>
    /// <param name="ownMask">m_ii, for losses in which the neuron's own slot is masked too.</param>
    public abstract TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask);

    /// <summary>True when answers and training steps cost so little that no other thread is worth it.</summary>
    public virtual bool IsInstant => false;

    /// <summary>True when the loss sees the own slot through the mask m_ii, as eq. (16) does.</summary>
    public abstract bool MasksOwnSlot { get; }

    /// <summary>A copy of all that the audit needs; changes nothing.</summary>
    public abstract object Snapshot();

    /// <summary>What the model has learned, for <see cref="Load"/>; empty when it learns nothing.</summary>
    public virtual byte[] Save() => [];

    /// <summary>Goes on with what a model of the same neuron had learned.</summary>
    public virtual void Load(byte[] saved) { }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the model holds; no job uses it any more.</summary>
    protected virtual void Dispose(bool disposing) { }
}
