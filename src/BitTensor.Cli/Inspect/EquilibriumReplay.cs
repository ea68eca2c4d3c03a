using System.Text.Json;
using BitTensor.Cli.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of <c>bta replay</c> on an equilibrium scenario.</summary>
/// <param name="Same">True when every trial is the same to the last bit.</param>
/// <param name="ResultHash">Hash of the trials in the verdict.</param>
/// <param name="ReplayHash">Hash of the replay's trials.</param>
/// <param name="Trial">The first trial that differs; null when none does.</param>
sealed record EquilibriumReplayResult(bool Same, string ResultHash, string ReplayHash, int? Trial);

/// <summary>Runs an equilibrium scenario's folder again and compares the results, trial by trial.</summary>
sealed class EquilibriumReplay(Terminal terminal, int cores)
{
    /// <summary>Evaluates the formulas again and compares every trial with the folder's.</summary>
    /// <exception cref="CommandException">The replay was interrupted.</exception>
    public EquilibriumReplayResult Compare(string folder, EquilibriumScenario scenario)
    {
        var verdict = EquilibriumVerdict.Read(folder);
        if (verdict.Interrupted)
        {
            throw new CommandException(
                ExitCode.Unknown,
                $"{folder} holds {verdict.Trials} of {StudyRun.TrialsOf(scenario)} trials; go on with: "
                + $"bta run {Path.Combine(folder, RunFolder.ScenarioFile)} --out {folder} --resume");
        }
        var claimed = verdict.ResultHash;
        var again = Directory.CreateTempSubdirectory("bta-replay-");
        try
        {
            using var interruption = terminal.Interruptible("Ending the replay.");
            var result = new TrialProgress(terminal).Around(progress => StudyRun.Execute(
                scenario, Path.Combine(again.FullName, RunFolder.TrialsFile), cores, progress, () => { },
                interruption.Token));
            if (result is not { Missing: 0 })
            {
                throw new CommandException(ExitCode.Interrupted, "the replay was interrupted; nothing can be said");
            }
            var difference = FirstDifference(folder, result);
            var same = difference is null && result.Hash == claimed;
            return new EquilibriumReplayResult(same, claimed, result.Hash, difference);
        }
        finally
        {
            again.Delete(recursive: true);
        }
    }

    static int? FirstDifference(string folder, StudyResult result)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, RunFolder.EquilibriumFile)));
        var trials = file.RootElement.GetProperty("trials").EnumerateArray().Select(t => t.GetRawText()).ToArray();
        for (var k = 0; k < result.Trials.Length; k++)
        {
            var trial = JsonSerializer.Serialize(result.Trials[k], TrialJson.Default.TrialResult);
            if (k >= trials.Length || trials[k] != trial)
            {
                return k;
            }
        }
        return trials.Length > result.Trials.Length ? result.Trials.Length : null;
    }

    /// <summary>The result for people.</summary>
    public static void Write(TextWriter writer, EquilibriumReplayResult result)
    {
        writer.WriteLine(result.Same
            ? $"same     every trial\nresults  {result.ReplayHash}"
            : $"DIFFERS  claimed  {result.ResultHash}\n         replayed {result.ReplayHash}");
        if (!result.Same)
        {
            writer.WriteLine(result.Trial is { } trial
                ? $"first    trial {trial}"
                : $"first    none: the trials are equal, but {RunFolder.VerdictFile} claims another hash");
        }
    }
}
