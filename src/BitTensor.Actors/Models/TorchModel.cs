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
    readonly RandomStream? _labelDice;
    readonly WorthMeasure _measure;
    readonly BatchDeck _deck;
    readonly BatchDeck? _aside;
    readonly int _every;
    int _batches;

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
        _deck = new BatchDeck(shard.Train, size, new RandomStream(seed, "batches", plan.Id));
        if (shard.Aside is { } aside)
        {
            _aside = new BatchDeck(aside, size, new RandomStream(seed, "aside-batches", plan.Id));
            _every = population.Significance!.Every;
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
    }

    public override int Features => _model.Shape.Features;

    public override int Width => _model.Shape.Representation;

    public override bool MasksOwnSlot => false;

    public override QueryBatch NextBatch()
    {
        var aside = _aside is not null && ++_batches % _every == 0;
        var batch = (aside ? _aside! : _deck).Next();
        return new QueryBatch(new Tensor(batch.Count, batch.Features, batch.Inputs), batch) { IsAside = aside };
    }

    public override Tensor Represent(Tensor batch) =>
        new(batch.Rows, Width, _model.Represent(batch.Values, batch.Rows));

    public override void Learn(Tensor batch, Tensor gradient) =>
        _guarded.Learn(batch.Values, batch.Rows, gradient.Values);

    public override TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask)
    {
        var slots = _guarded.Inputs(Array.ConvertAll(replies, r => r?.Values));
        return batch.IsAside
            ? _model.Measure((Examples)batch.Own, slots, _labelDice, _measure)
            : _model.Train((Examples)batch.Own, slots, _labelDice, _measure);
    }

    public override object Snapshot() => _model.Export();

    public override byte[] Save() => _model.Save();

    public override void Load(byte[] saved) => _model.Load(saved);

    protected override void Dispose(bool disposing)
    {
        _model.Dispose();
        base.Dispose(disposing);
    }
}
