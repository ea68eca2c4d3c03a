using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Learning;
using BitTensor.Plans;

namespace BitTensor.Actors.Run;

/// <summary>
/// A neuron that learns alone: the same first parameters, data, batches and steps as the neuron in the network, and no
/// peers. It drops no slots: slot dropout makes a head use its peers. Not thread-safe.
/// </summary>
sealed class SoloTraining(ModelFactory models, NeuronPlan plan) : IDisposable
{
    NeuronModel? _model;

    /// <summary>Makes so many further steps.</summary>
    /// <param name="height">Block of the audit.</param>
    /// <param name="steps">Steps of the neuron in the network since the audit before.</param>
    /// <returns>
    /// The model after them; null where no model is trained on data, and where another auditor saw the first block and
    /// so the first steps.
    /// </returns>
    public ModelSnapshot? After(long height, int steps)
    {
        if (_model is null && height > 0)
        {
            return null;
        }
        _model ??= models.CreateSolo(plan);
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
