using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>
/// The tables of a run. A run that was killed or still runs has none in its folder: they are made for the moment, up to
/// its last whole block, and nothing in its folder changes.
/// </summary>
public sealed class TableSource : IDisposable
{
    readonly bool _isMade;

    TableSource(string folder, long? lastBlock)
    {
        Folder = folder;
        LastBlock = lastBlock;
        _isMade = lastBlock is not null;
    }

    /// <summary>The folder with the tables.</summary>
    public string Folder { get; }

    /// <summary>The last whole block of a run that did not come to its end; null for any other.</summary>
    public long? LastBlock { get; }

    /// <summary>The tables of a folder.</summary>
    /// <exception cref="InvalidDataException">The run has no whole block.</exception>
    /// <exception cref="ArchivedScenarioException">Its scenario is wrong.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static TableSource Of(RunArchive archive)
    {
        if (!archive.HasRun || archive.IsComplete || archive.Scenario.Value is not { } scenario)
        {
            return new TableSource(archive.Folder, null);
        }
        var run = RunData.LoadWhole(archive.Folder);
        var folder = Directory.CreateTempSubdirectory("bta-tables-").FullName;
        var source = new TableSource(folder, run.LastWhole);
        try
        {
            RunTables.Write(run, folder, scenario.Record.WeightsEveryBlocks);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isMade)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
