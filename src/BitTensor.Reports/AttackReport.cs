using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Records;
using BitTensor.Studies;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>Result of an attack with a defence, as JSON. Undefined numbers are null.</summary>
/// <param name="Attack">Name of the attack.</param>
/// <param name="Defence">Name of the defence, or paper.</param>
/// <param name="Best">True when no other defence leaves the attackers less success.</param>
/// <param name="Helps">True when it reduces the success, as far as the seeds show.</param>
/// <param name="After">Aim of the attack: stake, or the loss of others.</param>
/// <param name="Gain">Mean gain in the share of a block's emission.</param>
/// <param name="GainLow">Lower end of its 95 % interval.</param>
/// <param name="GainHigh">Upper end.</param>
/// <param name="Reaction">Median block from which the attackers gain nothing; null for never.</param>
/// <param name="OthersLoss">
/// Rise of the others' mean loss by attack and defence, relative to the loss with neither; infinite when they diverge.
/// </param>
/// <param name="OthersLossLow">Lower end of its 95 % interval.</param>
/// <param name="OthersLossHigh">Upper end.</param>
public sealed record AttackFigures(
    string Attack, string Defence, bool Best, bool Helps, string After, double? Gain, double? GainLow, double? GainHigh,
    double? Reaction,
    double? OthersLoss, double? OthersLossLow, double? OthersLossHigh);

/// <summary>JSON of the figures.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ImmutableArray<AttackFigures>))]
sealed partial class AttackFiguresJson : JsonSerializerContext;

/// <summary>Turns runs of the attack study into its table, figure and text.</summary>
public static class AttackReport
{
    /// <summary>Writes table and figure into the study's folder.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, AttackNetwork study, IReadOnlyList<AttackRun> runs)
    {
        WriteTable(Path.Combine(folder, RunFolder.StudyTable), study, runs);
        AttackFigure.Write(folder, study.Rows(runs));
    }

    /// <summary>
    /// A line per attack: under the paper's rule, and with the defence that leaves the attackers the least success.
    /// </summary>
    public static string Text(AttackNetwork study, IReadOnlyList<AttackRun> runs)
    {
        string[] head = [
            "attack", "after", "gain, points", "reaction", "others' loss, %", "best defence", "gain, points",
            "reaction", "others' loss, %",
        ];
        string[][] lines = [head, .. study.Rows(runs).GroupBy(r => r.Trial.Attack).Select(LineOf)];
        return AlignedText.Of(lines);
    }

    /// <summary>A row per attack and defence.</summary>
    public static string Json(AttackNetwork study, IReadOnlyList<AttackRun> runs)
    {
        var figures = study.Rows(runs).GroupBy(r => r.Trial.Attack)
            .SelectMany(g => g.Select(row => FiguresOf(row, AttackNetwork.Best(g) == row)));
        return JsonSerializer.Serialize([.. figures], AttackFiguresJson.Default.ImmutableArrayAttackFigures) + "\n";
    }

    static string[] LineOf(IGrouping<string, AttackRow> attack)
    {
        var paper = attack.First(r => r.Trial.Defence == AttackNetwork.Paper);
        string[] beginning = [
            attack.Key, After(paper), Percent(paper.Gain), Reaction(paper), Percent(paper.OthersLoss), AnswerTo(attack),
        ];
        return paper.Succeeds && AttackNetwork.Best(attack) is { } best
            ? [.. beginning, Percent(best.Gain), Reaction(best), Percent(best.OthersLoss)]
            : [.. beginning, "", "", ""];
    }

    /// <summary>The best defence or that none helps; or that the attack does not succeed.</summary>
    public static string AnswerTo(IEnumerable<AttackRow> attack)
    {
        var paper = attack.First(r => r.Trial.Defence == AttackNetwork.Paper);
        if (!paper.Succeeds)
        {
            return paper.Trial.Harms ? "(no harm)" : "(no gain)";
        }
        return AttackNetwork.Best(attack) is not { } best ? "-"
            : best.Helps ? best.Trial.Defence
            : $"none helps ({best.Trial.Defence})";
    }

    static string After(AttackRow row) => row.Trial.Harms ? "loss" : "stake";

    static string Reaction(AttackRow row) =>
        double.IsFinite(row.Reaction) ? row.Reaction.ToString(CultureInfo.InvariantCulture) : "-";

    static string Percent(MeanInterval share) => double.IsNaN(share.Mean) ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * share.Mean:0.0}")
            + (
                double.IsNaN(share.Low)
                    ? ""
                    : string.Create(CultureInfo.InvariantCulture, $" ({100 * share.Low:0.0}..{100 * share.High:0.0})"));

    static AttackFigures FiguresOf(AttackRow row, bool best) => new(
        row.Trial.Attack, row.Trial.Defence, best, row.Helps, After(row), Finite(row.Gain.Mean), Finite(row.Gain.Low),
        Finite(row.Gain.High), Finite(row.Reaction),
        double.IsNaN(row.OthersLoss.Mean) ? null : row.OthersLoss.Mean, Finite(row.OthersLoss.Low),
        Finite(row.OthersLoss.High));

    static double? Finite(double value) => double.IsFinite(value) ? value : null;

    static void WriteTable(string path, AttackNetwork study, IReadOnlyList<AttackRun> runs)
    {
        using var table = new TableWriter(
            path,
            new DataField<string>("attack"), new DataField<string>("defence"), new DataField<string>("members"),
            new DataField<long>("seed"),
            new DataField<double>("income_share"), new DataField<double>("stake_share"),
            new DataField<double?>("others_loss"));
        var byScene = runs.ToLookup(r => study.SceneOf(r.Item));
        foreach (var trial in study.Trials)
        {
            foreach (var (members, scene) in new[] { ("attacking", trial.Attacked), ("honest", trial.Honest) })
            {
                foreach (var run in byScene[study.Scenes[scene]])
                {
                    table.Add(
                        trial.Attack, trial.Defence, members, (long)run.Seed, run.Income.Average(), run.StakeShare,
                        run.OthersLoss);
                }
            }
        }
    }
}
