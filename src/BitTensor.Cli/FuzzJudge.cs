using BitTensor.Actors;
using BitTensor.Emulation;
using BitTensor.Fuzzing;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary>Runs a scenario in virtual time and says what must not be.</summary>
/// <param name="run">Carries a run out.</param>
sealed class FuzzJudge(FuzzJudge.Runner run)
{
    // So many times its own length a run may take: blocks wait while the ledger is away.
    const int MostLengths = 10;

    /// <summary>Carries a run out; tests put mistakes in.</summary>
    public delegate RunResult Runner(Scenario scenario, RunOptions options, CancellationToken interrupt);

    /// <summary>What is wrong with a scenario's run, or null.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="twice">Runs it a second time, on two cores in place of one and looked at by somebody, and compares the journals.</param>
    /// <param name="interrupt">Ends the run.</param>
    /// <exception cref="OperationCanceledException">It was interrupted: nothing can be said.</exception>
    public FuzzFinding? Judge(Scenario scenario, bool twice, CancellationToken interrupt)
    {
        try
        {
            var first = Run(scenario, 1, null, interrupt);
            var second = twice ? Run(scenario, 2, new Onlooker(), interrupt) : first;
            return first == second ? null : new FuzzFinding(FuzzFinding.Replay, $"the journal of one run is {first}, of another {second}");
        }
        catch (EmulationException failure) when (InvariantException.In(failure) is { } violation)
        {
            return new FuzzFinding(violation.Invariant.ToString(), violation.Text);
        }
#pragma warning disable CA1031 // Whatever a run ends with is what the fuzzer is after.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new FuzzFinding($"{FuzzFinding.Failure} {failure.GetBaseException().GetType().Name}", failure.ToString());
        }
    }

    string Run(Scenario scenario, int cores, RunObserver? watch, CancellationToken interrupt)
    {
        var options = new RunOptions { Cores = cores, Watch = watch, MostTime = scenario.BlockInterval * scenario.Blocks * MostLengths };
        var hash = run(scenario, options, interrupt).JournalHash;
        interrupt.ThrowIfCancellationRequested();
        return hash;
    }

    /// <summary>Looks on, as traces and tests do.</summary>
    sealed class Onlooker : RunObserver;
}
