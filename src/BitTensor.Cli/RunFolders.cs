using System.Globalization;
using System.Text.RegularExpressions;
using BitTensor.Emulation;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary>Makes the folders that commands write into.</summary>
static partial class RunFolders
{
    const string Runs = "runs";
    const int StampLength = 16;

    /// <summary>
    /// Makes the wanted folder, or a new one, <c>runs/NAME/UTC-SEED</c>, and claims it: of two commands that want one
    /// folder at the same time one gets it.
    /// </summary>
    /// <param name="wanted">The folder the user names, new or empty; null for a new one.</param>
    /// <param name="name">Name of the scenario.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="claim">The file that claims it, empty: the first file that the command writes.</param>
    /// <exception cref="CommandException">The wanted folder is not empty.</exception>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static string Make(string? wanted, string name, ulong seed, string claim)
    {
        if (wanted is null)
        {
            return MakeNew(name, seed, claim);
        }
        if (Directory.Exists(wanted) && Directory.EnumerateFileSystemEntries(wanted).Any())
        {
            throw NotEmpty(wanted);
        }
        var folder = Directory.CreateDirectory(wanted).FullName;
        return Claims(folder, claim) ? folder : throw NotEmpty(wanted);
    }

    static CommandException NotEmpty(string wanted)
    {
        var remedy = HoldsTrials(wanted)
            ? "--resume goes on with the trials in it"
            : File.Exists(Path.Combine(wanted, RunFolder.JournalFile))
            ? "--resume goes on with the run in it"
            : "a run needs a folder of its own";
        return new CommandException(ExitCode.InputOutput, $"{wanted} is not empty; {remedy}");
    }

    /// <summary>Makes the first file in an empty folder. False when another command was faster.</summary>
    static bool Claims(string folder, string claim)
    {
        var file = Path.Combine(folder, claim);
        try
        {
            new FileStream(file, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }
        if (Directory.EnumerateFileSystemEntries(folder).Skip(1).Any())
        {
            File.Delete(file);
            return false;
        }
        return true;
    }

    /// <summary>
    /// The run folder of a name: a path, or <c>latest</c> for the newest folder <c>runs/NAME/UTC-SEED</c> and
    /// <c>latest~N</c> for the N-th before it.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="runs">The folder that holds a folder per scenario.</param>
    /// <exception cref="CommandException">There are not so many runs.</exception>
    public static string Find(string name, string runs = Runs)
    {
        var match = Latest().Match(name);
        if (!match.Success || Path.Exists(name))
        {
            return name;
        }
        var before = match.Groups[1].Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        var all = Directory.Exists(runs) ? Directory.GetDirectories(runs).SelectMany(Directory.GetDirectories) : [];
        string[] newest = [.. all.Where(f => Stamped().IsMatch(Path.GetFileName(f)))
            .OrderByDescending(f => Path.GetFileName(f)[..StampLength], StringComparer.Ordinal)
            .ThenByDescending(Directory.GetCreationTimeUtc)];
        return before < newest.Length
            ? newest[before]
            : throw new CommandException(
                ExitCode.InputOutput,
                $"there is no run {name}: {Path.GetFullPath(runs)} holds "
                + $"{Counted.Of(newest.Length, "run")} NAME/UTC-SEED; name a run folder");
    }

    [GeneratedRegex("^latest(?:~([0-9]{1,6}))?$")]
    private static partial Regex Latest();

    [GeneratedRegex("^[0-9]{8}T[0-9]{6}Z-[0-9]")]
    private static partial Regex Stamped();

    /// <summary>True when a folder holds trials that a command can go on with.</summary>
    public static bool HoldsTrials(string folder) => File.Exists(Path.Combine(folder, RunFolder.TrialsFile));

    static string MakeNew(string name, ulong seed, string claim)
    {
        var stamp = WallClock.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var first = Path.Combine(Runs, name, string.Create(CultureInfo.InvariantCulture, $"{stamp}-{seed}"));
        var folder = first;
        for (var k = 2; Directory.Exists(folder) || !Claims(Directory.CreateDirectory(folder).FullName, claim); k++)
        {
            folder = string.Create(CultureInfo.InvariantCulture, $"{first}-{k}");
        }
        return folder;
    }
}
