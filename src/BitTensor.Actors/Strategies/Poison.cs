using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Strategies;

/// <summary>
/// The manipulation of a tensor. Kind shift is Baruch, Baruch and Goldberg 2019, "A Little Is Enough": every value
/// moves by z standard deviations of its column over the batch, so that it stays within the spread of honest values.
/// </summary>
sealed class Poison(StrategySpec spec)
{
    readonly float _factor = (float)spec.Number("factor");
    readonly float _deviations = (float)spec.Number("deviations");

    /// <summary>sign-flip, scale, shift, not-a-number, shape or stale.</summary>
    public string Kind { get; } = spec.Word("kind");

    /// <summary>The manipulated tensor; the tensor itself for <c>stale</c>.</summary>
    public Tensor Of(Tensor tensor) => Kind switch
    {
        "sign-flip" => Mapped(tensor, static v => -v),
        "scale" => Mapped(tensor, v => _factor * v),
        "shift" => Shifted(tensor),
        "not-a-number" => Mapped(tensor, static _ => float.NaN),
        "shape" => new Tensor(tensor.Rows, tensor.Columns + 1, new float[tensor.Rows * (tensor.Columns + 1)]),
        _ => tensor,
    };

    Tensor Shifted(Tensor tensor)
    {
        var spread = new float[tensor.Columns];
        for (var column = 0; column < spread.Length; column++)
        {
            spread[column] = _deviations * Deviation(tensor, column);
        }
        var values = new float[tensor.Values.Length];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = tensor.Values[k] - spread[k % tensor.Columns];
        }
        return new Tensor(tensor.Rows, tensor.Columns, values);
    }

    static float Deviation(Tensor tensor, int column)
    {
        double sum = 0, squares = 0;
        for (var k = column; k < tensor.Values.Length; k += tensor.Columns)
        {
            sum += tensor.Values[k];
            squares += (double)tensor.Values[k] * tensor.Values[k];
        }
        var mean = sum / tensor.Rows;
        return (float)Math.Sqrt(Math.Max(0, squares / tensor.Rows - mean * mean));
    }

    static Tensor Mapped(Tensor tensor, Func<float, float> change) =>
        new(tensor.Rows, tensor.Columns, Array.ConvertAll(tensor.Values, v => change(v)));
}
