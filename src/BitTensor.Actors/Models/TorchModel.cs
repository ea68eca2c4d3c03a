using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Models;

/// <summary>A neuron that learns from its own shard with a TorchSharp model.</summary>
sealed class TorchModel : NeuronModel
{
    readonly SlotModel _model;
    readonly GuardedLearning _guarded;
    readonly Shard _shard;
    readonly int _batchSize;
    readonly RandomStream _order;
    readonly RandomStream? _labelDice;
    readonly int[] _deck;
    int _next;
    // Iterations between two steps of a student of own batches; 0 for none.
    readonly int _studyEvery;
    int _iterations;

    /// <summary>A model that trains on the neuron's own shard.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shard">Own data.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="plan">The neuron: its batch size, its defence, and whether every step must carry eq. (3).</param>
    public TorchModel(SlotModel model, Shard shard, ulong seed, NeuronPlan plan)
    {
        var population = plan.Population;
        _model = model;
        _guarded = new GuardedLearning(_model, population.Defence);
        _shard = shard;
        _batchSize = Math.Min(population.Training.BatchSize, shard.Train.Count);
        _order = new RandomStream(seed, "batches", plan.Id);
        _labelDice = population is { Weights: WeightPolicy.Significance } or { Gating.By: GateRule.Significance }
            ? new RandomStream(seed, "significance-labels", plan.Id)
            : null;
        _deck = [.. Enumerable.Range(0, shard.Train.Count)];
        _next = _deck.Length;
        _studyEvery = population.Student is { Inputs: StudentInputs.Own } student && plan.Slots.Length > 1
            ? student.Every
            : 0;
    }

    public override int Features => _model.Shape.Features;

    public override int Width => _model.Shape.Representation;

    public override bool MasksOwnSlot => false;

    public override QueryBatch NextBatch()
    {
        if (_next + _batchSize > _deck.Length)
        {
            _order.Shuffle<int>(_deck);
            _next = 0;
        }
        var batch = _shard.Train.Take(_deck.AsSpan(_next, _batchSize));
        _next += _batchSize;
        return new QueryBatch(new Tensor(batch.Count, batch.Features, batch.Inputs), batch);
    }

    public override GateChoice Choose(QueryBatch batch, int slots, int ownSlot, bool all) => _model.Gates
        ? _model.Choose((Examples)batch.Own, all)
        : base.Choose(batch, slots, ownSlot, all);

    public override Tensor Represent(Tensor batch) =>
        new(batch.Rows, Width, _model.Represent(batch.Values, batch.Rows));

    public override void Learn(Tensor batch, Tensor gradient) =>
        _guarded.Learn(batch.Values, batch.Rows, gradient.Values);

    public override TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask)
    {
        var slots = _guarded.Inputs(Array.ConvertAll(replies, r => r?.Values));
        var own = (Examples)batch.Own;
        var step = _model.Train(own, slots, _labelDice, batch.Asked);
        if (_studyEvery > 0 && _iterations++ % _studyEvery == 0)
        {
            _model.TrainStudent(own.Inputs, own.Count, slots, batch.Asked);
        }
        return step;
    }

    public override void Study(Tensor inputs, Tensor?[] replies) => _model.TrainStudent(
        inputs.Values, inputs.Rows, _guarded.Inputs(Array.ConvertAll(replies, r => r?.Values)));

    public override object Snapshot() => _model.Export();

    public override byte[] Save() => _model.Save();

    public override void Load(byte[] saved) => _model.Load(saved);

    protected override void Dispose(bool disposing)
    {
        _model.Dispose();
        base.Dispose(disposing);
    }
}
