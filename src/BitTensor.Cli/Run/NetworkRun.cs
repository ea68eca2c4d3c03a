using System.CommandLine;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Run;

/// <summary><c>bta run</c> of a network.</summary>
sealed class NetworkRun(Terminal terminal, RunArguments arguments, ParseResult parsed)
{
    const int MostEvents = 20;

    /// <summary>Runs the network, writes the result, and returns the exit code.</summary>
    /// <exception cref="CommandException">An option is not for networks, or contradicts another.</exception>
    public int Execute(Scenario scenario)
    {
        Check();
        var clustered = arguments.Cluster.IsAsked(parsed);
        var runner = clustered ? arguments.Cluster.RunnerOf(parsed, terminal) : RunHere;
        var options = new RunOptions
        {
            Folder = RunFolders.Make(parsed.GetValue(arguments.Folder.Out), scenario.Name, scenario.Seed),
            Cores = parsed.GetValue(arguments.Cores),
            Time = clustered ? TimeMode.Wall : parsed.GetValue(arguments.Time),
        };
        var verdict = new RunSession(terminal, scenario, options, runner, arguments.Cluster.Labels).Execute();
        if (parsed.GetValue(arguments.Format) == OutputFormat.Json)
        {
            VerdictOutput.WriteJson(terminal, options.Folder, verdict.ToJson());
        }
        else
        {
            WriteText(options.Folder, verdict);
        }
        return verdict.Interrupted ? ExitCode.Interrupted : (int)verdict.Verdict;
    }

    void Check()
    {
        if (parsed.GetValue(arguments.Folder.Resume))
        {
            throw new CommandException(
                ExitCode.Usage,
                "--resume goes on with trials; a network runs from its first block, in a new folder");
        }
        if (arguments.Cluster.IsAsked(parsed) && arguments.NamesTime(parsed)
            && parsed.GetValue(arguments.Time) == TimeMode.Virtual)
        {
            throw new CommandException(
                ExitCode.Usage, "--time virtual is for one process; a cluster runs in wall time");
        }
    }

    static RunResult RunHere(Scenario scenario, RunOptions options, Serilog.ILogger log, CancellationToken interrupt) =>
        EmulationRun.Execute(scenario, options, interrupt);

    void WriteText(string folder, RunVerdict verdict)
    {
        var output = terminal.Out;
        output.WriteLine();
        output.Write(SummaryTable.Text(verdict.Populations));
        output.WriteLine(
            "(rank and stake: share of the whole; ablation: rise of the others' loss without the neuron, over n)");
        output.WriteLine();
        WriteEvents(verdict);
        foreach (var property in verdict.Properties)
        {
            var found = property is { Finding: not null, Outcome: Outcome.Pass };
            var word = found ? "finding" : OutcomeWords.Of(property.Outcome);
            output.WriteLine($"{word,-7}  {property.Name}, {property.Holds}: {property.Detail}");
        }
        var early = verdict.Interrupted ? " (interrupted)" : "";
        output.WriteLine($"verdict  {OutcomeWords.Of(verdict.Verdict)} after {verdict.Blocks} blocks{early}");
        output.WriteLine($"journal  {verdict.JournalHash}");
        output.WriteLine(
            $"folder   {folder} ({RunFolder.VerdictFile}, {RunFolder.RanksFigure}, {RunFolder.LossesFigure}, ...)");
    }

    void WriteEvents(RunVerdict verdict)
    {
        foreach (var happened in verdict.Events.Take(MostEvents))
        {
            terminal.Out.WriteLine($"event    {happened.Text()}");
        }
        if (verdict.Events.Length > MostEvents)
        {
            terminal.Out.WriteLine(
                $"event    ... and {verdict.Events.Length - MostEvents} more in {RunFolder.VerdictFile}");
        }
    }
}
