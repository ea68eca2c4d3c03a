using System.CommandLine;
using BitTensor.Records;

namespace BitTensor.Cli;

/// <summary>The folder of a command that can go on with what it finished: <c>--out</c> and <c>--resume</c>.</summary>
/// <param name="work">The work in the folder, as messages name it.</param>
/// <param name="items">The finished items of that work, as the help names them.</param>
/// <param name="wanted">The help's text of <c>--out</c>.</param>
/// <param name="resumes">Text of the help of <c>--resume</c>; null for the usual one.</param>
sealed class FolderArguments(
    string work, string items, string wanted = "Folder, new or empty; runs/NAME/UTC-SEED without it.",
    string? resumes = null)
{
    /// <summary>The folder that <c>--resume</c> goes on in without <c>--out</c>; null for none.</summary>
    public Func<ParseResult, string?> Implied { get; init; } = _ => null;

    /// <summary>The option <c>--out</c>.</summary>
    public Option<string?> Out { get; } = Options.Out(wanted);

    /// <summary>The option <c>--resume</c>.</summary>
    public Option<bool> Resume { get; } =
        new("--resume") { Description = resumes ?? $"Goes on with the finished {items} in --out." };

    /// <summary>The folder the user names; null for none.</summary>
    public string? Named(ParseResult parsed) =>
        parsed.GetValue(Out) ?? (parsed.GetValue(Resume) ? Implied(parsed) : null);

    /// <summary>Ends the command when <c>--resume</c> is given without <c>--out</c>.</summary>
    /// <exception cref="CommandException">It is.</exception>
    public void Check(ParseResult parsed)
    {
        if (parsed.GetValue(Resume) && Named(parsed) is null)
        {
            throw new CommandException(
                ExitCode.Usage, $"--resume needs --out DIR: the folder of the {work} to go on with");
        }
    }

    /// <summary>The folder: the one to go on in when it holds trials, else a new one.</summary>
    /// <param name="parsed">The command line, checked.</param>
    /// <param name="name">Name of the scenario.</param>
    /// <param name="seed">Its seed.</param>
    /// <exception cref="CommandException">The folder is not empty and holds something else.</exception>
    public string Make(ParseResult parsed, string name, ulong seed)
    {
        var wanted = Named(parsed);
        return parsed.GetValue(Resume) && RunFolders.HoldsTrials(wanted!)
            ? Path.GetFullPath(wanted!)
            : RunFolders.Make(wanted, name, seed, RunFolder.TrialsFile);
    }
}
