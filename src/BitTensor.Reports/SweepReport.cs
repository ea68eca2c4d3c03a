using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Turns runs of a sweep into its table, figure and verdict.</summary>
public static class SweepReport
{
    /// <summary>Result of one run: its properties, and its metrics at the last block that has them.</summary>
    /// <param name="folder">Folder with its ledger and journal.</param>
    /// <param name="scenario">Scenario of the run.</param>
    /// <param name="item">Number of the run.</param>
    /// <param name="point">Index of its point.</param>
    /// <param name="journalHash">Hash of its journal.</param>
    /// <exception cref="LedgerException">The ledger is damaged.</exception>
    /// <exception cref="JournalException">The journal is damaged.</exception>
    public static SweepTrial Judge(string folder, Scenario scenario, int item, int point, string journalHash)
    {
        var run = RunData.Load(folder);
        var table = RunMetrics.Build(run);
        var properties = PropertyJudge.Judge(scenario.Expect, table);
        var values = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        void Note(string name, double? value)
        {
            if (value is { } number)
            {
                values[name] = number;
            }
        }
        foreach (var metric in MetricCatalogue.All)
        {
            if (!metric.OfNeurons)
            {
                Note(metric.Name, table.Last(new Operand.Metric(metric.Name, null, null)));
                continue;
            }
            var aggregate = metric.Name.EndsWith("-share", StringComparison.Ordinal) ? Aggregate.Sum : Aggregate.Mean;
            foreach (var population in run.Populations)
            {
                Note(
                    $"{metric.Name} of {population}",
                    table.Last(new Operand.Metric(metric.Name, aggregate, population)));
            }
        }
        return new SweepTrial(
            item, point, scenario.Seed, journalHash,
            [.. properties.Select(p => new SweepOutcome(p.Outcome, p.Left, p.Right))], values.ToImmutable());
    }

    /// <summary>Writes table, figure and verdict into the sweep's folder and returns the verdict.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="scenario">The scenario, with its sweep.</param>
    /// <param name="points">Points that ran.</param>
    /// <param name="trials">Their runs in order.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static SweepVerdict Build(
        string folder, Scenario scenario, ImmutableArray<SweepPoint> points, IReadOnlyList<SweepTrial> trials)
    {
        var sweep = scenario.Sweep!;
        var rows = SweepSummary.Of(points, scenario.Expect, trials, scenario.Seed);
        var overall = rows.SelectMany(r => r.Properties).Select(p => p.Outcome).Overall();
        var verdict = new SweepVerdict(
            overall, scenario.Name, scenario.Seed, sweep.Seeds, sweep.Columns, rows);
        WriteTable(Path.Combine(folder, RunFolder.SweepTable), sweep, points, scenario.Expect, trials);
        SweepFigure.Write(folder, scenario, points, trials);
        SweepPage.Write(folder, scenario, points, trials, verdict);
        File.WriteAllText(Path.Combine(folder, RunFolder.VerdictFile), verdict.ToJson());
        return verdict;
    }

    /// <summary>Writes them anew from the runs that the folder holds; nothing runs.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The folder lacks runs.</exception>
    public static void Rebuild(string folder, Scenario scenario)
    {
        var points = Sweep.PointsOf(scenario.Sweep!, scenario.Seed);
        var path = Path.Combine(folder, RunFolder.TrialsFile);
        var trials = TrialFile.ReadAll(path, SweepJson.Default.SweepTrial).OrderBy(t => t.Item).ToArray();
        var wanted = points.Length * scenario.Sweep!.Seeds;
        if (trials.Length < wanted)
        {
            throw new InvalidDataException(
                $"{folder} holds {trials.Length} of {wanted} runs; go on with: bta sweep "
                + $"{Path.Combine(folder, RunFolder.ScenarioFile)} --out {folder} --resume");
        }
        Build(folder, scenario, points, trials);
    }

    /// <summary>
    /// One value per row: of a metric, or of a property, which is 1 where it holds and 0 where it does not.
    /// </summary>
    static void WriteTable(
        string path, SweepSpec sweep, ImmutableArray<SweepPoint> points, ImmutableArray<Property> properties,
        IReadOnlyList<SweepTrial> trials)
    {
        using var table = new TableWriter(
            path,
            [
                new DataField<long>("point"), .. sweep.Columns.Select(c => new DataField<string>(c)),
                new DataField<long>("seed"),
                new DataField<string>("metric"), new DataField<double?>("value"),
            ]);
        foreach (var trial in trials)
        {
            object?[] head = [(long)points[trial.Point].Number, .. points[trial.Point].Labels, (long)trial.Seed];
            foreach (var (metric, value) in trial.Values)
            {
                table.Add([.. head, metric, value]);
            }
            foreach (var (property, outcome) in properties.Zip(trial.Properties))
            {
                table.Add([
                    .. head, $"holds: {property.Name}",
                    outcome.Outcome switch { Outcome.Pass => 1.0, Outcome.Fail => 0.0, _ => (object?)null },
                ]);
            }
        }
    }

    /// <summary>True when a property of the scenario can be drawn: one of one comparison.</summary>
    public static bool HasFigure(Scenario scenario) => SweepFigure.Drawn(scenario).Any();
}
