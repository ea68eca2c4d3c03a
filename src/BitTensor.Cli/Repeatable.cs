using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli;

/// <summary>Runs that come to the same bytes when they are run again.</summary>
static class Repeatable
{
    /// <summary>Ends the command when a run does not repeat.</summary>
    /// <exception cref="CommandException">The run was in wall time.</exception>
    public static void Require(RunArchive archive)
    {
        if (archive.Environment is { Time: TimeMode.Wall })
        {
            throw new CommandException(
                ExitCode.Unknown, $"{archive.Folder} ran in wall time; only runs in virtual time repeat");
        }
    }
}
