using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

/// <summary>The trained gate, eq. (9) and (10), and answers that are missing.</summary>
public sealed class GateSpec
{
    const ulong Seed = 11;
    const int Rows = 8;
    const int Slots = 5;
    const int Own = 1;
    const int Width = 3;
    static readonly ModelShape Shape = new(6, 4, Width, 7, Slots, Own);
    static readonly double[] Masks = [0.9, 1, 0.4, 0.6, 0.7];

    /// <summary>
    /// Two of four peers per example, over answers about the examples that chose each; one peer does not answer.
    /// Against the whole network in float64 as one graph, with a softmax written out per example.
    /// </summary>
    [Theory]
    [InlineData(HeadKind.Hidden, MissingAnswer.Zero, BalanceLoss.None)]
    [InlineData(HeadKind.Hidden, MissingAnswer.Renormalise, BalanceLoss.Cv2)]
    [InlineData(HeadKind.Linear, MissingAnswer.Renormalise, BalanceLoss.None)]
    [InlineData(HeadKind.Linear, MissingAnswer.Zero, BalanceLoss.Switch)]
    public void Backward_over_the_gate_and_messages_equals_one_monolithic_autograd_graph(
        HeadKind kind, MissingAnswer missing, BalanceLoss balance)
    {
        var shape = Shape with { Head = kind };
        var spec = GatingSpec.Asking(2, GateRule.Gate) with { Noise = 0.5, Balance = balance, BalanceWeight = 0.3 };
        using var models = new Models(shape, Settings(spec, missing));
        var before = models.All.Select(m => m.Export()).ToArray();
        var batch = Batch();
        var choice = models.All[Own].Choose(batch, all: false);
        // The peer that most examples chose stays silent.
        var silent = Enumerable.Range(0, Slots).MaxBy(k => choice.RowsOf(k).Length);
        float[]? AnswerOf(int k) => k == silent ? null : Answer(models.All[k], batch, choice, k);
        var step = models.All[Own].Train(
            batch, [.. Enumerable.Range(0, Slots).Select(AnswerOf)], null, choice);
        for (var k = 0; k < Slots; k++)
        {
            var rows = choice.RowsOf(k);
            if (k != silent && rows.Length > 0)
            {
                float[] gradient = [.. rows.SelectMany(r => step.Gradients[k]!.Skip(r * Width).Take(Width))];
                models.All[k].Learn(
                    batch.Take(rows).Inputs, rows.Length, [.. gradient.Select(g => (float)(g * Masks[k]))]);
            }
        }

        using var scope = NewDisposeScope();
        var encoders = before.Select(s => Leaves(s.Encoder, Layers.EncoderShapes(shape))).ToArray();
        var (head, gate) = (
            Leaves(before[Own].Head, Layers.HeadShapes(shape)), Leaves(before[Own].Gate, GateFormula.Shapes(shape)));
        var x = Copy.In(batch.Inputs, Rows, shape.Features).to(ScalarType.Float64);
        var scores = x.mm(gate[0]) + gate[1] + Copy.In(choice.Noise!, Rows, Slots - 1).to(ScalarType.Float64);
        var chosen = WeightsOf(scores, (row, k) => choice.Asks(row, k));
        var weights = missing == MissingAnswer.Renormalise
            ? WeightsOf(scores, (row, k) => choice.Asks(row, k) && k != silent)
            : chosen;
        var outputs = encoders.Select((p, k) => Layers.Encode(shape, x, p) * (k == silent ? 0 : Masks[k])).ToArray();
        var peers = PeerSlots.Select((k, p) => outputs[k] * weights[.., p].unsqueeze(1)).ToArray();
        var loss = nn.functional.cross_entropy(
            Layers.Read(shape, cat(peers, 1), outputs[Own], head), Copy.In(batch.Labels));
        (loss + 0.3 * BalanceOf(balance, scores, chosen, choice)).backward();

        Assert.Equal(loss.item<double>(), step.Loss, 1e-5);
        AssertClose(gate, models.All[Own].GateGradient());
        AssertClose(head, models.All[Own].HeadGradient());
        for (var k = 0; k < Slots; k++)
        {
            if (k != silent && (k == Own || choice.RowsOf(k).Length > 0))
            {
                AssertClose(encoders[k], models.All[k].EncoderGradient());
            }
        }
        Assert.Null(step.Gradients[silent]);
        Assert.Equal(Enumerable.Range(0, Slots - 1).Select(p => weights[.., p].mean().item<double>()),
            PeerSlots.Select(k => step.Importance![k]), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void A_balance_loss_has_its_known_value_at_balance_and_at_collapse_and_rises_between()
    {
        using var scope = NewDisposeScope();
        double[] towards = [0, 0.25, 0.5, 0.75, 1];
        double CvAt(double t)
        {
            // Weights of four peers, between even and all on the first.
            var row = tensor(new[] { 0.25 + 0.75 * t, 0.25 - 0.25 * t, 0.25 - 0.25 * t, 0.25 - 0.25 * t });
            return GateFormula.CvSquared(row.repeat(Rows, 1)).item<double>();
        }
        double SwitchAt(double t)
        {
            // Scores that favour the first peer more and more; as many of the examples choose it.
            var scores = tensor(new[] { 40 * t, 0.0, 0, 0 }).repeat(Rows, 1);
            var first = (int)(Rows / 4 + t * (Rows - Rows / 4));
            var chosen = new bool[Rows * 4];
            for (var row = 0; row < Rows; row++)
            {
                chosen[row * 4 + (row < first ? 0 : 1 + row % 3)] = true;
            }
            return GateFormula.Switch(scores, chosen).item<double>();
        }
        Assert.Equal(0, CvAt(0), 1e-12);
        Assert.Equal(3, CvAt(1), 1e-12);
        Assert.Equal(1, SwitchAt(0), 1e-12);
        Assert.Equal(4, SwitchAt(1), 1e-9);
        Assert.Equal(towards.Select(CvAt).Order(), towards.Select(CvAt));
        Assert.Equal(towards.Select(SwitchAt).Order(), towards.Select(SwitchAt));
    }

    [Fact]
    public void Each_example_or_the_batch_as_a_whole_chooses_the_highest_scores()
    {
        float[] scores = [1, 3, 2, 5, 0, 4];
        Assert.Equal([false, true, true, true, false, true], GateFormula.Choose(scores, 3, 2, GateScope.Example));
        // Means 3, 1.5, 3: a tie at the top.
        Assert.Equal([true, false, true, true, false, true], GateFormula.Choose(scores, 3, 2, GateScope.Batch));
        Assert.Equal([true, false, false, true, false, false], GateFormula.Choose(scores, 3, 1, GateScope.Batch));
    }

    [Fact]
    public void Examples_of_a_peer_without_room_go_to_the_highest_score_that_is_free()
    {
        // Slot 1 is the own one, so the scores are of slots 0, 2, 3 and 4.
        var choice = new GateChoice(
            2, 5, [true, false, false, false, false, true, false, false, false, true])
        {
            Scores = [9, 5, 7, 6, 9, 3, 1, 8], OwnSlot = 1,
        };
        Assert.Equal([false, false, false, true, false], choice.Spilled(0, _ => true).Chosen[..5]);
        // The second example asks slot 4 as well: slot 2 is left.
        Assert.Equal([false, false, true, false, true], choice.Spilled(0, _ => true).Chosen[5..]);
        Assert.Equal(choice.Chosen, choice.Spilled(0, _ => false).Chosen);
    }

    [Fact]
    public void To_an_example_whose_peers_are_all_silent_the_gate_gives_nothing_and_stays_finite()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 900.0, -900, 3, 1, 2, 3 }, [2, 3]).requires_grad_(true);
        var weights = GateFormula.Weights(scores, [false, true, false, false, false, false]);
        weights.sum().backward();
        Assert.Equal([0, 1, 0, 0, 0, 0], weights.detach().flatten().data<double>().ToArray());
        Assert.All(scores.grad!.flatten().data<double>().ToArray(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Without_a_gate_the_answers_that_came_are_scaled_up_to_those_that_were_asked_for()
    {
        var asked = GateChoice.Of([true, false, true, true, false], 1);
        Assert.Equal([1.5f, 1.5f, 1.5f, 1.5f], Survivors.Factors(Shape, 1, asked, k => k != 2)!);
        Assert.Null(Survivors.Factors(Shape, 1, asked, k => k != 4));
        Assert.Equal(4 / 3f, Survivors.Factors(Shape, 2, null, k => k != 0)![7]);
        Assert.Equal([1f, 1f, 1f, 1f], Survivors.Factors(Shape, 1, asked, _ => false)!);
    }

    /// <summary>The audit joins answers as training does, so it finds the loss that training found.</summary>
    [Theory]
    [InlineData(true, MissingAnswer.Zero)]
    [InlineData(true, MissingAnswer.Renormalise)]
    [InlineData(false, MissingAnswer.Zero)]
    [InlineData(false, MissingAnswer.Renormalise)]
    public void The_audit_finds_the_loss_of_training(bool gated, MissingAnswer missing)
    {
        var spec = gated ? GatingSpec.Asking(2, GateRule.Gate) : null;
        using var models = new Models(Shape, Settings(spec, missing));
        var (batch, snapshots) = (Batch(), models.All.Select(m => m.Export()).ToArray());
        var choice = gated
            ? models.All[Own].Choose(batch, all: false)
            : GateChoice.Of([true, false, true, true, false], Rows);
        const int silent = 3;
        var replies = Enumerable.Range(0, Slots).Select(k => k == silent || choice.RowsOf(k).Length == 0
            ? null
            : Answer(models.All[k], batch, choice, k));
        var trained = models.All[Own].Train(batch, [.. replies], null, choice);
        int[] unasked = [.. Enumerable.Range(0, Slots).Where(k => k != Own && choice.RowsOf(k).Length == 0)];
        var served = IdealRank.Measure(
            snapshots[Own], [.. snapshots.Select((s, k) => new SlotInput(s, null, Masks[k]))], batch,
            [new ServicePattern([silent], 3) { Unasked = [.. unasked] }],
            new JoinRule(missing, 2, GateScope.Example)).Served!;
        Assert.Equal(trained.Loss, served.Loss, 1e-5);
        Assert.Equal(0, served.Ablation[silent]);
    }

    [Fact]
    public void A_loaded_gate_goes_on_bit_by_bit()
    {
        var settings = Settings(GatingSpec.Asking(2, GateRule.Gate), MissingAnswer.Zero);
        using SlotModel lived = new(Shape, settings, Seed, 1), revived = new(Shape, settings, Seed, 2);
        var batch = Batch();
        float StepOf(SlotModel model)
        {
            var choice = model.Choose(batch, all: false);
            return (float)model.Train(
                batch, [.. Enumerable.Range(0, Slots).Select(k => k == Own ? null : Filled(k))], null, choice).Loss;
        }
        StepOf(lived);
        revived.Load(lived.Save());
        Assert.Equal(StepOf(lived), StepOf(revived));
        Assert.Equal(StepOf(lived), StepOf(revived));
    }

    static int[] PeerSlots => [.. Enumerable.Range(0, Slots).Where(k => k != Own)];

    static float[] Filled(int k) => [.. Enumerable.Range(0, Rows * Width).Select(c => (c + k) % 5 / 5f)];

    static LearningSettings Settings(GatingSpec? gate, MissingAnswer missing) =>
        new(OptimizerKind.Sgd, 0.1, 0) { Gate = gate, Missing = missing };

    static Examples Batch()
    {
        var dice = new RandomStream(3, "batch");
        return new Examples(
            Shape.Features, Shape.Classes,
            [.. Enumerable.Range(0, Rows * Shape.Features).Select(_ => (float)dice.NextNormal())],
            [.. Enumerable.Range(0, Rows).Select(k => k % Shape.Classes)]);
    }

    /// <summary>The masked answer about the examples that chose a peer, each at its place.</summary>
    static float[] Answer(SlotModel model, Examples batch, GateChoice choice, int slot)
    {
        var (rows, answer) = (choice.RowsOf(slot), new float[Rows * Width]);
        var output = rows.Length == 0 ? [] : model.Represent(batch.Take(rows).Inputs, rows.Length);
        for (var k = 0; k < output.Length; k++)
        {
            answer[rows[k / Width] * Width + k % Width] = (float)(output[k] * Masks[slot]);
        }
        return answer;
    }

    /// <summary>The softmax of eq. (10), number by number.</summary>
    static Tensor WeightsOf(Tensor scores, Func<int, int, bool> allowed)
    {
        var rows = Enumerable.Range(0, Rows).Select(row =>
        {
            var terms = PeerSlots.Select((k, p) =>
                allowed(row, k) ? scores[row, p].exp() : zeros([], ScalarType.Float64)).ToArray();
            var total = terms.Aggregate((a, b) => a + b);
            return stack(terms.Select(t => PeerSlots.Any(k => allowed(row, k)) ? t / total : t));
        });
        return stack(rows);
    }

    static Tensor BalanceOf(BalanceLoss kind, Tensor scores, Tensor weights, GateChoice choice)
    {
        var importance = weights.sum([0]);
        var chosen = tensor(
            PeerSlots.Select(k => choice.RowsOf(k).Length / (2.0 * Rows)).ToArray(), ScalarType.Float64);
        return kind switch
        {
            BalanceLoss.Cv2 => (importance - importance.mean()).square().mean() / importance.mean().square(),
            BalanceLoss.Switch => (chosen * scores.softmax(1).mean([0])).sum() * (Slots - 1),
            _ => zeros([], ScalarType.Float64),
        };
    }

    static Tensor[] Leaves(float[][] values, (int Rows, int Columns)[] shapes) =>
        [
            .. values.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).to(ScalarType.Float64)
                .requires_grad_(true)),
        ];

    static void AssertClose(Tensor[] leaves, float[] actual) => FormsSpec.AssertClose(
        [.. leaves.SelectMany(l => l.grad!.to(ScalarType.Float32).flatten().data<float>().ToArray())], actual);

    /// <summary>The models of all neurons.</summary>
    sealed class Models(ModelShape shape, LearningSettings settings) : IDisposable
    {
        public SlotModel[] All { get; } =
            [.. Enumerable.Range(0, Slots).Select(k => new SlotModel(shape, settings, Seed, k))];

        public void Dispose() => Array.ForEach(All, m => m.Dispose());
    }
}
