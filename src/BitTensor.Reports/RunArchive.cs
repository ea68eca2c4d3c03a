using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>The scenario of a run folder is wrong.</summary>
public sealed class ArchivedScenarioException(IEnumerable<ScenarioError> errors)
    : Exception(string.Join('\n', errors));

/// <summary>A run in its folder, to look into or to run again. Each part is read when it is first asked for.</summary>
public sealed class RunArchive
{
    readonly Lazy<ScenarioResult> _scenario;
    readonly Lazy<RunVerdict> _verdict;
    readonly Lazy<RunEnvironment?> _environment;

    RunArchive(string folder)
    {
        Folder = folder;
        _scenario = new Lazy<ScenarioResult>(ReadScenario);
        _verdict = new Lazy<RunVerdict>(() => RunVerdict.Read(folder));
        _environment = new Lazy<RunEnvironment?>(() => RunEnvironment.Read(folder));
    }

    /// <summary>Opens a run folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static RunArchive Open(string folder) => Directory.Exists(folder)
        ? new RunArchive(folder)
        : throw new DirectoryNotFoundException($"There is no run folder {folder}.");

    /// <summary>The folder, as it was named.</summary>
    public string Folder { get; }

    /// <summary>Path of the journal.</summary>
    public string JournalFile => Path.Combine(Folder, RunFolder.JournalFile);

    /// <summary>Path of the scenario.</summary>
    public string ScenarioFile => Path.Combine(Folder, RunFolder.ScenarioFile);

    /// <summary>The scenario with every default: a network, or formulas.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The run was ended before it wrote its scenario.</exception>
    /// <exception cref="ArchivedScenarioException">The scenario is wrong.</exception>
    public ScenarioResult Scenario => _scenario.Value;

    /// <summary>The verdict of a network's run.</summary>
    /// <exception cref="FileNotFoundException">There is none: the run did not come to its end.</exception>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public RunVerdict Verdict => _verdict.Value;

    /// <summary>The environment of the run; null when the folder has none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public RunEnvironment? Environment => _environment.Value;

    /// <summary>True when the run came to its end and was reported, be it early.</summary>
    public bool IsComplete =>
        File.Exists(Path.Combine(Folder, RunFolder.VerdictFile)) && Verdict.JournalHash.Length > 0;

    /// <summary>True when the folder holds a network's run, however far it has come.</summary>
    public bool HasRun =>
        File.Exists(Path.Combine(Folder, RunFolder.LedgerFile)) && File.Exists(JournalFile)
            && File.Exists(ScenarioFile);

    /// <summary>True when an invariant ended the run. Such a run has no verdict.</summary>
    public bool IsViolated => File.Exists(Path.Combine(Folder, RunFolder.ViolationFile));

    /// <summary>
    /// The last block of a network's run. An interrupted run has fewer blocks than its scenario. A run that an
    /// invariant ended may have any number: the scenario's last block stands for it.
    /// </summary>
    /// <exception cref="InvalidDataException">The verdict has more blocks than the scenario.</exception>
    public int LastBlock => IsViolated ? Network.Blocks : CheckedBlocks();

    Scenario Network => Scenario.Value ?? throw new InvalidOperationException($"{Folder} is no run of a network.");

    int CheckedBlocks() => Verdict.Blocks >= 0 && Verdict.Blocks <= Network.Blocks
        ? (int)Verdict.Blocks
        : throw new InvalidDataException(
            $"{Folder}: {RunFolder.VerdictFile} tells of {Verdict.Blocks} blocks, "
            + $"{RunFolder.ScenarioFile} of {Network.Blocks}.");

    ScenarioResult ReadScenario()
    {
        // A run claims its folder with this file, and fills it later.
        if (new FileInfo(ScenarioFile) is { Exists: true, Length: 0 })
        {
            throw new InvalidDataException(
                $"{Folder} holds no run: the command that made it was ended before its run began; run it again, in "
                + "another folder.");
        }
        var result = Scenarios.ScenarioFile.Load(ScenarioFile, []);
        return result.Errors.IsEmpty ? result : throw new ArchivedScenarioException(result.Errors);
    }
}
