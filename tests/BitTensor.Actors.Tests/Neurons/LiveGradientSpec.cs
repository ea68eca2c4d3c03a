using BitTensor.Actors.Models;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace BitTensor.Actors.Tests;

/// <summary>
/// One training iteration of a live neuron among live peers, over messages, masks and all, against the whole network
/// written as one differentiable function: the oracle is autograd on it, and finite differences of it.
/// </summary>
public sealed class LiveGradientSpec : IDisposable
{
    const int Neurons = 4;
    const int Learner = 1;

    // Steps of plain gradient descent, so that a step divided by the rate is the gradient. A large power of two loses
    // no bits.
    const double Rate = 256;

    // Only the learner has an iteration in the first seconds: the others pause for days.
    const string Network =
        """
        version: 1
        name: graph
        seed: 21
        duration: 10 blocks
        mechanism: { temperature: 0.2, alpha: 10, tau: 0.1, step: 1e-6, epsilon: 1 }
        data: { set: digits, examples: 400 }
        populations:
          - { name: first, count: 1, stake: 2, model: { kind: mlp, representation: 3, hidden: 5 }, training: { iteration-interval: 250 h, optimizer: sgd, learning-rate: 256 } }
          - { name: learner, count: 1, stake: 1.5, model: { kind: mlp, representation: 3, hidden: 6 }, training: { iteration-interval: 20 s, optimizer: sgd, learning-rate: 256 } }
          - { name: others, count: 2, model: { kind: mlp, representation: 3, hidden: 5 }, training: { iteration-interval: 250 h, optimizer: sgd, learning-rate: 256 } }
        network: { default: { latency: 20 ms } }
        """;

    readonly NeuronStage _stage = new(Network, real: [0, 1, 2, 3]);
    readonly ModelSnapshot[] _before;
    readonly QueryBatch _batch;

    public LiveGradientSpec()
    {
        WeightRow[] rows = [
            WeightRow.Dense([0.1, 0.3, 0.2, 0.4]), WeightRow.Dense([0.2, 0.1, 0.3, 0.4]),
            WeightRow.Dense([0.25, 0.25, 0.4, 0.1]), WeightRow.Dense([0, 0.5, 0.25, 0.25]),
        ];
        _stage.Market = _stage.Market.Close([.. rows.Select((r, i) => new RowChange(i, r))]).Next;
        using var twin = _stage.ModelFactory.Create(_stage.Plans[Learner]);
        _batch = twin.NextBatch();
        _before = [.. Enumerable.Range(0, Neurons).Select(i => (ModelSnapshot)_stage.SnapshotOf(i))];
        _stage.Opens(0.001);
        _stage.Until(20);
    }

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void Backward_over_the_network_equals_one_monolithic_autograd_graph()
    {
        var after = Enumerable.Range(0, Neurons).Select(i => (ModelSnapshot)_stage.SnapshotOf(i)).ToArray();
        using var scope = NewDisposeScope();
        var encoders = _before.Select(s => Leaves(s.Encoder, EncoderShapes(s.Shape))).ToArray();
        var head = Leaves(_before[Learner].Head, HeadShapes(_before[Learner].Shape));
        Loss(encoders, head, new Masks(_stage.Market).Row(Learner)).backward();

        Assert.Equal(1, _stage.CountsOf(Learner)["query asked"] / (Neurons - 1));
        AssertClose(Flat(head), Steps(_before[Learner].Head, after[Learner].Head));
        for (var i = 0; i < Neurons; i++)
        {
            AssertClose(Flat(encoders[i]), Steps(_before[i].Encoder, after[i].Encoder));
        }
        for (var i = 0; i < Neurons; i++)
        {
            // Nobody but the learner trained its head.
            Assert.Equal(
                i == Learner, !_before[i].Head.SelectMany(m => m).SequenceEqual(after[i].Head.SelectMany(m => m)));
        }
    }

