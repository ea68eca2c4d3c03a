using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>Some rows of a tensor.</summary>
static class TensorRows
{
    /// <summary>These rows, in their order; the tensor itself where null stands for all.</summary>
    public static Tensor Taken(this Tensor tensor, int[]? rows)
    {
        if (rows is null)
        {
            return tensor;
        }
        var values = new float[rows.Length * tensor.Columns];
        for (var k = 0; k < rows.Length; k++)
        {
            tensor.Values.AsSpan(rows[k] * tensor.Columns, tensor.Columns).CopyTo(values.AsSpan(k * tensor.Columns));
        }
        return new Tensor(rows.Length, tensor.Columns, values);
    }

    /// <summary>A tensor of count rows: these rows at the given positions, zeros elsewhere.</summary>
    public static Tensor Placed(this Tensor tensor, int[]? rows, int count)
    {
        if (rows is null)
        {
            return tensor;
        }
        var values = new float[count * tensor.Columns];
        for (var k = 0; k < rows.Length; k++)
        {
            tensor.Values.AsSpan(k * tensor.Columns, tensor.Columns).CopyTo(values.AsSpan(rows[k] * tensor.Columns));
        }
        return new Tensor(count, tensor.Columns, values);
    }
}
