using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// Values of metrics by block: of the network, and of each neuron. A value that is not finite is no value.
/// </summary>
public sealed class MetricTable(ImmutableArray<string> populationOf)
{
    readonly Dictionary<string, SortedDictionary<long, double>> _network = [];
    readonly Dictionary<string, SortedDictionary<long, double?[]>> _neurons = [];

    /// <summary>Population of neuron i.</summary>
    public ImmutableArray<string> PopulationOf { get; } = populationOf;

    /// <summary>The last block that was closed.</summary>
    public long LastBlock { get; set; }

    /// <summary>Sets a value of the network.</summary>
    public void SetNetwork(string metric, long block, double value)
    {
        if (double.IsFinite(value))
        {
            In(_network, metric)[block] = value;
        }
    }

    /// <summary>Sets a value of one neuron.</summary>
    public void SetNeuron(string metric, long block, int neuron, double value)
    {
        if (double.IsFinite(value))
        {
            var blocks = In(_neurons, metric);
            if (!blocks.TryGetValue(block, out var values))
            {
                blocks[block] = values = new double?[PopulationOf.Length];
            }
            values[neuron] = value;
        }
    }

    /// <summary>A value of the network; null when there is none.</summary>
    public double? Network(string metric, long block) =>
        _network.TryGetValue(metric, out var blocks) && blocks.TryGetValue(block, out var value) ? value : null;

    /// <summary>A value of one neuron; null when there is none.</summary>
    public double? Neuron(string metric, long block, int neuron) =>
        _neurons.TryGetValue(metric, out var blocks) && blocks.TryGetValue(block, out var values)
            ? values[neuron]
            : null;

    /// <summary>Blocks with data of this metric, ascending.</summary>
    public IReadOnlyList<long> Blocks(string metric) =>
        _network.TryGetValue(metric, out var network) ? [.. network.Keys]
        : _neurons.TryGetValue(metric, out var neurons) ? [.. neurons.Keys]
        : [];

    /// <summary>
    /// The value of one side of a property at a block, over the neurons that have one there; null when none has.
    /// </summary>
    public double? Value(Operand operand, long block)
    {
        switch (operand)
        {
            case Operand.Number number:
                return number.Value;
            case Operand.Metric { Aggregate: null } metric:
                return Network(metric.Name, block);
            case Operand.Metric metric:
                var values = Enumerable.Range(0, PopulationOf.Length)
                    .Where(i => metric.Population is null || PopulationOf[i] == metric.Population)
                    .Select(i => Neuron(metric.Name, block, i)).OfType<double>().ToArray();
                return values.Length == 0 ? null : Combine(values, metric.Aggregate.Value);
            default:
                return null;
        }
    }

    /// <summary>The value at the last block that has one; null when none has.</summary>
    public double? Last(Operand.Metric metric) =>
        Blocks(metric.Name).Reverse().Select(b => Value(metric, b)).FirstOrDefault(v => v is not null);

    internal static double Combine(double[] values, Aggregate aggregate) => aggregate switch
    {
        Aggregate.Min => values.Min(),
        Aggregate.Max => values.Max(),
        Aggregate.Sum => values.Sum(),
        _ => values.Average(),
    };

    static TValue In<TValue>(Dictionary<string, TValue> by, string key)
        where TValue : new()
    {
        if (!by.TryGetValue(key, out var value))
        {
            by[key] = value = new TValue();
        }
        return value;
    }
}
