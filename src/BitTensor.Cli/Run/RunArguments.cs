using System.CommandLine;
using BitTensor.Cli.Cluster;
using BitTensor.Cli.Scenarios;
using BitTensor.Records;

namespace BitTensor.Cli.Run;

/// <summary>The arguments of <c>bta run</c>. Some are for networks alone, others for formulas alone.</summary>
/// <param name="terminal">The terminal of the command.</param>
sealed class RunArguments(Terminal terminal)
{
    /// <summary>The scenario.</summary>
    public ScenarioArguments Scenario { get; } = new(terminal);

    /// <summary>The folder, and whether to go on in it.</summary>
    public FolderArguments Folder => field ??= new FolderArguments(
        "run", "trials", "Run folder, new or empty; runs/NAME/UTC-SEED without it.",
        "Goes on with the run in --out, or in the run folder that stands for SCENARIO, after a kill or an interrupt: "
        + "with its finished trials; a network is run again up to there, which takes as long as before, and ends with "
        + "the journal of a run that was not ended.")
    {
        Implied = Scenario.FolderOf,
    };

    /// <summary>Threads that compute.</summary>
    public Option<int> Cores { get; } = Options.Cores();

    /// <summary>The clock: networks.</summary>
    public Option<TimeMode> Time { get; } = new("--time")
    {
        Description = "virtual: same seed, same bytes, as fast as the machine computes. "
            + "wall: the same actors in real time.",
    };

    /// <summary>The form of the result.</summary>
    public Option<OutputFormat> Format { get; } = Options.Format("text, or json: the verdict with the run folder.");

    /// <summary>Whether the columns of the result are explained.</summary>
    public Option<bool> Explain { get; } = Options.Explain();

    /// <summary>The cluster: networks.</summary>
    public ClusterArguments Cluster { get; } = new();

    /// <summary>Adds every argument to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Folder.Out, Cores, Time, Folder.Resume, Format, Explain })
        {
            command.Add(option);
        }
        Scenario.AddTo(command);
        Cluster.AddTo(command);
    }

    /// <summary>True when the user names a clock.</summary>
    public bool NamesTime(ParseResult parsed) => parsed.GetResult(Time) is { Implicit: false };
}
