using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>How a neuron joins the answers of its peers, as an audit has to know it.</summary>
/// <param name="Missing">What stands in for an answer that does not come.</param>
/// <param name="Top">Peers that a trained gate chooses.</param>
/// <param name="Per">What chooses together.</param>
public sealed record JoinRule(MissingAnswer Missing, int Top, GateScope Per)
{
    /// <summary>Answers go into the head as they are.</summary>
    public static JoinRule AsTheyAre { get; } = new(MissingAnswer.Zero, 0, GateScope.Example);
}

/// <summary>
/// The slots of a copied model as its head reads them, in float64: what training does, without noise.
/// </summary>
sealed class JoinedSlots(ModelSnapshot model, JoinRule rule)
{
    readonly ModelShape _shape = model.Shape;

    /// <summary>True for a model with a trained gate, which chooses anew for each example.</summary>
    public bool Gates => model.Gate.Length > 0;

    int Peers => _shape.Peers;

    /// <summary>The slots, rows x slots x representation.</summary>
    /// <param name="slots">The answers, zeros where there is none.</param>
    /// <param name="x">The examples, rows x features.</param>
    /// <param name="missing">
    /// True for an answer that was asked for and did not come, rows x slots; null for none.
    /// </param>
    /// <param name="unasked">True for a slot that was not asked, likewise.</param>
    public Tensor Of(Tensor slots, Tensor x, bool[]? missing, bool[]? unasked)
    {
        using var noGradient = no_grad();
        if (rule.Missing == MissingAnswer.Student && missing is not null && model.Student.Length > 0)
        {
            slots = Kept.Plus(slots, Predicted(x).mul(StandsIn(missing, (int)x.shape[0])));
        }
        var weights = Gates ? Gated(x, missing) : rule.Missing == MissingAnswer.Renormalise && missing is not null
            ? ScaledUp(missing, unasked!, (int)x.shape[0])
            : null;
        return weights is null ? slots : slots.mul(WithOwn(weights).unsqueeze(2));
    }

    /// <summary>The student in the place of every peer that it knows, zeros elsewhere; the own slot as it is.</summary>
    public Tensor WithStudent(Tensor slots, Tensor x)
    {
        using var noGradient = no_grad();
        var alone = slots.mul(OnlyOwn(slots));
        var everywhere = StandsIn([.. Enumerable.Repeat(true, (int)x.shape[0] * _shape.Slots)], (int)x.shape[0]);
        return Of(Kept.Plus(alone, Predicted(x).mul(everywhere)), x, null, null);
    }

    /// <summary>1 in the own slot and 0 elsewhere, the shape of the slots.</summary>
    public Tensor OnlyOwn(Tensor slots)
    {
        var own = zeros_like(slots);
        own.select(1, _shape.OwnSlot).copy_(ones_like(slots.select(1, _shape.OwnSlot)));
        return own;
    }

    /// <summary>What the student predicts, rows x slots x representation, zeros in the own slot.</summary>
    Tensor Predicted(Tensor x)
    {
        var student = PeerStudent.ShapeOf(_shape);
        var shapes = Layers.EncoderShapes(student);
        Tensor[] p = [.. model.Student.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).to(x.dtype))];
        var peers = Layers.Encode(student, x, p).view(x.shape[0], Peers, _shape.Representation);
        return cat(
            [
                peers.narrow(1, 0, _shape.OwnSlot), zeros(x.shape[0], 1, _shape.Representation, x.dtype),
                peers.narrow(1, _shape.OwnSlot, Peers - _shape.OwnSlot),
            ],
            1);
    }

    /// <summary>1 where the student stands in for a missing answer, rows x slots x 1.</summary>
    Tensor StandsIn(bool[] missing, int rows)
    {
        var stands = new double[missing.Length];
        for (var at = 0; at < stands.Length; at++)
        {
            var slot = at % _shape.Slots;
            var peer = slot < _shape.OwnSlot ? slot : slot - 1;
            stands[at] = missing[at] && slot != _shape.OwnSlot && model.Taught[peer] ? 1 : 0;
        }
        return from_array(stands).view(rows, _shape.Slots, 1);
    }

    Tensor Gated(Tensor x, bool[]? missing)
    {
        var shapes = GateFormula.Shapes(_shape);
        Tensor[] p = [.. model.Gate.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).to(x.dtype))];
        var scores = GateFormula.Scores(x, p);
        var allowed = GateFormula.Choose(
            Copy.Out(scores.to(ScalarType.Float32)), Peers, Math.Min(rule.Top, Peers), rule.Per);
        for (var at = 0; rule.Missing == MissingAnswer.Renormalise && missing is not null && at < allowed.Length; at++)
        {
            allowed[at] &= !missing[at / Peers * _shape.Slots + _shape.SlotOf(at % Peers)];
        }
        return GateFormula.Weights(scores, allowed);
    }

    Tensor ScaledUp(bool[] missing, bool[] unasked, int rows)
    {
        var factors = new double[rows * Peers];
        for (var row = 0; row < rows; row++)
        {
            var first = row * _shape.Slots;
            var asked = Enumerable.Range(0, Peers).Select(k => first + _shape.SlotOf(k))
                .Where(at => !unasked[at]).ToArray();
            var came = asked.Count(at => !missing[at]);
            factors.AsSpan(row * Peers, Peers).Fill(came == 0 ? 1 : (double)asked.Length / came);
        }
        return from_array(factors).view(rows, Peers);
    }

    /// <summary>Weight 1 for the own slot, between those of the peers.</summary>
    Tensor WithOwn(Tensor weights) => cat(
        [
            weights.narrow(1, 0, _shape.OwnSlot), ones_like(weights.narrow(1, 0, 1)),
            weights.narrow(1, _shape.OwnSlot, Peers - _shape.OwnSlot),
        ],
        1);
}
