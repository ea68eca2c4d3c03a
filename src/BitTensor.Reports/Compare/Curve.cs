using BitTensor.Scenarios;

namespace BitTensor.Reports.Compare;

/// <summary>One metric of one population in one run, over the blocks.</summary>
/// <param name="Population">Index of the population among those drawn: its colour.</param>
/// <param name="Run">Index of the run: its dashes.</param>
/// <param name="Name">Population and run, as the legend names them.</param>
/// <param name="Points">Blocks with a value that is finite, ascending.</param>
sealed record Curve(int Population, int Run, string Name, IReadOnlyList<(long Block, double Value)> Points)
{
    /// <summary>Most points drawn: more than a screen has columns.</summary>
    public const int MostPoints = 500;

    /// <summary>The curve of a metric.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metric">A metric of neurons; shares are summed over the population, others averaged.</param>
    /// <param name="population">Name and index of the population.</param>
    /// <param name="at">Label and index of the run.</param>
    public static Curve Of(
        ComparedRun run, string metric, (string Name, int Index) population, (string Label, int Index) at)
    {
        var operand = new Operand.Metric(
            metric, metric.EndsWith("-share", StringComparison.Ordinal) ? Aggregate.Sum : Aggregate.Mean,
            population.Name);
        var points = run.Table.Blocks(metric).Select(b => (Block: b, Value: run.Table.Value(operand, b)))
            .Where(p => p.Value is { } value && double.IsFinite(value))
            .Select(p => (p.Block, p.Value!.Value)).ToArray();
        return new Curve(population.Index, at.Index, $"{population.Name}, {at.Label}", Thinned(points));
    }

    /// <summary>Every k-th point, the last one included.</summary>
    static (long, double)[] Thinned((long, double)[] points)
    {
        var every = (points.Length + MostPoints - 1) / MostPoints;
        return every <= 1 ? points : [.. points.Where((_, k) => k % every == 0 || k == points.Length - 1)];
    }
}
