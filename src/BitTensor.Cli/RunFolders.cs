using System.Globalization;
using BitTensor.Emulation;
using BitTensor.Records;

namespace BitTensor.Cli;

/// <summary>Makes the folders that commands write into.</summary>
static class RunFolders
{
    /// <summary>Makes the wanted folder, or a new one: <c>runs/NAME/UTC-SEED</c>.</summary>
    /// <param name="wanted">The folder the user names, new or empty; null for a new one.</param>
    /// <param name="name">Name of the scenario.</param>
    /// <param name="seed">Its seed.</param>
    /// <exception cref="CommandException">The wanted folder is not empty.</exception>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static string Make(string? wanted, string name, ulong seed)
    {
        if (wanted is null)
        {
            return MakeNew(name, seed);
        }
        if (Directory.Exists(wanted) && Directory.EnumerateFileSystemEntries(wanted).Any())
        {
            var remedy = HoldsTrials(wanted)
                ? "--resume goes on with the trials in it"
                : "a run needs a folder of its own";
            throw new CommandException(ExitCode.InputOutput, $"{wanted} is not empty; {remedy}");
        }
        return Directory.CreateDirectory(wanted).FullName;
    }

    /// <summary>True when a folder holds trials that a command can go on with.</summary>
    public static bool HoldsTrials(string folder) => File.Exists(Path.Combine(folder, RunFolder.TrialsFile));

    static string MakeNew(string name, ulong seed)
    {
        var stamp = WallClock.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var first = Path.Combine("runs", name, string.Create(CultureInfo.InvariantCulture, $"{stamp}-{seed}"));
        var folder = first;
        for (var k = 2; Directory.Exists(folder); k++)
        {
            folder = string.Create(CultureInfo.InvariantCulture, $"{first}-{k}");
        }
        Directory.CreateDirectory(folder);
        return folder;
    }
}
