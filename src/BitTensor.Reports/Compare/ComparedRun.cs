using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports.Compare;

/// <summary>
/// A network's run that is compared with others. One that was killed or still runs counts up to its last whole block.
/// </summary>
public sealed class ComparedRun
{
    readonly Lazy<MetricTable> _table;
    readonly Lazy<IReadOnlyDictionary<string, double?>> _emissionShares;

    ComparedRun(RunArchive archive, Scenario scenario, RunData data)
    {
        Folder = archive.Folder;
        Scenario = scenario;
        ScenarioText = File.ReadAllText(archive.ScenarioFile);
        Data = data;
        _table = new Lazy<MetricTable>(TableOf);
        _emissionShares = new Lazy<IReadOnlyDictionary<string, double?>>(EmissionsOf);
        Outcome = RunOutcome.Of(archive, scenario, data, _table);
    }

    /// <summary>Opens a run.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no run of a network, or no whole block.</exception>
    /// <exception cref="ArchivedScenarioException">Its scenario is wrong.</exception>
    public static ComparedRun Open(string folder)
    {
        var archive = RunArchive.Open(folder);
        if (!archive.HasRun || archive.Scenario.Value is not { } scenario)
        {
            throw new InvalidDataException($"{folder} holds no run of a network");
        }
        var data = archive.IsComplete ? RunData.Load(folder) : RunData.LoadWhole(folder);
        return new ComparedRun(archive, scenario, data);
    }

    /// <summary>The folder, as it was named.</summary>
    public string Folder { get; }

    /// <summary>The scenario with every default.</summary>
    public Scenario Scenario { get; }

    /// <summary>The scenario's file.</summary>
    public string ScenarioText { get; }

    /// <summary>Ledger and journal.</summary>
    public RunData Data { get; }

    /// <summary>The outcomes of the run.</summary>
    public RunOutcome Outcome { get; }

    /// <summary>Every metric of every block.</summary>
    public MetricTable Table => _table.Value;

    /// <summary>
    /// Share of a population in all that the blocks emitted (6), in [0, 1]; null where nothing was emitted, or where
    /// there is no such population.
    /// </summary>
    public double? EmissionShare(string population) => _emissionShares.Value.GetValueOrDefault(population);

    MetricTable TableOf()
    {
        var table = RunMetrics.Build(Data);
        table.PlannedBlock = Scenario.Blocks;
        return table;
    }

    Dictionary<string, double?> EmissionsOf()
    {
        using var ledger = LedgerReader.Open(Path.Combine(Folder, RunFolder.LedgerFile));
        var emitted = new double[Data.Count];
        foreach (var block in ledger.Blocks().TakeWhile(b => b.Height <= Outcome.Blocks))
        {
            for (var i = 0; i < emitted.Length; i++)
            {
                emitted[i] += block.Emission[i];
            }
        }
        var all = emitted.Sum();
        return Data.Populations.ToDictionary(
            p => p, p => all > 0 ? Data.NeuronsOf(p).Sum(i => emitted[i]) / all : (double?)null);
    }
}
