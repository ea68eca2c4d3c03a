using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>Masks of tensors.</summary>
static class TensorMask
{
    /// <summary>The tensor times a mask, eq. (7); same shape.</summary>
    public static Tensor Masked(this Tensor tensor, double mask) =>
        new(tensor.Rows, tensor.Columns, Masking.Apply(tensor.Values, mask));
}
