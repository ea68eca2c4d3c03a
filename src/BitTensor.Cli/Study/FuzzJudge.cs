using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Fuzzing;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Study;

/// <summary>
/// Runs a scenario in virtual time and finds a broken invariant or another failure, then a property that fails.
/// </summary>
/// <param name="run">Carries out a run.</param>
sealed class FuzzJudge(FuzzJudge.Runner run)
{
    // The longest a run may take, as a multiple of its own length: blocks wait while the ledger is away.
    const int MostLengths = 10;

    /// <summary>Carries out a run; tests put mistakes in.</summary>
    public delegate RunResult Runner(Scenario scenario, RunOptions options, CancellationToken interrupt);

    /// <summary>The finding of a scenario's run; null when there is none.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="twice">Also runs it on two cores under an observer, and compares the journals.</param>
    /// <param name="interrupt">Ends the run.</param>
    /// <exception cref="OperationCanceledException">It was interrupted: nothing can be said.</exception>
    public FuzzFinding? Judge(Scenario scenario, bool twice, CancellationToken interrupt)
    {
        try
        {
            using var folder = scenario.Expect.IsEmpty ? null : new TemporaryFolder();
            var first = Run(scenario, 1, null, folder?.Path, interrupt);
            var broken = folder is null ? null : BrokenIn(folder.Path, scenario);
            var second = twice ? Run(scenario, 2, new Onlooker(), null, interrupt) : first;
            return first == second
                ? broken
                : new FuzzFinding(FuzzFinding.Replay, $"the journal of one run is {first}, of another {second}");
        }
        catch (TooFewExamplesException)
        {
            // Refused, as the reader would if it knew the labels.
            return null;
        }
        catch (EmulationException failure) when (InvariantException.In(failure) is { } violation)
        {
            return new FuzzFinding(violation.Invariant.ToString(), violation.Text);
        }
#pragma warning disable CA1031 // Every failure of a run is a finding.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            var kind = failure.GetBaseException().GetType().Name;
            return new FuzzFinding($"{FuzzFinding.Failure} {kind}", failure.ToString());
        }
    }

    /// <summary>The properties that fail in the run that left a folder, in the order of the scenario.</summary>
    public static IEnumerable<PropertyVerdict> FailedIn(string folder, Scenario scenario)
    {
        var table = RunMetrics.Build(RunData.Load(folder));
        table.PlannedBlock = scenario.Blocks;
        return PropertyJudge.Judge(scenario.Expect, table).Where(v => v.Outcome == Outcome.Fail);
    }

    /// <summary>The first property that fails; null when none does.</summary>
    static FuzzFinding? BrokenIn(string folder, Scenario scenario) =>
        FailedIn(folder, scenario)
            .Select(v => new FuzzFinding(
                $"{FuzzFinding.Property} {v.Name}", $"{v.Name}, {v.Holds}: {v.Detail}; {v.Decision()}"))
            .FirstOrDefault();

    string Run(Scenario scenario, int cores, RunObserver? watch, string? folder, CancellationToken interrupt)
    {
        var options = new RunOptions
        {
            Cores = cores,
            Folder = folder,
            Watch = watch,
            MostTime = TimeSpan.FromSeconds(Math.Min(1e11, RunSize.SecondsOf(scenario) * MostLengths)),
        };
        var hash = run(scenario, options, interrupt).JournalHash;
        interrupt.ThrowIfCancellationRequested();
        return hash;
    }

    /// <summary>A folder that is gone when the run has been judged.</summary>
    sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("bta-fuzz-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>Observes as traces and tests do, and keeps nothing.</summary>
    sealed class Onlooker : RunObserver;
}
