using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Models;

/// <summary>A neuron that learns to classify its own shard with a TorchSharp model.</summary>
sealed class TorchModel : NeuronModel
{
    readonly SlotModel _model;
    readonly GuardedLearning _guarded;
    readonly ModelShape _shape;
    readonly Shard _shard;
    readonly int _batchSize;
    readonly RandomStream _order;
    readonly RandomStream? _labelDice;
    readonly int[] _deck;
    int _next;

    /// <summary>A model that trains on the neuron's own shard.</summary>
    /// <param name="shape">Shape of the model.</param>
    /// <param name="settings">Optimizer.</param>
    /// <param name="shard">Own data.</param>
    /// <param name="batchSize">Examples per batch, at most the shard.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="neuron">Id.</param>
    /// <param name="defence">Defence against tensors of peers.</param>
    /// <param name="significance">True when every step must carry eq. (3).</param>
    public TorchModel(
        ModelShape shape, LearningSettings settings, Shard shard, int batchSize, ulong seed, int neuron,
        DefenceSpec defence, bool significance)
    {
        _model = new SlotModel(shape, settings, seed, neuron);
        _guarded = new GuardedLearning(_model, defence);
        _shape = shape;
        _shard = shard;
        _batchSize = Math.Min(batchSize, shard.Train.Count);
        _order = new RandomStream(seed, "batches", neuron);
        _labelDice = significance ? new RandomStream(seed, "significance-labels", neuron) : null;
        _deck = [.. Enumerable.Range(0, shard.Train.Count)];
        _next = _deck.Length;
    }

    public override int Features => _shape.Features;

    public override int Width => _shape.Representation;

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
        return new QueryBatch(new Tensor(batch.Count, batch.Features, batch.Inputs), batch.Labels);
    }

    public override Tensor Represent(Tensor batch) =>
        new(batch.Rows, Width, _model.Represent(batch.Values, batch.Rows));

    public override void Learn(Tensor batch, Tensor gradient) =>
        _guarded.Learn(batch.Values, batch.Rows, gradient.Values);

    public override TrainingStep Train(QueryBatch batch, Tensor?[] replies, double ownMask)
    {
        var slots = _guarded.Inputs(Array.ConvertAll(replies, r => r?.Values));
        return _model.Train(batch.Inputs.Values, (int[])batch.Own, slots, _labelDice);
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
