using BitTensor.Mechanism;
using BitTensor.Scenarios;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>A trained gate and its parameters. Not thread-safe.</summary>
sealed class PeerGate : IDisposable
{
    readonly ModelShape _shape;
    readonly GatingSpec _spec;
    readonly MissingAnswer _missing;
    readonly RandomStream _noise;

    /// <summary>A fresh gate, drawn from (seed, neuron) alone.</summary>
    public PeerGate(ModelShape shape, LearningSettings settings, ulong seed, int neuron)
    {
        (_shape, _spec, _missing) = (shape, settings.Gate!, settings.Missing);
        _noise = new RandomStream(seed, "gate-noise", neuron);
        Part = new ModelPart(
            GateFormula.Shapes(shape), GateFormula.Offsets, settings, new RandomStream(seed, "gate", neuron));
    }

    /// <summary>Its parameters.</summary>
    public ModelPart Part { get; }

    int Peers => _shape.Peers;

    /// <summary>Chooses the peers of a batch, rows x features; all of them where it is told to.</summary>
    public GateChoice Choose(float[] batch, int rows, bool all)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var noise = _spec.Noise > 0 ? Draw(rows) : null;
        var scores = Copy.Out(Scores(Copy.In(batch, rows, _shape.Features), noise));
        var top = all ? Peers : Math.Min(_spec.Top, Peers);
        return new GateChoice(
            rows, _shape.Slots, WithOwn(GateFormula.Choose(scores, Peers, top, _spec.Per)))
        {
            Noise = noise, Scores = scores, OwnSlot = _shape.OwnSlot,
        };
    }

    /// <summary>The weights g of a batch that was asked, and the loss that keeps them in balance.</summary>
    /// <param name="x">Batch, rows x features.</param>
    /// <param name="asked">The choice.</param>
    /// <param name="answered">True for a slot with an answer.</param>
    public (Tensor Weights, Tensor? Balance) Weigh(Tensor x, GateChoice asked, Predicate<int> answered)
    {
        var scores = Scores(x, asked.Noise);
        var chosen = WithoutOwn(asked, _ => true);
        var weights = GateFormula.Weights(scores, chosen);
        var balance = _spec.BalanceWeight == 0 ? null : _spec.Balance switch
        {
            BalanceLoss.Cv2 => GateFormula.CvSquared(weights),
            BalanceLoss.Switch => GateFormula.Switch(scores, chosen),
            _ => null,
        };
        return (
            _missing == MissingAnswer.Renormalise
                ? GateFormula.Weights(scores, WithoutOwn(asked, answered))
                : weights,
            balance is null ? null : Kept.Times(balance, _spec.BalanceWeight));
    }

    /// <summary>Mean weight of each slot over the examples; the own slot has none.</summary>
    public double[] Importance(float[] weights)
    {
        var (importance, rows) = (new double[_shape.Slots], weights.Length / Peers);
        for (var at = 0; at < weights.Length; at++)
        {
            importance[_shape.SlotOf(at % Peers)] += weights[at] / (double)rows;
        }
        return importance;
    }

    /// <summary>Mean entropy of the examples' weights, nats.</summary>
    public double Entropy(float[] weights) =>
        -weights.Where(w => w > 0).Sum(w => w * Math.Log(w)) / (weights.Length / Peers);

    public void Dispose() => Part.Dispose();

    Tensor Scores(Tensor x, float[]? noise)
    {
        var scores = GateFormula.Scores(x, Part.Views);
        return noise is null ? scores : Kept.Plus(scores, Copy.In(noise, noise.Length / Peers, Peers));
    }

    float[] Draw(int rows)
    {
        var noise = new float[rows * Peers];
        for (var k = 0; k < noise.Length; k++)
        {
            noise[k] = (float)(_spec.Noise * _noise.NextNormal());
        }
        return noise;
    }

    bool[] WithOwn(bool[] chosen)
    {
        var rows = chosen.Length / Peers;
        var all = new bool[rows * _shape.Slots];
        for (var at = 0; at < chosen.Length; at++)
        {
            all[at / Peers * _shape.Slots + _shape.SlotOf(at % Peers)] = chosen[at];
        }
        return all;
    }

    bool[] WithoutOwn(GateChoice asked, Predicate<int> answered)
    {
        var chosen = new bool[asked.Rows * Peers];
        for (var at = 0; at < chosen.Length; at++)
        {
            var slot = _shape.SlotOf(at % Peers);
            chosen[at] = asked.Asks(at / Peers, slot) && answered(slot);
        }
        return chosen;
    }
}
