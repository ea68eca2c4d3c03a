using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>A batch the neuron asks its peers about: what they see, and a handle by which the brain finds the rest again.</summary>
public sealed record Question(Tensor Batch, object Own);

/// <summary>
/// What a neuron computes, apart from what it says. <see cref="NextQuestion"/> runs in the neuron's actor; everything else runs as jobs
/// of the neuron's lane, one after another.
/// </summary>
public abstract class Brain : IDisposable
{
    /// <summary>Columns of a batch.</summary>
    public abstract int Features { get; }

    /// <summary>Columns of an answer.</summary>
    public abstract int Width { get; }

    /// <summary>Draws the next batch.</summary>
    public abstract Question NextQuestion();

    /// <summary>The answer to a batch, unmasked, shape rows x width.</summary>
    public abstract Tensor Represent(Tensor batch);

    /// <summary>False when gradients teach it nothing.</summary>
    public virtual bool Learns => true;

    /// <summary>Learns from a gradient with respect to the unmasked answer.</summary>
    public abstract void Learn(Tensor batch, Tensor gradient);

    /// <summary>
    /// One training iteration over the replies per slot (masked; null is a missing reply and counts as zero input).
    /// <paramref name="ownMask"/> is m_ii, for losses in which the neuron's own slot is masked too.
    /// </summary>
    public abstract TrainingStep Train(Question question, Tensor?[] replies, double ownMask);

    /// <summary>True when answers and lessons are no work: then they are not worth handing to another thread.</summary>
    public virtual bool Instant => false;

    /// <summary>True when the loss sees the own slot through the mask m_ii, as eq. (16) does.</summary>
    public abstract bool MasksOwnSlot { get; }

    /// <summary>A copy of everything the audit needs; changes nothing.</summary>
    public abstract object Snapshot();

    /// <summary>What it has learned, for <see cref="Load"/>; empty when there is nothing to learn.</summary>
    public virtual byte[] Save() => [];

    /// <summary>Goes on with what a brain of the same neuron had learned.</summary>
    public virtual void Load(byte[] saved) { }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it holds; nobody uses it any more.</summary>
    protected virtual void Dispose(bool disposing) { }
}

/// <summary>
/// A neuron whose loss is the quadratic form of eq. (16) over the masks it receives. An answer is the number 1, so a masked answer is
/// the mask m_ij, and the network plays the same game as the formula.
/// </summary>
sealed class QuadraticBrain(QuadraticLoss loss, int ownSlot) : Brain
{
    static readonly Question Ask = new(new Tensor(1, 1, [1f]), "");
    static readonly Tensor One = new(1, 1, [1f]);

    public override int Features => 1;

    public override int Width => 1;

    public override bool MasksOwnSlot => true;

    public override bool Instant => true;

    public override bool Learns => false;

    public override Question NextQuestion() => Ask;

    public override Tensor Represent(Tensor batch) => One;

    public override void Learn(Tensor batch, Tensor gradient) { }

    public override TrainingStep Train(Question question, Tensor?[] replies, double ownMask)
    {
        var masks = new double[replies.Length];
        for (var k = 0; k < masks.Length; k++)
        {
            masks[k] = k == ownSlot ? ownMask : replies[k]?.Values[0] ?? 0;
        }
        var gradient = loss.Gradient(masks);
        var sensitivity = new double[masks.Length];
        var significance = new double[masks.Length];
        var gradients = new float[]?[masks.Length];
        for (var k = 0; k < masks.Length; k++)
        {
            sensitivity[k] = gradient[k] * masks[k];
            significance[k] = masks[k] * masks[k] * loss.Significance(k);
            gradients[k] = replies[k] is null ? null : [(float)gradient[k]];
        }
        return new TrainingStep(loss.Value(masks), null, gradients, sensitivity, significance);
    }

    public override object Snapshot() => loss;
}