    [Fact]
    public void The_row_it_submits_ascends_the_payoff_of_the_whole_network()
    {
        _stage.Opens(20.001);
        _stage.Until(21);
        var submitted =
            Assert.Single(_stage.Heard<LedgerMessage.SubmitWeights>(NeuronStage.Ledger), s => s.Neuron == Learner).Row;
        var (row, parameters) = (_stage.Market.Row(Learner), _stage.Market.Parameters);
        var moved = Enumerable.Range(0, Neurons).Select(k => (submitted[k] - row[k]) / parameters.Step).ToArray();

        var gradient = Enumerable.Range(0, Neurons).Select(k => PayoffSlope(k)).ToArray();
        var mean = gradient.Average();
        for (var k = 0; k < Neurons; k++)
        {
            // Projection on the simplex takes the mean from the gradient of an interior row.
            Assert.Equal(gradient[k] - mean, moved[k], 2e-4 * gradient.Max(Math.Abs));
        }
    }

    /// <summary>
    /// dP/dw of the learner's row by central differences of P = -(alpha/tau) L + R over the whole market.
    /// </summary>
    double PayoffSlope(int target)
    {
        const double h = 1e-4;
        double At(double weight)
        {
            var values = _stage.Market.Row(Learner).Values.ToArray();
            values[target] = weight;
            var rows = Enumerable.Range(0, Neurons)
                .Select(i => i == Learner ? WeightRow.Dense(values) : _stage.Market.Row(i)).ToArray();
            var stake = _stage.Market.Stake.ToArray();
            var mu = Ranking.Rank(rows, stake);
            var masks = values
                .Select((w, j) => Masking.Mask(stake[Learner], w, mu[j], _stage.Market.Parameters.Temperature))
                .ToArray();
            using var scope = NewDisposeScope();
            var encoders = _before.Select(s => Leaves(s.Encoder, EncoderShapes(s.Shape))).ToArray();
            var loss =
                Loss(encoders, Leaves(_before[Learner].Head, HeadShapes(_before[Learner].Shape)), masks).item<double>();
            return -_stage.Market.Parameters.Alpha / _stage.Market.Parameters.Tau * loss + mu[Learner];
        }
        var at = _stage.Market.Row(Learner)[target];
        return (At(at + h) - At(at - h)) / (2 * h);
    }

    /// <summary>The learner's cross-entropy on its batch; its own slot is not masked.</summary>
    Tensor Loss(Tensor[][] encoders, Tensor[] head, double[] masks)
    {
        var batch = _batch.Inputs;
        var x = tensor(batch.Values, [batch.Rows, batch.Columns]).to(ScalarType.Float64);
        var labels = tensor(Array.ConvertAll(((Examples)_batch.Own).Labels, l => (long)l));
        var peers =
            cat(
                [
                    .. Enumerable.Range(0, Neurons).Where(k => k != Learner)
                        .Select(k => Encode(x, encoders[k]) * masks[k]),
                ],
                1);
        var hidden = (peers.mm(head[0]) + Encode(x, encoders[Learner]).mm(head[1]) + head[2]).tanh();
        return nn.functional.cross_entropy(hidden.mm(head[3]) + head[4], labels);
    }

    static Tensor Encode(Tensor x, Tensor[] p) => ((x.mm(p[0]) + p[1]).tanh().mm(p[2]) + p[3]).tanh();

    static (int Rows, int Columns)[] EncoderShapes(ModelShape s) =>
        [(s.Features, s.Hidden), (1, s.Hidden), (s.Hidden, s.Representation), (1, s.Representation)];

    static (int Rows, int Columns)[] HeadShapes(ModelShape s) =>
        [
            ((s.Slots - 1) * s.Representation, s.Hidden), (s.Representation, s.Hidden), (1, s.Hidden),
            (s.Hidden, s.Classes), (1, s.Classes),
        ];

    static Tensor[] Leaves(float[][] values, (int Rows, int Columns)[] shapes) =>
        [
            .. values.Select((v, k) =>
                tensor(v, [shapes[k].Rows, shapes[k].Columns]).to(ScalarType.Float64).requires_grad_(true)),
        ];

    static double[] Flat(Tensor[] leaves) => [.. leaves.SelectMany(l => l.grad!.flatten().data<double>().ToArray())];

    static double[] Steps(float[][] before, float[][] after) =>
        [.. before.SelectMany(m => m).Zip(after.SelectMany(m => m), (b, a) => ((double)b - a) / Rate)];

    static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var size = Math.Sqrt(expected.Sum(e => e * e));
        var error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum()) / size;
        Assert.True(size > 1e-6, "a gradient that is zero compares with nothing");
        Assert.True(error < 1e-5, $"relative error {error}");
    }
}
