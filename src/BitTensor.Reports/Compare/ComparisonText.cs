using System.Globalization;
using System.Text;
using BitTensor.Scenarios;

namespace BitTensor.Reports.Compare;

/// <summary>A comparison for a terminal: what changed for whom first.</summary>
/// <param name="comparison">The comparison.</param>
/// <param name="width">Columns of the terminal; null for no limit.</param>
public sealed class ComparisonText(RunComparison comparison, int? width)
{
    const int MostChanges = 8;
    const int MostPopulations = 8;
    const int MostNamed = 3;
    const double LeastShare = 0.0005;
    const double LeastLoss = 0.005;
    const int Indent = 9;

    /// <summary>The whole text.</summary>
    public string Whole() =>
        $"{Runs()}{Changes()}{Sentences()}\n{Table()}\n{Properties()}{Differences()}";

    /// <summary>The runs with their verdicts.</summary>
    public string Runs()
    {
        var text = new StringBuilder();
        foreach (var run in comparison.Runs)
        {
            Line(text, run.Label, $"{OutcomeWords.Of(run.Verdict)} after {run.Blocks} blocks"
                + $"{(run.IsEarly ? " (not at its end)" : "")}, seed {run.Seed}, {run.Folder}");
        }
        return text.ToString();
    }

    /// <summary>What the scenarios of the other runs change in the first one's.</summary>
    string Changes()
    {
        var text = new StringBuilder();
        foreach (var against in comparison.Against)
        {
            AddChanges(text, against);
        }
        return text.ToString();
    }

    /// <summary>Who gains and who loses in each run against the first, in one sentence.</summary>
    public string Sentences()
    {
        var text = new StringBuilder();
        for (var k = 1; k < comparison.Runs.Length; k++)
        {
            Line(text, comparison.Runs.Length == 2 ? "for whom" : $"{comparison.Runs[k].Label} to A", Sentence(k));
        }
        return text.ToString();
    }

    /// <summary>A row per population and run.</summary>
    string Table()
    {
        var quantities = ComparedQuantity.All
            .Where(q => comparison.Populations.Any(p => p.Values[q.Name].Any(v => v is not null))).ToArray();
        var rows = new List<string[]> { (string[])["population", "run", "neurons", .. quantities.Select(q => q.Name)] };
        foreach (var population in comparison.Populations.Take(MostPopulations))
        {
            rows.AddRange(comparison.Runs.Select((run, k) => (string[])
            [
                k == 0 ? population.Name : "", run.Label,
                population.Neurons[k]?.ToString(CultureInfo.InvariantCulture) ?? "-",
                .. quantities.Select(q => q.Text(population.Values[q.Name][k])),
            ]));
        }
        return AlignedText.Of(Named(rows), c => c > 0, width) + (comparison.Populations.Length > MostPopulations
            ? $"and {comparison.Populations.Length - MostPopulations} populations that changed less; --format json and "
                + "--html have all\n"
            : "");
    }

