using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Models;

/// <summary>
/// A neuron whose loss is the quadratic form of eq. (16) over the masks it receives. An answer is the number 1, so a
/// masked answer is the mask m_ij, and the network plays the same game as the formula.
/// </summary>
sealed class QuadraticModel(QuadraticLoss loss, int ownSlot, WeightPolicy weights) : NeuronModel
{
    static readonly QueryBatch OneBatch = new(new Tensor(1, 1, [1f]), "");
    static readonly Tensor One = new(1, 1, [1f]);

    public override int Features => 1;

    public override int Width => 1;

    public override bool MasksOwnSlot => true;

    public override bool IsInstant => true;

    public override bool Learns => false;

    public override QueryBatch NextBatch() => OneBatch;

    public override Tensor Represent(Tensor batch) => One;

    public override void Learn(Tensor batch, Tensor gradient) { }

    public override TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask)
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
        if (weights is WeightPolicy.Ablation or WeightPolicy.Synergy)
        {
            // L without slot k less L.
            significance = [.. significance.Zip(sensitivity, (own, linear) => own - linear)];
        }
        if (weights == WeightPolicy.Synergy)
        {
            AddPairs(significance, masks);
        }
        return new TrainingStep(loss.Value(masks), null, gradients, sensitivity, significance);
    }

    public override object Snapshot() => loss;

    /// <summary>
    /// Adds to each peer half of what its removal costs with each other peer beyond the two alone: H_kl m_k m_l.
    /// </summary>
    void AddPairs(double[] worth, double[] masks)
    {
        var peers = (double[])masks.Clone();
        peers[ownSlot] = 0;
        var (with, without) = (loss.Gradient(peers), loss.Gradient(new double[masks.Length]));
        for (var k = 0; k < worth.Length; k++)
        {
            worth[k] += k == ownSlot
                ? 0
                : masks[k] * ((with[k] - without[k]) / 2 - loss.Significance(k) * masks[k]);
        }
    }
}
