using System.Globalization;
using System.Text;
using BitTensor.Records;
using BitTensor.Studies;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Turns runs of the retention study into its table, figure and text.</summary>
public static class RetentionReport
{
    /// <summary>Writes table and figure into the study's folder.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, RetentionNetwork study, IReadOnlyList<RetentionRun> runs)
    {
        WriteTable(Path.Combine(folder, RunFolder.StudyTable), study, runs);
        RetentionFigure.Write(folder, study, runs);
    }

    /// <summary>
    /// A line per rule, links and share of stake: the least honest utility that retains it at every self-weight of the
    /// coalition.
    /// </summary>
    public static string Text(RetentionNetwork study, IReadOnlyList<RetentionRun> runs)
    {
        var text = new StringBuilder();
        foreach (var rule in RetentionNetwork.Rules)
        {
            foreach (var links in RetentionNetwork.Links)
            {
                foreach (var stake in RetentionNetwork.HonestStakes)
                {
                    var worst = study.Contour(runs, rule, links, stake).MaxBy(c => c.Utility)!;
                    var formula = study.Formula(rule, stake).Max(c => c.Utility);
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"{rule.ToString().ToLowerInvariant(),-6} {links,-27} S_H {stake:0.0}  needs W_H "
                        + $"{worst.Utility:0.000}");
                    text.Append(
                        double.IsNaN(worst.Low)
                            ? ""
                            : string.Create(CultureInfo.InvariantCulture, $" ({worst.Low:0.000}..{worst.High:0.000})"));
                    text.Append(
                        CultureInfo.InvariantCulture, $" at W_C {worst.SelfWeight:0.0}; the formula {formula:0.000}\n");
                }
            }
        }
        return text.ToString();
    }

    static void WriteTable(string path, RetentionNetwork study, IReadOnlyList<RetentionRun> runs)
    {
        using var table = new TableWriter(
            path,
            new DataField<string>("rule"), new DataField<string>("links"), new DataField<double>("honest_stake"),
            new DataField<double>("honest_utility"),
            new DataField<double>("self_weight"), new DataField<long>("seed"), new DataField<double>("before"),
            new DataField<double>("after"));
        foreach (var run in runs)
        {
            var p = study.PointOf(run.Item);
            table.Add(
                p.Rule.ToString().ToLowerInvariant(), p.Links, p.HonestStake, p.HonestUtility, p.SelfWeight,
                (long)run.Seed, run.Before, run.After);
        }
    }
}
