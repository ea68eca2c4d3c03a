using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// Values of metrics by block: of the network, and of each neuron. A missing value was not measured; a value that is
/// not finite was: what it measures has diverged.
/// </summary>
public sealed class MetricTable(ImmutableArray<string> populationOf)
{
    readonly Dictionary<string, SortedDictionary<long, double>> _network = [];
    readonly Dictionary<string, SortedDictionary<long, double?[]>> _neurons = [];

    /// <summary>Population of neuron i.</summary>
    public ImmutableArray<string> PopulationOf { get; } = populationOf;

    /// <summary>The last block that was closed.</summary>
    public long LastBlock { get; set; }

    /// <summary>
    /// The last block as the scenario plans it. A run that ended before it leaves open what would have come; null where
    /// no more blocks are expected.
    /// </summary>
    public long? PlannedBlock { get; set; }

    /// <summary>True when the run ended before its planned end.</summary>
    public bool IsCutShort => LastBlock < PlannedBlock;

    /// <summary>Sets a value of the network; null leaves it missing.</summary>
    public void SetNetwork(string metric, long block, double? value)
    {
        if (value is { } measured)
        {
            In(_network, metric)[block] = measured;
        }
    }

    /// <summary>Sets a value of one neuron; null leaves it missing.</summary>
    public void SetNeuron(string metric, long block, int neuron, double? value)
    {
        if (value is { } measured)
        {
            var blocks = In(_neurons, metric);
            if (!blocks.TryGetValue(block, out var values))
            {
                blocks[block] = values = new double?[PopulationOf.Length];
            }
            values[neuron] = measured;
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
    /// The value of one side of a property at a block, over the neurons that have one there; null when none has. It is
    /// not finite when a value of one of them is not.
    /// </summary>
    public double? Value(Operand operand, long block) => new BlockValues(this, block).Value(operand);

    /// <summary>The value at the last block that has one; null when none has.</summary>
    public double? Last(Operand.Metric metric) =>
        Blocks(metric.Name).Reverse().Select(b => Value(metric, b)).FirstOrDefault(v => v is not null);

    /// <summary>Neurons of a population, or all, ascending.</summary>
    internal IEnumerable<int> NeuronsOf(string? population) => Enumerable.Range(0, PopulationOf.Length)
        .Where(i => population is null || PopulationOf[i] == population);

    internal static double Combine(double[] values, Aggregate aggregate)
    {
        var combined = aggregate switch
        {
            Aggregate.Min => values.Min(),
            Aggregate.Max => values.Max(),
            Aggregate.Sum => values.Sum(),
            _ => values.Average(),
        };
        // The smallest of 1 and infinity is 1, and the largest of 1 and NaN is 1 to some: a population with a neuron
        // that has diverged has no finite aggregate.
        return Array.TrueForAll(values, double.IsFinite) || !double.IsFinite(combined) ? combined : double.NaN;
    }

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
