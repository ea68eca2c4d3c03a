using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>Writes all files of an equilibrium scenario's run folder except the scenario.</summary>
public static class EquilibriumReport
{
    /// <summary>File of the figure of a study.</summary>
    public static string FigureOf(StudySpec study) => EquilibriumFigures.NameOf(study) + ".png";

    /// <summary>Writes results, tables, figures and verdict into the run folder and returns the verdict.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static EquilibriumVerdict Build(string folder, EquilibriumScenario scenario, StudyResult result)
    {
        var verdict = VerdictOf(scenario, result);
        WriteResults(Path.Combine(folder, RunFolder.EquilibriumFile), verdict, result);
        EquilibriumTables.Write(folder, result);
        EquilibriumFigures.Write(folder, scenario, result);
        StudyPage.Write(folder, scenario, result, verdict);
        File.WriteAllText(Path.Combine(folder, RunFolder.VerdictFile), verdict.ToJson());
        return verdict;
    }

    /// <summary>The verdict on a result; where items are missing no property is decided.</summary>
    static EquilibriumVerdict VerdictOf(EquilibriumScenario scenario, StudyResult result)
    {
        var properties = StudyVerdict.Judge(scenario.Expect, result.Table);
        if (result.Missing > 0)
        {
            var done = $"after {result.Trials.Length} of {result.Trials.Length + result.Missing} trials";
            properties = [.. properties.Select(p =>
                p with { Outcome = Outcome.Unknown, Detail = $"{p.Detail} {done}" })];
        }
        return new EquilibriumVerdict(
            properties.Select(p => p.Outcome).Overall(), properties, scenario.Name,
            StudyCatalogue.KindOf(scenario.Study), scenario.Seed,
            result.Trials.Length, result.Hash, [.. result.Table.Rows.Select(row => Summary(result.Table, row))])
        {
            Interrupted = result.Missing > 0,
        };
    }

    /// <summary>
    /// Writes figures and page anew from the trials that the folder holds, and of a run that did not come to its end
    /// all that follows from them; nothing is computed.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The folder has no trial.</exception>
    public static void Rebuild(string folder, EquilibriumScenario scenario)
    {
        var trials = TrialFile.ReadAll(
            Path.Combine(folder, RunFolder.TrialsFile), TrialJson.Default.TrialResult);
        var result = StudyRun.Of(scenario, trials) ?? throw new InvalidDataException(
            $"{folder} holds no trial; go on with: "
            + $"bta run {Path.Combine(folder, RunFolder.ScenarioFile)} --out {folder} --resume");
        if (result.Missing > 0 || !File.Exists(Path.Combine(folder, RunFolder.VerdictFile)))
        {
            Build(folder, scenario, result);
            return;
        }
        EquilibriumFigures.Write(folder, scenario, result);
        StudyPage.Write(folder, scenario, result, EquilibriumVerdict.Read(folder));
    }

    static SummaryRow Summary(StudyTable table, StudyRow row) => new(
        table.Axes.Zip(row.At).ToImmutableSortedDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal),
        row.Values.ToImmutableSortedDictionary(
            v => v.Key, v => double.IsNaN(v.Value) ? (double?)null : v.Value, StringComparer.Ordinal));

    /// <summary>Writes equilibrium.json, one trial per line.</summary>
    static void WriteResults(string path, EquilibriumVerdict verdict, StudyResult result)
    {
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        writer.WriteLine($"{{\n  \"name\": \"{verdict.Name}\",\n  \"study\": \"{verdict.Study}\",");
        writer.WriteLine($"  \"seed\": {verdict.Seed},\n  \"resultHash\": \"{verdict.ResultHash}\",\n  \"trials\": [");
        for (var k = 0; k < result.Trials.Length; k++)
        {
            writer.Write("    ");
            writer.Write(JsonSerializer.Serialize(result.Trials[k], TrialJson.Default.TrialResult));
            writer.WriteLine(k + 1 < result.Trials.Length ? "," : "");
        }
        writer.WriteLine("  ]\n}");
    }
}
