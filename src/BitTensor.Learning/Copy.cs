using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>Arrays in and out of tensors.</summary>
static class Copy
{
    public static Tensor In(float[] values, int rows, int columns) => from_array(values).view(rows, columns);

    public static Tensor In(int[] labels) => from_array(Array.ConvertAll(labels, l => (long)l));

    public static float[] Out(Tensor tensor)
    {
        var values = new float[tensor.numel()];
        tensor.contiguous().bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Overwrites a tensor with float32 values read from a stream.</summary>
    public static void Into(Tensor tensor, Stream from)
    {
        var values = new float[tensor.numel()];
        from.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        tensor.copy_(from_array(values).view(tensor.shape));
    }
}
