using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Run;

/// <summary>The run folder of a network that is gone on with: docs/decisions/0018.</summary>
/// <param name="terminal">Terminal of the command.</param>
/// <param name="folder">The folder.</param>
sealed class ResumedRun(Terminal terminal, string folder)
{
    /// <summary>Ends the command where a run cannot be gone on with; says what may keep it from repeating.</summary>
    /// <param name="scenario">The scenario that the user names.</param>
    /// <exception cref="CommandException">There is no such run, it has ended, or it does not repeat.</exception>
    public void Require(Scenario scenario)
    {
        var archive = RunArchive.Open(folder);
        if (!File.Exists(archive.ScenarioFile))
        {
            throw new CommandException(ExitCode.InputOutput, $"{folder} holds no run");
        }
        if (archive.Scenario.Value is not { } own || ScenarioWriter.Write(own) != ScenarioWriter.Write(scenario))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{folder} holds a run of another scenario or seed; go on with: bta run {folder} --resume");
        }
        RequireOpen(archive);
        Repeatable.Require(archive);
        Extensions.Require(archive.Environment?.Extensions ?? []);
        RequireData(own);
        if (archive.Environment is { } before && Differs(before) is { } difference)
        {
            terminal.Error.WriteLine($"note: the run was begun {difference}; where its bytes differ it will not go on");
        }
    }

    void RequireOpen(RunArchive archive)
    {
        if (archive.IsViolated)
        {
            throw new CommandException(
                ExitCode.Usage, $"an invariant ended the run in {folder}: {RunFolder.ViolationFile} says which");
        }
        if (archive.IsComplete && !archive.Verdict.Interrupted)
        {
            throw new CommandException(ExitCode.Usage, $"the run in {folder} has come to its end");
        }
    }

    void RequireData(Scenario scenario)
    {
        var now = DataManifest.Of(scenario.Data is { } data ? DataSource.FilesOf(data) : []);
        var before = DataManifest.Read(folder);
        if (!before.Files.IsEmpty && before.ChangesIn(now) is [var change, ..])
        {
            throw new CommandException(ExitCode.InputOutput, $"the data of the run have changed: {change}");
        }
    }

    static string? Differs(RunEnvironment before)
    {
        var now = HostEnvironment.OfNetwork(new Actors.Run.RunOptions());
        return before.Program != now.Program ? $"by version {before.Program} of this program"
            : before.LibTorch != now.LibTorch ? $"with libtorch {before.LibTorch}"
            : before.Architecture != now.Architecture ? $"on {before.Architecture}"
            : null;
    }
}
