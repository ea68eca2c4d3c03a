using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>What a neuron demands of a tensor from a stranger.</summary>
static class TensorCheck
{
    /// <summary>
    /// Null when the tensor has rows (exactly <paramref name="rows"/>, if given), the right columns, and finite values
    /// only.
    /// </summary>
    public static ServingRefusal? Judge(Tensor tensor, int? rows, int columns)
    {
        if (tensor.Columns != columns || tensor.Rows != (rows ?? Math.Max(1, tensor.Rows)))
        {
            return ServingRefusal.BadShape;
        }
        foreach (var value in tensor.Values)
        {
            if (!float.IsFinite(value))
            {
                return ServingRefusal.NotFinite;
            }
        }
        return null;
    }
}
