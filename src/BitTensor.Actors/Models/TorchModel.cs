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
    readonly Deck _deck;
    readonly RandomStream? _labelDice;
    readonly WorthMeasure _measure;
    // Data kept aside, of which every so many batches one is; null for none.
    readonly Deck? _aside;
    readonly int _asideEvery;
    int _batches;
    // Iterations between two steps of a student of own batches; 0 for none.
    readonly int _studyEvery;
    int _iterations;
    readonly Deck? _private;

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
        var size = population.Training.BatchSize;
        _deck = new Deck(shard.Train, size, new RandomStream(seed, "batches", plan.Id));
        if (shard.Aside is { } aside)
        {
            _aside = new Deck(aside, size, new RandomStream(seed, "aside-batches", plan.Id));
            _asideEvery = population.Significance!.Every;
        }
        _measure = population.Weights switch
        {
            WeightPolicy.Ablation => WorthMeasure.Ablation,
            WeightPolicy.Synergy => WorthMeasure.Synergy,
            _ => WorthMeasure.Fisher,
        };
        var estimates = population is { Weights: WeightPolicy.Significance } or { Gating.By: GateRule.Significance };
        _labelDice = estimates && _measure == WorthMeasure.Fisher
            ? new RandomStream(seed, "significance-labels", plan.Id)
            : null;
        _studyEvery = population.Student is { Inputs: StudentInputs.Own } student && plan.Slots.Length > 1
            ? student.Every
            : 0;
        _private = shard.Private is { Count: > 0 } hidden && population.Private is { Trains: true }
            ? new Deck(hidden, size, new RandomStream(seed, "private-batches", plan.Id))
            : null;
    }

    public override int Features => _model.Shape.Features;

    public override int Width => _model.Shape.Representation;

    public override bool MasksOwnSlot => false;

    public override QueryBatch NextBatch()
    {
        var aside = _aside is not null && ++_batches % _asideEvery == 0;
        var batch = (aside ? _aside! : _deck).Next();
        return new QueryBatch(new Tensor(batch.Count, batch.Features, batch.Inputs), batch) { IsAside = aside };
    }

    public override GateChoice Choose(QueryBatch batch, int slots, int ownSlot, bool all) => _model.Gates
        ? _model.Choose((Examples)batch.Own, all)
        : base.Choose(batch, slots, ownSlot, all);

    public override Tensor Represent(Tensor batch) =>
        new(batch.Rows, Width, _model.Represent(batch.Values, batch.Rows));

    public override Tensor Answer(Tensor batch, Tensor?[]? replies) => new(
        batch.Rows, Width,
        _model.Answer(
            batch.Values, batch.Rows, Array.ConvertAll(replies ?? new Tensor?[_model.Shape.Slots], r => r?.Values)));

    public override float[]?[] LearnOnward(Tensor batch, Tensor?[] replies, Tensor gradient) =>
        _guarded.Learn(batch.Values, batch.Rows, gradient.Values, Array.ConvertAll(replies, r => r?.Values));

    public override void Learn(Tensor batch, Tensor gradient) =>
        _guarded.Learn(batch.Values, batch.Rows, gradient.Values);

    public override TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask)
    {
        var slots = _guarded.Inputs(Array.ConvertAll(replies, r => r?.Values));
        var own = (Examples)batch.Own;
        if (batch.IsAside)
        {
            return _model.Measure(own, slots, _labelDice, batch.Asked, _measure);
        }
        var step = _model.Train(own, slots, _labelDice, batch.Asked, _measure);
        if (_studyEvery > 0 && _iterations++ % _studyEvery == 0)
        {
            _model.TrainStudent(own.Inputs, own.Count, slots, batch.Asked);
        }
        if (_private is not null)
        {
            _model.TrainAlone(_private.Next());
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
