using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Learning;
using BitTensor.Plans;

namespace BitTensor.Actors.Run;

/// <summary>
/// A neuron that learns alone: the same first parameters, data, batches and steps as the neuron in the network, and no
/// peers. Not thread-safe.
/// </summary>
sealed class SoloTraining(ModelFactory models, NeuronPlan plan) : IDisposable
{
    NeuronModel? _model;

    /// <summary>Makes so many further steps.</summary>
    /// <returns>The model after them; null where no model is trained on data.</returns>
    public ModelSnapshot? After(int steps)
    {
        _model ??= models.Create(plan);
        var nobody = new Protocol.Tensor?[plan.Slots.Length];
        for (var step = 0; step < steps; step++)
        {
            var batch = _model.NextBatch();
            while (batch.IsAside)
            {
                batch = _model.NextBatch();
            }
            _model.Train(batch, nobody, 1);
        }
        return _model.Snapshot() as ModelSnapshot;
    }

    public void Dispose() => _model?.Dispose();
}
