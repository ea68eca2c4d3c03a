using BitTensor.Learning;
using BitTensor.Protocol;

namespace BitTensor.Actors.Models;

/// <summary>A batch of the neuron's own data.</summary>
/// <param name="Inputs">x, shape rows x features: what the peers see.</param>
/// <param name="Own">What the model alone needs to train on it, e.g. the labels.</param>
public sealed record QueryBatch(Tensor Inputs, object Own)
{
    /// <summary>Who was asked about which examples; null where all peers were asked about all.</summary>
    public GateChoice? Asked { get; init; }

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

    /// <summary>Which peers a batch asks, by the model's trained gate; a model without one asks all.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="slots">Slots of the neuron.</param>
    /// <param name="ownSlot">The own slot, which is not asked.</param>
    /// <param name="all">True to ask all peers.</param>
    public virtual GateChoice Choose(QueryBatch batch, int slots, int ownSlot, bool all) =>
        GateChoice.Of([.. Enumerable.Range(0, slots).Select(k => k != ownSlot)], batch.Inputs.Rows);

    /// <summary>f(x), unmasked, shape rows x width.</summary>
    public abstract Tensor Represent(Tensor batch);

    /// <summary>An answer, unmasked, shape rows x width: f(x), and for a model that says so its peer input.</summary>
    /// <param name="batch">x, shape rows x features.</param>
    /// <param name="replies">Answers of the neuron's own peers about it, per slot; null where nobody was asked.</param>
    public virtual Tensor Answer(Tensor batch, Tensor?[]? replies) => Represent(batch);

    /// <summary>False when the model learns nothing from gradients.</summary>
    public virtual bool Learns => true;

    /// <summary>Learns from dL/df, shape rows x width.</summary>
    public abstract void Learn(Tensor batch, Tensor gradient);

    /// <summary>Learns from dL/dY of an answer that held those of its own peers.</summary>
    /// <returns>dL/dY_k of those answers, per slot; empty for a model whose answers hold none.</returns>
    public virtual float[]?[] LearnOnward(Tensor batch, Tensor?[] replies, Tensor gradient)
    {
        Learn(batch, gradient);
        return [];
    }

    /// <summary>
    /// One training iteration; a gradient has the shape of the reply it belongs to. Of a batch that is kept aside the
    /// same without a step.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="replies">Y_k per slot, masked; null is a missing reply and counts as zero input.</param>
    /// <param name="ownMask">m_ii, for losses in which the neuron's own slot is masked too.</param>
    public abstract TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask);

    /// <summary>
    /// One step of the model's student on inputs and the answers to them; nothing for a model without one.
    /// </summary>
    /// <param name="inputs">x, shape rows x features.</param>
    /// <param name="replies">Y_k per slot, masked; null where none came.</param>
    public virtual void Study(Tensor inputs, Tensor?[] replies) { }

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
