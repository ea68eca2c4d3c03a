namespace BitTensor.Scenarios;

/// <summary>Why an operand is not finite: which value is not, of which neuron, and since which block.</summary>
static class Divergence
{
    /// <summary>The reason; null where the operand is finite, missing or a number.</summary>
    public static string? Of(Operand operand, BlockValues values) => operand switch
    {
        Operand.Share share => OfShare(share, values),
        _ when values.Value(operand) is not { } value || double.IsFinite(value) => null,
        Operand.Metric { Aggregate: null } metric => OfNetwork(metric.Name, values),
        Operand.Metric metric => OfAggregate(metric, values),
        Operand.OfNeuron one => OfNeuron(one.Name, one.Neuron, values),
        Operand.Own own => OfNeuron(own.Name, values.Neuron!.Value, values),
        Operand.At at => values.At(at.Moment) is { } then ? Of(at.Of, then) : null,
        Operand.Negative negative => Of(negative.Of, values),
        Operand.Infix infix => Of(infix.Left, values) ?? Of(infix.Right, values)
            ?? $"{infix} is not finite",
        _ => null,
    };

    static string OfNetwork(string metric, BlockValues values)
    {
        var table = values.Table;
        return $"{metric} is not finite since block {Since(metric, values, b => table.Network(metric, b))}";
    }

    static string OfAggregate(Operand.Metric metric, BlockValues values)
    {
        var table = values.Table;
        var neurons = table.NeuronsOf(metric.Population)
            .Where(i => table.Neuron(metric.Name, values.Block, i) is { } own && !double.IsFinite(own)).ToArray();
        return neurons.Length == 0
            ? $"the {YamlText.Word(metric.Aggregate!.Value)} of finite values is not finite"
            : OfNeuron(metric.Name, neurons[0], values, neurons.Length - 1);
    }

    /// <summary>Of a share: the first of its neurons that has neither the condition nor its opposite.</summary>
    static string? OfShare(Operand.Share share, BlockValues values)
    {
        var neither = values.Standings(share).Where(s => s.Standing == Standing.Neither).Select(s => s.Neuron).ToArray();
        if (neither.Length == 0)
        {
            return null;
        }
        var one = values with { Neuron = neither[0] };
        var why = share.With.Parts().Where(o => o is not Operand.Infix).Select(o => Of(o, one))
            .FirstOrDefault(w => w is not null) ?? $"the condition is open for neuron {neither[0]}";
        return neither.Length == 1
            ? $"{why} and counts against it"
            : $"{why} and counts against it, with {neither.Length - 1} more";
    }

    static string OfNeuron(string metric, int neuron, BlockValues values, int more = 0)
    {
        var table = values.Table;
        var since = Since(metric, values, b => table.Neuron(metric, b, neuron));
        var others = more > 0 ? $" and of {more} more" : "";
        return $"{metric} of neuron {neuron} ({table.PopulationOf[neuron]}){others} is not finite since block {since}";
    }

    /// <summary>
    /// The first block of those up to this one whose values are not finite; missing ones between them count.
    /// </summary>
    static long Since(string metric, BlockValues values, Func<long, double?> valueAt)
    {
        var since = values.Block;
        foreach (var earlier in values.Table.Blocks(metric).Where(b => b < values.Block).Reverse())
        {
            switch (valueAt(earlier))
            {
                case null:
                    break;
                case { } value when double.IsFinite(value):
                    return since;
                default:
                    since = earlier;
                    break;
            }
        }
        return since;
    }
}
