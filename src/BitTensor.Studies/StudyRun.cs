using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>Result of a study.</summary>
/// <param name="Trials">Its items in order.</param>
/// <param name="Table">Means and intervals by point.</param>
/// <param name="Hash">
/// SHA-256 over the items, hex: the same for the same scenario and seed on any number of cores.
/// </param>
/// <param name="Missing">Items that are not finished; 0 for a whole result.</param>
public sealed record StudyResult(ImmutableArray<TrialResult> Trials, StudyTable Table, string Hash, int Missing);

/// <summary>Runs equilibrium scenarios.</summary>
public static class StudyRun
{
    /// <summary>How many trials a scenario consists of.</summary>
    public static int TrialsOf(EquilibriumScenario scenario) => Study.Of(scenario).Count;

    /// <summary>Runs a scenario, or resumes it where the store holds part of it.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="store">File of finished items; created if missing.</param>
    /// <param name="cores">Threads, at least 1. Results do not depend on it.</param>
    /// <param name="progress">Receives the numbers of finished and of all items, one call at a time.</param>
    /// <param name="admitted">
    /// Called once the store is known to belong to this scenario, before other files are written next to it.
    /// </param>
    /// <param name="cancellation">Ends the run; finished items are in the store.</param>
    /// <returns>The result, of the finished items when it was cancelled; null when there are none.</returns>
    /// <exception cref="ResumeException">The store belongs to another scenario.</exception>
    /// <exception cref="IOException">The store cannot be read or written.</exception>
    public static StudyResult? Execute(
        EquilibriumScenario scenario, string store, int cores, Action<int, int> progress, Action admitted,
        CancellationToken cancellation)
    {
        var study = Study.Of(scenario);
        using var trials = new TrialStore<TrialResult>(store, WorkOf(scenario), TrialJson.Default.TrialResult);
        admitted();
        var results = ResumableWork.Execute(
            study.Count, r => r.Item, study.GroupOf, study.Work, trials, cores, done => progress(done, study.Count),
            cancellation);
        return Of(scenario, results.OfType<TrialResult>());
    }

    /// <summary>
    /// The result that the finished trials of a scenario come to, in whatever order they are; null for none.
    /// </summary>
    public static StudyResult? Of(EquilibriumScenario scenario, IEnumerable<TrialResult> trials)
    {
        ImmutableArray<TrialResult> done = [.. trials.OrderBy(t => t.Item)];
        var study = Study.Of(scenario);
        return done.IsEmpty
            ? null
            : new StudyResult(done, study.Summarize(done), HashOf(done), study.Count - done.Length);
    }

    /// <summary>
    /// The inputs of the items as one line: a change of names, texts or properties keeps finished items valid.
    /// </summary>
    static string WorkOf(EquilibriumScenario scenario)
    {
        // The user's own game is identified by the content of its file, not by its path.
        var study = scenario.Study is StudySpec.Own own
            ? own with { Path = Convert.ToHexStringLower(SHA256.HashData(own.File.Span)) }
            : scenario.Study;
        var text = ScenarioWriter.Write(scenario with { Name = "", Description = "", Study = study, Expect = [] });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    static string HashOf(ImmutableArray<TrialResult> trials)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var trial in trials)
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(trial, TrialJson.Default.TrialResult));
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
