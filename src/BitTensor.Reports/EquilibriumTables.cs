using System.Globalization;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>The tables of an equilibrium scenario, as Parquet.</summary>
static class EquilibriumTables
{
    /// <summary>Writes <c>equilibrium.parquet</c>, and <c>ranks.parquet</c> where neurons have ranks.</summary>
    public static void Write(string folder, StudyResult result)
    {
        var axes = result.Table.Axes;
        var path = Path.Combine(folder, RunFolder.EquilibriumTable);
        switch (result.Trials[0])
        {
            case TrialResult.Solved:
                WriteSolved(path, axes, result);
                WriteRanks(Path.Combine(folder, RunFolder.EquilibriumRanks), axes, result);
                break;
            case TrialResult.AdaptiveTau:
                WriteSeries(path, result);
                break;
            case TrialResult.Regret:
                WriteRegret(path, result);
                break;
            default:
                WriteFormula(path, axes, result);
                break;
        }
    }

    static void WriteSolved(string path, IReadOnlyList<StudyAxis> axes, StudyResult result)
    {
        using var table = new TableWriter(
            path,
            [
                new DataField<long>("item"), new DataField<long>("trial"), .. Columns(axes),
                new DataField<long>("converged"),
                new DataField<string>("outcome"), new DataField<long>("steps"), new DataField<double>("residual"),
                new DataField<double?>("pearson"),
                new DataField<double?>("spearman"), new DataField<double?>("kendall"),
                new DataField<double>("diagonal"), new DataField<double?>("exploitability"),
            ]);
        foreach (var t in result.Trials.Cast<TrialResult.Solved>())
        {
            table.Add(
            [
                (long)t.Item, (long)t.Trial, .. Points(axes, t), t.Converged ? 1L : 0L, t.Outcome.ToString(),
                (long)t.Steps, t.Residual,
                t.Pearson, t.Spearman, t.Kendall, t.Diagonal, t.Exploitability,
            ]);
        }
    }

    static void WriteRanks(string path, IReadOnlyList<StudyAxis> axes, StudyResult result)
    {
        using var table = new TableWriter(
            path,
            [
                new DataField<long>("item"), new DataField<long>("trial"), .. Columns(axes),
                new DataField<long>("neuron"), new DataField<double>("rank"),
                new DataField<double>("ideal_rank"), new DataField<double?>("self_weight"),
                new DataField<double?>("exploitability"),
            ]);
        foreach (var t in result.Trials.Cast<TrialResult.Solved>())
        {
            for (var i = 0; i < t.Rank.Length; i++)
            {
                table.Add(
                [
                    (long)t.Item, (long)t.Trial, .. Points(axes, t), (long)i, t.Rank[i], t.IdealRank[i],
                    t.Weights?[i][i], t.ExploitabilityPerNeuron?[i],
                ]);
            }
        }
    }

    static void WriteSeries(string path, StudyResult result)
    {
        using var table = new TableWriter(
            path,
            new DataField<long>("trial"), new DataField<long>("step"), new DataField<double?>("ratio"),
            new DataField<double>("share"),
            new DataField<double>("tau"), new DataField<double?>("pearson"), new DataField<double?>("spearman"));
        foreach (var t in result.Trials.Cast<TrialResult.AdaptiveTau>())
        {
            for (var k = 0; k < t.Steps.Length; k++)
            {
                table.Add(
                    (long)t.Trial, (long)t.Steps[k], t.Ratio[k], t.Share[k], t.Tau[k], t.Pearson[k], t.Spearman[k]);
            }
        }
    }

    static void WriteRegret(string path, StudyResult result)
    {
        using var table = new TableWriter(
            path,
            new DataField<long>("trial"), new DataField<double>("alpha_over_tau"), new DataField<double>("lambda"),
            new DataField<double>("regret"),
            new DataField<double>("regret_simplex"), new DataField<long>("converged"),
            new DataField<double>("exploitability"),
            new DataField<double>("benchmark"), new DataField<double>("coordinated"),
            new DataField<double?>("price_of_anarchy"));
        foreach (var t in result.Trials.Cast<TrialResult.Regret>())
        {
            for (var k = 0; k < t.Lambda.Length; k++)
            {
                table.Add(
                    (long)t.Trial, t.AlphaOverTau, t.Lambda[k], t.Free[k], t.Simplex[k], t.Converged ? 1L : 0L,
                    t.Exploitability, t.Benchmark,
                    t.Coordinated, t.PriceOfAnarchy);
            }
        }
    }

    static void WriteFormula(string path, IReadOnlyList<StudyAxis> axes, StudyResult result)
    {
        var trials = result.Trials.Cast<TrialResult.Formula>().ToArray();
        using var table = new TableWriter(
            path,
            [
                new DataField<long>("trial"), .. Columns(axes),
                .. trials[0].Values.Keys.Select(k => new DataField<double>(k)),
            ]);
        foreach (var t in trials)
        {
            table.Add([(long)t.Trial, .. Points(axes, t), .. t.Values.Values.Select(v => (object?)v)]);
        }
    }

    static IEnumerable<DataField> Columns(IReadOnlyList<StudyAxis> axes) => axes.Select(a => IsNumeric(a)
        ? (DataField)new DataField<double>(ColumnOf(a))
        : new DataField<string>(ColumnOf(a)));

    static IEnumerable<object?> Points(IReadOnlyList<StudyAxis> axes, TrialResult trial) =>
        axes.Select(a => IsNumeric(a)
        ? (object)double.Parse(trial.At[a.Name], CultureInfo.InvariantCulture)
        : trial.At[a.Name]);

    static bool IsNumeric(StudyAxis axis) =>
        axis.Points.All(p => double.TryParse(p, CultureInfo.InvariantCulture, out _));

    static string ColumnOf(StudyAxis axis) => axis.Name.Replace('-', '_');
}
