using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Fuzzing;
using BitTensor.Plans;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Study;

/// <summary>A failure of a scenario: an invariant, an error of the program, or a property.</summary>
/// <param name="What">Name of the invariant or error; of a property its text.</param>
/// <param name="Holds">When the property was to hold; null for anything else.</param>
/// <param name="Text">The failure in one sentence.</param>
sealed record ScenarioFailure(string What, string? Holds, string Text)
{
    /// <summary>True when another scenario fails in the same way.</summary>
    public bool IsLike(ScenarioFailure other) => (What, Holds) == (other.What, other.Holds);
}

/// <summary>Runs a scenario in virtual time and finds what fails in it.</summary>
/// <param name="cores">Threads that compute.</param>
sealed class FailureSearch(int cores)
{
    /// <summary>All failures of a run, in the order of the scenario's properties.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="interrupt">Ends the run.</param>
    /// <exception cref="OperationCanceledException">It was interrupted: nothing can be said.</exception>
    public IReadOnlyList<ScenarioFailure> Of(Scenario scenario, CancellationToken interrupt)
    {
        IReadOnlyList<ScenarioFailure> failed = [];
        // The judge stops at the first property that fails; here all are wanted.
        var finding = new FuzzJudge((_, options, ended) =>
        {
            var result = Run(scenario, options with { Cores = cores }, ended, out var properties);
            failed = properties;
            return result;
        }).Judge(scenario with { Expect = [] }, twice: false, interrupt);
        return finding is null ? failed : [new ScenarioFailure(finding.What, null, finding.Text)];
    }

    static RunResult Run(
        Scenario scenario, RunOptions options, CancellationToken interrupt, out IReadOnlyList<ScenarioFailure> failed)
    {
        var folder = Directory.CreateTempSubdirectory("bta-minimise-");
        try
        {
            var result = EmulationRun.Execute(
                scenario, options with { Folder = folder.FullName, Overdue = interrupt }, interrupt);
            interrupt.ThrowIfCancellationRequested();
            failed = [.. FuzzJudge.FailedIn(folder.FullName, scenario)
                .Select(p => new ScenarioFailure(p.Text, p.Holds, p.Detail))];
            return result;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
