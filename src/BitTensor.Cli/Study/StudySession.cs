using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cli.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Cli.Study;

/// <summary>
/// Many runs of one or several networks in virtual time, each on one core, several at once. A later session can go
/// on in the same folder.
/// </summary>
/// <param name="terminal">Shows the progress.</param>
/// <param name="networks">The networks; a single one is kept in the folder as its scenario.</param>
/// <param name="study">The question in one line: the same text for the same work.</param>
/// <param name="cores">Runs at once.</param>
sealed class StudySession(Terminal terminal, IReadOnlyList<Scenario> networks, string study, int cores)
{
    /// <summary>Runs what the folder lacks.</summary>
    /// <typeparam name="T">A finished run.</typeparam>
    /// <returns>All of them in order; null when it was ended before the last one.</returns>
    /// <exception cref="ResumeException">The folder belongs to another study.</exception>
    public T[]? Execute<T>(
        string folder, int count, Func<T, int> numberOf, Func<int, CancellationToken, T> run, JsonTypeInfo<T> json)
        where T : class
    {
        var texts = networks.Select(n => ScenarioWriter.Write(n with { Name = "", Description = "" }));
        var asked = string.Join('\n', texts);
        var work = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{study}\n{asked}")));
        using var store = new TrialStore<T>(Path.Combine(folder, RunFolder.TrialsFile), work, json);
        if (networks is [var scenario])
        {
            ScenarioWriter.Save(Path.Combine(folder, RunFolder.ScenarioFile), scenario);
        }
        using var interruption = terminal.Interruptible(
            "Ending with the runs at hand; once more ends at once. Finished runs are kept either way.");
        var runs = new TrialProgress(terminal).Around(progress => ResumableWork.Execute(
            count, numberOf, item => item,
            (items, done, cancelled) => items.ToList().ForEach(item => done(run(item, cancelled))),
            store, cores, done => progress(done, count), interruption.Token));
        return runs.Contains(null) ? null : [.. runs.Select(r => r!)];
    }

    /// <summary>One run without a folder, summed up block by block; returns the hash of its journal.</summary>
    public static string Run(Scenario scenario, TeamSums sums, CancellationToken cancelled)
    {
        var result = EmulationRun.Execute(
            scenario,
            new RunOptions
            {
                Cores = 1,
                Overdue = cancelled,
                Progress = happened =>
                {
                    if (happened is RunProgress.BlockDone block)
                    {
                        sums.Add(block.Block, block.Reports);
                    }
                },
            },
            cancelled);
        cancelled.ThrowIfCancellationRequested();
        return result.JournalHash;
    }
}
