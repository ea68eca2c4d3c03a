using BitTensor.Plans.Faults;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Run;

/// <summary>The files of a run that is gone on with.</summary>
static class RunInFolder
{
    /// <summary>Its journal. Its verdict, that of an interrupted run, goes when the first new line comes.</summary>
    /// <exception cref="IOException">The journal cannot be read or written, or another process has it.</exception>
    public static RepeatedStream Repeat(string folder, Scenario scenario) => new(
        Path.Combine(folder, RunFolder.JournalFile), Timeline.Of(scenario).StandsStill,
        () => File.Delete(Path.Combine(folder, RunFolder.VerdictFile)));

    /// <summary>Its ledger; a new one where nothing is repeated, for that one may lack its tables.</summary>
    /// <exception cref="RepeatException">It is the ledger of another run.</exception>
    /// <exception cref="LedgerException">It cannot be read or written.</exception>
    public static LedgerStore LedgerOf(string folder, LedgerHeader header, bool isRepeating)
    {
        var path = Path.Combine(folder, RunFolder.LedgerFile);
        if (isRepeating)
        {
            return LedgerStore.Repeat(path, header);
        }
        Array.ForEach([path, $"{path}-wal", $"{path}-shm"], File.Delete);
        return LedgerStore.Create(path, header);
    }
}
