using BitTensor.Mechanism;

namespace BitTensor.Reports;

/// <summary>What a page shows of a run beside its metrics, gathered block by block in one reading.</summary>
sealed class RunOverview
{
    readonly int[] _populationOf;
    readonly int[] _sizes;
    readonly List<double[]> _weights = [];

    public RunOverview(RunData run)
    {
        _populationOf = [.. run.PopulationOf.Select(p => run.Populations.IndexOf(p))];
        _sizes = new int[run.Populations.Length];
        foreach (var p in _populationOf)
        {
            _sizes[p]++;
        }
    }

    /// <summary>Heights of the blocks.</summary>
    public List<long> Blocks { get; } = [];

    /// <summary>Emulated time of their closes, milliseconds.</summary>
    public List<double> AtMs { get; } = [];

    /// <summary>Counts by kind and outcome, by the index of their block; an absent count is zero.</summary>
    public SortedDictionary<(string Kind, string Outcome), Dictionary<int, long>> Traffic { get; } = [];

    /// <summary>Neurons that did not report, by the index of the block; a block where all did is absent.</summary>
    public SortedDictionary<int, int> Silent { get; } = [];

    /// <summary>W after the last block.</summary>
    public IReadOnlyList<WeightRow> Rows { get; private set; } = [];

    /// <summary>Population of neuron i, by its index.</summary>
    public IReadOnlyList<int> PopulationOf => _populationOf;

    /// <summary>
    /// Weight that a neuron of population p gives to population q together, mean over p, at a block: entry p n + q for
    /// n populations.
    /// </summary>
    public double[] WeightsAt(int index) => _weights[index];

    /// <summary>Adds the next block.</summary>
    public void Add(RunBlock block)
    {
        var index = Blocks.Count;
        Blocks.Add(block.Ledger.Height);
        AtMs.Add(block.Ledger.AtMs);
        foreach (var counted in block.Traffic)
        {
            if (!Traffic.TryGetValue((counted.Kind, counted.Outcome), out var counts))
            {
                Traffic[(counted.Kind, counted.Outcome)] = counts = [];
            }
            counts[index] = counts.GetValueOrDefault(index) + counted.Count;
        }
        if (block.Ledger.Height > 0 && block.Reports.Count(r => r is null) is > 0 and var silent)
        {
            Silent[index] = silent;
        }
        _weights.Add(WeightsOf(block.Rows));
        Rows = block.Rows;
    }

    double[] WeightsOf(IReadOnlyList<WeightRow> rows)
    {
        var sums = new double[_sizes.Length * _sizes.Length];
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, from) = (rows[i], _populationOf[i]);
            for (var k = 0; k < row.Count; k++)
            {
                sums[from * _sizes.Length + _populationOf[row.Targets[k]]] += row.Values[k];
            }
        }
        for (var k = 0; k < sums.Length; k++)
        {
            sums[k] /= _sizes[k / _sizes.Length];
        }
        return sums;
    }
}
