using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>A sweep has more runs than <see cref="Sweep.MostRuns"/>.</summary>
public sealed class SweepTooLargeException(string message) : Exception(message);

/// <summary>A point of a sweep.</summary>
/// <param name="Number">From 0, the last axis varying fastest.</param>
/// <param name="Labels">A label per column of the axes: a value, or the name of a point.</param>
/// <param name="Set">The values that make a scenario the one at this point, each <c>PATH=VALUE</c>.</param>
public sealed record SweepPoint(int Number, ImmutableArray<string> Labels, ImmutableArray<string> Set);

/// <summary>The runs of a sweep.</summary>
public static class Sweep
{
    /// <summary>Runs a sweep may have.</summary>
    public const int MostRuns = 100_000;

    /// <summary>
    /// A point in words: the names of named points, and all that is set: <c>storm: network.default.loss=20%</c>.
    /// </summary>
    public static string NameOf(SweepSpec spec, SweepPoint point)
    {
        var names = spec.Columns.Zip(point.Labels)
            .Where(l => spec.Vary.OfType<SweepAxis.Points>().Any(a => a.Name == l.First)).Select(l => l.Second)
            .ToArray();
        return (names.Length > 0 ? string.Join(", ", names) + ": " : "") + string.Join(", ", point.Set);
    }

    /// <summary>The points of the sweep: the grid of all axes, or a sample of it.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="seed">Seed of the scenario; the sample is drawn from it.</param>
    /// <exception cref="SweepTooLargeException">The sweep has more runs than <see cref="MostRuns"/>.</exception>
    public static ImmutableArray<SweepPoint> PointsOf(SweepSpec spec, ulong seed)
    {
        var grid = spec.Vary.Aggregate(1L, (product, axis) => Math.Min(product * axis.Count, 1L << 31));
        var points = Math.Min(grid, spec.Sample ?? long.MaxValue);
        if (points * spec.Seeds > MostRuns)
        {
            throw new SweepTooLargeException(
                $"the sweep has {(grid >= 1L << 31 ? "billions of" : points)} points of {Counted.Of(spec.Seeds, "seed")}, more "
                + $"than {MostRuns} runs; use fewer values or seeds, or a sample of the grid");
        }
        return points == grid
            ? [.. Enumerable.Range(0, (int)grid).Select(number => PointAt(spec, number))]
            : [.. Draw((int)points, grid, new RandomStream(seed, "sweep", 0)).Select(number => PointAt(spec, number))];
    }

    static SortedSet<long> Draw(int count, long grid, RandomStream dice)
    {
        var drawn = new SortedSet<long>();
        while (drawn.Count < count)
        {
            drawn.Add((long)(dice.NextDouble() * grid));
        }
        return drawn;
    }

    static SweepPoint PointAt(SweepSpec spec, long number)
    {
        var choices = new int[spec.Vary.Length];
        var rest = number;
        for (var k = choices.Length - 1; k >= 0; k--)
        {
            choices[k] = (int)(rest % spec.Vary[k].Count);
            rest /= spec.Vary[k].Count;
        }
        var chosen = spec.Vary.Zip(choices).ToArray();
        return new SweepPoint(
            (int)number, [.. chosen.SelectMany(c => c.First.LabelsOf(c.Second))],
            [.. chosen.SelectMany(c => c.First.SetOf(c.Second))]);
    }
}
