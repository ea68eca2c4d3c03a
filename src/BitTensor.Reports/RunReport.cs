using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>Writes all files of a run folder that follow from its scenario, ledger and journal.</summary>
public static class RunReport
{
    /// <summary>Writes tables, figures and verdict into the run folder and returns the verdict.</summary>
    /// <param name="folder">A run folder with ledger and journal.</param>
    /// <param name="scenario">Scenario of the run.</param>
    /// <param name="journalHash">Hash of the journal.</param>
    /// <param name="auditHash">Hash of the audit's rows.</param>
    /// <param name="interrupted">True when the run was interrupted.</param>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static RunVerdict Build(
        string folder, Scenario scenario, string journalHash, string auditHash, bool interrupted) =>
        Build(RunData.Load(folder), folder, scenario, journalHash, auditHash, interrupted);

    /// <summary>
    /// Writes them for a run whose process was killed or is still running, up to its last whole block. What was to come
    /// is unknown, and so are the journal's hashes.
    /// </summary>
    /// <param name="folder">A run folder with ledger and journal.</param>
    /// <param name="scenario">Scenario of the run.</param>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">There is no whole block.</exception>
    public static RunVerdict BuildWhole(string folder, Scenario scenario) =>
        Build(RunData.LoadWhole(folder), folder, scenario, "", "", interrupted: true);

    static RunVerdict Build(
        RunData run, string folder, Scenario scenario, string journalHash, string auditHash, bool interrupted)
    {
        RunTables.Write(run, folder, scenario.Record.WeightsEveryBlocks);
        var (table, overview) = Read(run, scenario);
        var properties = PropertyJudge.Judge(scenario.Expect, table);
        var metrics = MetricCatalogue.All.Where(m => !m.OfNeurons)
            .ToImmutableSortedDictionary(
                m => m.Name, m => table.Last(new Operand.Metric(m.Name, null, null)), StringComparer.Ordinal);
        var verdict = new RunVerdict(
            properties.Select(p => p.Outcome).Overall(), properties, run.Header.Run, run.Header.Seed, journalHash,
            auditHash, table.LastBlock,
            interrupted, run.Blocks().Last().Ledger.AtMs, metrics, PopulationSummary.Of(run, table),
            [.. run.Happened.Select(HappenedEvent.Of)]);
        Draw(new RunView(run, scenario, table, overview, verdict), folder);
        File.WriteAllText(Path.Combine(folder, RunFolder.VerdictFile), verdict.ToJson());
        return verdict;
    }

    /// <summary>Writes figures and page anew for a run that came to its end; its tables and its verdict stay.</summary>
    /// <param name="folder">A run folder with ledger and journal.</param>
    /// <param name="scenario">Scenario of the run.</param>
    /// <param name="verdict">Its verdict.</param>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static void Rebuild(string folder, Scenario scenario, RunVerdict verdict)
    {
        var prepared = Task.Run(FigureStyle.Prepare);
        var run = RunData.Load(folder);
        var (table, overview) = Read(run, scenario);
        prepared.Wait();
        Draw(new RunView(run, scenario, table, overview, verdict), folder);
    }

    /// <summary>Figures and page only read the view, so they are made side by side.</summary>
    static void Draw(RunView view, string folder)
    {
        try
        {
            Parallel.Invoke(() => RunFigures.Write(view, folder), () => RunPage.Write(view, folder));
        }
        catch (AggregateException e)
        {
            // A full disk has its own words and exit code, whichever of the two met it first.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    static (MetricTable Table, RunOverview Overview) Read(RunData run, Scenario scenario)
    {
        var overview = new RunOverview(run);
        var table = RunMetrics.Build(run, overview.Add);
        table.PlannedBlock = scenario.Blocks;
        return (table, overview);
    }
}
