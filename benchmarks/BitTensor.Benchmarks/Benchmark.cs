using System.Globalization;

namespace BitTensor.Benchmarks;

/// <summary>Rows that are measured together.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Describes">One line for the list of suites.</param>
/// <param name="Rows">Measures; each row is printed when the enumeration reaches it.</param>
sealed record Suite(string Name, string Describes, Func<IEnumerable<Row>> Rows);

/// <summary>One line of a table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Measured">The candidate's figure with its unit.</param>
/// <param name="Baseline">The baseline's figure with its unit; empty when there is none.</param>
/// <param name="Ratio">Candidate over baseline, over the pairs of one run; null when there is no baseline.</param>
/// <param name="Bound">What the ratio's median must keep; null for a figure that promises nothing.</param>
sealed record Row(string Name, string Measured, string Baseline = "", Spread? Ratio = null, Bound? Bound = null)
{
    /// <summary>False when a bound is missed.</summary>
    public bool Ok => Bound is null || (Ratio is not null && Bound.Holds(Ratio.Median));
}

/// <summary>A bound on a ratio.</summary>
sealed record Bound(string Sign, double Value)
{
    public static Bound AtLeast(double value) => new(">=", value);

    public static Bound AtMost(double value) => new("<=", value);

    public bool Holds(double ratio) => Sign == ">=" ? ratio >= Value : ratio <= Value;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sign} {Value}");
}

/// <summary>Median and range of figures from a machine that others use too.</summary>
sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IReadOnlyList<double> figures)
    {
        var sorted = figures.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Median:0.00} ({Min:0.00}..{Max:0.00})");
}

/// <summary>The program: finds the suites that are asked for, runs them, prints their tables.</summary>
static class Benchmark
{
    static readonly string[] Titles = ["name", "measured", "baseline", "ratio", "bound", "ok?"];
    static readonly int[] Widths = [62, 22, 22, 20, 7, 5];

    /// <summary>0 when every bound holds, 1 when one is missed, 64 when no suite has the name.</summary>
    public static int Execute(IReadOnlyList<Suite> suites, string[] args)
    {
        var wanted = suites.Where(s => args.Contains(s.Name) || args.Contains("all")).ToArray();
        if (args.FirstOrDefault(a => a != "all" && suites.All(s => s.Name != a)) is { } unknown)
        {
            Console.Error.WriteLine($"there is no suite '{unknown}'");
        }
        else if (wanted.Length > 0)
        {
            // Every suite runs, also after one that missed a bound.
            return Array.ConvertAll(wanted, Run).All(held => held) ? 0 : 1;
        }
        Console.WriteLine("name the suites to run, or 'all':");
        foreach (var suite in suites)
        {
            Console.WriteLine($"  {suite.Name,-12} {suite.Describes}");
        }
        return args.Length == 0 ? 0 : 64;
    }

    static bool Run(Suite suite)
    {
        Console.WriteLine($"{suite.Name}: {suite.Describes}");
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, .NET {Environment.Version}; ratios are medians over pairs run in "
            + "turn (least..most)");
        Print(Titles);
        var held = true;
        foreach (var row in suite.Rows())
        {
            held &= row.Ok;
            Print(
                row.Name, row.Measured, row.Baseline, $"{row.Ratio}", $"{row.Bound}",
                row.Bound is null ? "" : row.Ok ? "ok" : "MISSED");
        }
        Console.WriteLine();
        return held;
    }

    static void Print(params string[] cells) =>
        Console.WriteLine(string.Join(' ', cells.Zip(Widths, (c, w) => c.PadRight(w))).TrimEnd());
}
