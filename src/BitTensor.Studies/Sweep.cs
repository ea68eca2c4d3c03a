using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>A sweep has more runs than <see cref="Sweep.MostRuns"/>.</summary>
public sealed class SweepTooLargeException(string message) : Exception(message);

/// <summary>A point of a sweep.</summary>
/// <param name="Number">From 0, the last axis varying fastest.</param>
/// <param name="Values">A value per axis.</param>
public sealed record SweepPoint(int Number, ImmutableArray<string> Values);

/// <summary>The runs of a sweep.</summary>
public static class Sweep
{
    /// <summary>Runs a sweep may have.</summary>
    public const int MostRuns = 100_000;

    /// <summary>The overrides, each <c>PATH=VALUE</c>, that make a scenario the one at a point of its sweep.</summary>
    public static ImmutableArray<string> OverridesAt(SweepSpec spec, SweepPoint point) =>
        [.. spec.Vary.Zip(point.Values).Select(p => $"{p.First.Path}={p.Second}")];

    /// <summary>The points of the sweep: the grid of all axes, or a sample of it.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="seed">Seed of the scenario; the sample is drawn from it.</param>
    /// <exception cref="SweepTooLargeException">The sweep has more runs than <see cref="MostRuns"/>.</exception>
    public static ImmutableArray<SweepPoint> PointsOf(SweepSpec spec, ulong seed)
    {
        var grid = spec.Vary.Aggregate(1L, (product, axis) => Math.Min(product * axis.Values.Length, 1L << 31));
        var points = Math.Min(grid, spec.Sample ?? long.MaxValue);
        if (points * spec.Seeds > MostRuns)
        {
            throw new SweepTooLargeException(
                $"the sweep has {(grid >= 1L << 31 ? "billions of" : points)} points of {spec.Seeds} seed(s), more "
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
        var values = new string[spec.Vary.Length];
        var rest = number;
        for (var k = values.Length - 1; k >= 0; k--)
        {
            var axis = spec.Vary[k].Values;
            values[k] = axis[(int)(rest % axis.Length)];
            rest /= axis.Length;
        }
        return new SweepPoint((int)number, [.. values]);
    }
}
