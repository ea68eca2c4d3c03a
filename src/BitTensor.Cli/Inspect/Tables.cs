using BitTensor.Reports;

namespace BitTensor.Cli.Inspect;

/// <summary>The tables of a run for commands.</summary>
static class Tables
{
    /// <summary>The tables; says on standard error up to which block those of an unfinished run go.</summary>
    public static TableSource Of(RunArchive archive, Terminal terminal)
    {
        var source = TableSource.Of(archive);
        if (source.LastBlock is { } last)
        {
            terminal.Error.WriteLine(
                $"{archive.Folder}: the run did not come to its end; its tables go up to block {last} of "
                + $"{archive.Scenario.Value!.Blocks}");
        }
        return source;
    }
}
