using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>The rerun of a network in virtual time, compared with the run in its folder.</summary>
/// <param name="Result">The rerun's result.</param>
/// <param name="Difference">The first difference of the journals; null when there is none.</param>
sealed record RerunComparison(RunResult Result, JournalDifference? Difference);

/// <summary>Runs the network of a run folder again, to its end or to an earlier block.</summary>
static class Rerun
{
    /// <summary>
    /// The block after which a rerun ends that is compared through a block: the first one, from that block on, at
    /// whose close no neuron is paused. A paused neuron reports its blocks only after the pause, and a rerun that
    /// ends within the pause lacks these reports.
    /// </summary>
    /// <param name="archive">The run.</param>
    /// <param name="through">The last block to compare.</param>
    /// <returns>A block from <paramref name="through"/> to the run's last one.</returns>
    public static int EndFor(RunArchive archive, long through)
    {
        var last = archive.LastBlock;
        if (through >= last)
        {
            return last;
        }
        var timeline = Timeline.Of(NetworkOf(archive));
        bool Ends(JournalRecord.BlockClosed block) =>
            block.Height >= through && !timeline.StandsStill(TimeSpan.FromMilliseconds(block.AtMs));
        try
        {
            var end = JournalReader.Read(archive.JournalFile).OfType<JournalRecord.BlockClosed>().FirstOrDefault(Ends);
            return (int)Math.Min(end?.Height ?? last, last);
        }
        catch (JournalException)
        {
            // The journals will differ; the comparison finds the place.
            return last;
        }
    }

    /// <summary>Runs the network again and compares the journals: the whole, or through an earlier block.</summary>
    /// <param name="archive">The run.</param>
    /// <param name="scenario">The scenario to run: the run's own, or with its data at another path.</param>
    /// <param name="through">The last block to compare; the run's last block compares every byte.</param>
    /// <param name="options">Cores, observer and progress; folder and end are set here.</param>
    /// <param name="interrupt">Ends the rerun.</param>
    /// <returns>The comparison; null when the rerun was interrupted.</returns>
    /// <exception cref="BitTensor.Emulation.EmulationException">The rerun failed.</exception>
    public static RerunComparison? Compare(
        RunArchive archive, Scenario scenario, long through, RunOptions options, CancellationToken interrupt)
    {
        Extensions.Require(archive.Environment?.Extensions ?? []);
        var folder = Directory.CreateTempSubdirectory("bta-rerun-");
        try
        {
            var result = EmulationRun.Execute(
                scenario,
                options with
                {
                    Folder = folder.FullName, EndAfter = EndFor(archive, through),
                    Extensions = Extensions.Of(scenario), Overdue = interrupt,
                },
                interrupt);
            var journal = Path.Combine(folder.FullName, RunFolder.JournalFile);
            return result.Interrupted ? null : new RerunComparison(result, Difference(archive, through, journal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>True when not every byte of the journal is compared: some blocks, or a run that was killed.</summary>
    /// <param name="archive">The run.</param>
    /// <param name="through">The last block to compare.</param>
    public static bool IsPart(RunArchive archive, long through) =>
        through < archive.LastBlock || !(archive.IsComplete || archive.IsViolated);

    static JournalDifference? Difference(RunArchive archive, long through, string journal) =>
        IsPart(archive, through)
            ? JournalDifference.First(archive.JournalFile, journal, through)
            : JournalDifference.First(archive.JournalFile, journal);

    static Scenario NetworkOf(RunArchive archive) => archive.Scenario.Value
        ?? throw new InvalidOperationException($"{archive.Folder} is no run of a network.");
}