    /// <summary>Properties whose outcomes differ, and how many do not.</summary>
    public string Properties()
    {
        var text = new StringBuilder();
        foreach (var property in comparison.Properties.Where(p => !p.IsSame))
        {
            Line(text, "property", $"{property.Name}, {property.Holds}");
            foreach (var (run, verdict) in comparison.Runs.Zip(property.Verdicts))
            {
                Line(text, "", $"{run.Label} {(verdict is null
                    ? "does not state it"
                    : $"{OutcomeWords.Of(verdict)}: {verdict.Detail}")}");
            }
        }
        var same = comparison.Properties.Where(p => p.IsSame).CountBy(p => p.Verdicts[0]!.Outcome)
            .Select(c => $"{c.Value} {OutcomeWords.Of(c.Key)}").ToArray();
        if (same.Length > 0)
        {
            Line(text, "alike", $"{string.Join(", ", same)}: properties of one outcome in all runs");
        }
        return text.ToString();
    }

    /// <summary>The first block of difference of each run from the first run.</summary>
    string Differences()
    {
        var text = new StringBuilder();
        foreach (var against in comparison.Against)
        {
            Line(text, "first", $"A and {against.Label}: {Difference(against)}");
        }
        return text.ToString();
    }

    /// <summary>The first block of difference from the first run, in words.</summary>
    internal static string Difference(ComparisonAgainst against)
    {
        if (against.Incomparable is { } why)
        {
            return $"blocks are not compared: {why}";
        }
        if (against.Difference is not { } found)
        {
            return "no block differs by more than rounding";
        }
        var where = found.Neuron is null ? "" : $" of neuron {found.Neuron} ({found.Population})";
        var more = found.Neurons > 1 ? $", and of {found.Neurons - 1} other neurons" : "";
        return $"differ first at block {found.Block}: {found.Quantity}{where}{more}: "
            + $"{Number(found.Left)} against {Number(found.Right)}";
    }

    static string Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "none";

    void AddChanges(StringBuilder text, ComparisonAgainst against)
    {
        var changes = against.Scenario.Where(c => c.Path != "description").ToArray();
        var names = comparison.Runs.Length == 2 ? "changed" : $"in {against.Label}";
        if (changes.Length == 0)
        {
            Line(text, names, "nothing: the scenarios are the same");
        }
        foreach (var (change, k) in changes.Take(MostChanges).Select((c, k) => (c, k)))
        {
            Line(text, k == 0 ? names : "", $"{change.Path}: {change.Left} -> {change.Right}");
        }
        if (changes.Length > MostChanges)
        {
            Line(text, "", $"and {changes.Length - MostChanges} values more; `bta diff` names all");
        }
    }

    /// <summary>Who gains and who loses in a run against the first.</summary>
    /// <param name="run">Index of the run, from 1.</param>
    public string Sentence(int run)
    {
        string[] parts = [.. ShareParts(run), .. LossParts(run)];
        return parts.Length == 0 ? "no population changes noticeably" : string.Join("; ", parts);
    }

    /// <summary>Shares of what was emitted; of rank where nothing was.</summary>
    IEnumerable<string> ShareParts(int run)
    {
        var isEmission = comparison.Populations.Any(p => p.Values["emission"][0] is not null);
        var (quantity, noun) = isEmission ? ("emission", "emission") : ("rank", "rank at the end");
        var changes = ChangesOf(run, quantity, LeastShare, (a, b) => b - a).ToArray();
        return changes.Take(MostNamed).Select((c, k) => string.Create(
            CultureInfo.InvariantCulture,
            $"{c.Name} {(c.Change < 0 ? "lose" : "gain")} {Math.Abs(100 * c.Change):0.0} points"
            + $"{(k == 0 ? $" of {noun}" : "")} ({100 * c.From:0.0} -> {100 * c.To:0.0} %)"));
    }

    IEnumerable<string> LossParts(int run) => ChangesOf(
        run, "loss", LeastLoss, (a, b) => a > 0 ? b / a - 1 : double.NaN)
        .Take(MostNamed).Select(c => string.Create(
            CultureInfo.InvariantCulture,
            $"loss of {c.Name} {(c.Change < 0 ? "falls" : "rises")} by {Math.Abs(100 * c.Change):0} % "
            + $"({c.From:G3} -> {c.To:G3})"));

    IEnumerable<(string Name, double From, double To, double Change)> ChangesOf(
        int run, string quantity, double least, Func<double, double, double> change) => comparison.Populations
        .Where(p => p.Values[quantity][0] is not null && p.Values[quantity][run] is not null)
        .Select(p => (p.Name, From: p.Values[quantity][0]!.Value, To: p.Values[quantity][run]!.Value))
        .Select(p => (p.Name, p.From, p.To, Change: change(p.From, p.To)))
        .Where(p => Math.Abs(p.Change) >= least)
        .OrderByDescending(p => Math.Abs(p.Change));

    /// <summary>Rows of a table in parts say which run they are about in each part.</summary>
    static List<string[]> Named(List<string[]> rows)
    {
        var name = rows.Max(r => r[0].Length);
        return [.. rows.Select(r => (string[])[$"{r[0].PadRight(name)}  {r[1]}", .. r[2..]])];
    }

    void Line(StringBuilder text, string label, string line) =>
        text.Append(WrappedText.Of($"{label.PadRight(Indent - 1)} {line}", width, Indent)).Append('\n');
}
