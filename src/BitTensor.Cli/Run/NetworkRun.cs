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
    /// <summary>Runs the network, writes the result, and returns the exit code.</summary>
    /// <exception cref="CommandException">An option is not for networks, or contradicts another.</exception>
    public int Execute(Scenario scenario)
    {
        Check();
        var clustered = arguments.Cluster.IsAsked(parsed);
        var runner = clustered ? arguments.Cluster.RunnerOf(parsed, terminal) : RunHere;
        var resumes = parsed.GetValue(arguments.Folder.Resume);
        var folder = arguments.Folder.Named(parsed);
        if (resumes)
        {
            new ResumedRun(terminal, folder!).Require(scenario);
        }
        var options = new RunOptions
        {
            Folder = resumes
                ? Path.GetFullPath(folder!)
                : RunFolders.Make(folder, scenario.Name, scenario.Seed, RunFolder.ScenarioFile),
            Resumes = resumes,
            Cores = parsed.GetValue(arguments.Cores),
            Time = clustered ? TimeMode.Wall : parsed.GetValue(arguments.Time),
            Extensions = Extensions.Of(scenario),
        };
        var verdict = new RunSession(terminal, scenario, options, runner, arguments.Cluster.Labels).Execute();
        if (parsed.GetValue(arguments.Format) == OutputFormat.Json)
        {
            VerdictOutput.WriteJson(terminal, options.Folder, verdict.ToJson());
        }
        else
        {
            VerdictOutput.WriteText(terminal, options.Folder, verdict, parsed.GetValue(arguments.Explain));
        }
        return verdict.Interrupted ? ExitCode.Interrupted : (int)verdict.Verdict;
    }

    void Check()
    {
        if (arguments.Cluster.IsAsked(parsed) && !Extensions.Files.IsEmpty)
        {
            throw new CommandException(
                ExitCode.Usage, "--extensions is for runs in one process: the nodes of a cluster have no libraries");
        }
        arguments.Folder.Check(parsed);
        if (parsed.GetValue(arguments.Folder.Resume)
            && (arguments.Cluster.IsAsked(parsed) || parsed.GetValue(arguments.Time) != TimeMode.Virtual))
        {
            throw new CommandException(
                ExitCode.Usage, "--resume repeats a run, and only runs in virtual time repeat");
        }
        if (arguments.Cluster.IsAsked(parsed) && arguments.NamesTime(parsed)
            && parsed.GetValue(arguments.Time) == TimeMode.Virtual)
        {
            throw new CommandException(
                ExitCode.Usage, "--time virtual is for one process; a cluster runs in wall time");
        }
    }

    static RunResult RunHere(Scenario scenario, RunOptions options, Serilog.ILogger log, CancellationToken interrupt)
    {
        if (options.Time != TimeMode.Virtual)
        {
            return EmulationRun.Execute(scenario, options, interrupt);
        }
        var latencies = new LatencyObserver();
        var result = EmulationRun.Execute(scenario, options with { Watch = latencies }, interrupt);
        latencies.Write(options.Folder!);
        return result;
    }
}
