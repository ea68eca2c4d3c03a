using Akka.Actor;
using Akka.Configuration;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Scenarios;

using BitTensor.Records;

namespace BitTensor.Actors.Run;

/// <summary>
/// A run in virtual time that advances step by step on the calling thread. Between two steps emulated time stands
/// still: the run can be inspected and steered. One thread at a time.
/// </summary>
public sealed class VirtualRun : IDisposable
{
    readonly EmulationRun.Parts _parts;
    readonly VirtualKernel _kernel = new();
    readonly VirtualCompute _compute;
    readonly TaskCompletionSource _finished = new();
    readonly RunContext _run;
    readonly IActorRef _ledger;
    readonly IActorRef _journal;
    bool _ending;

    VirtualRun(EmulationRun.Parts parts)
    {
        _parts = parts;
        var config = ConfigurationFactory.ParseString($"akka.scheduler.virtual-kernel = \"{_kernel.Id}\"")
            .WithFallback(EmbeddedConfig.Read(typeof(VirtualRun).Assembly, "simulation.conf"));
        System = ActorSystem.Create("network", config);
        _compute = new VirtualCompute(_kernel, parts.Options.Cores);
        try
        {
            (_run, _ledger, _journal) = EmulationRun.Populate(
                System, parts, _compute, _finished, _kernel.Fail, EmulationRun.VirtualRounds);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The actors of the run.</summary>
    public ActorSystem System { get; }

    /// <summary>Emulated time since the start.</summary>
    public TimeSpan Now => _kernel.Now;

    /// <summary>Every neuron, by id.</summary>
    public IReadOnlyList<NeuronPlan> Plans => _parts.Plans;

    /// <summary>
    /// The scenario of the run. Its timeline holds the steered faults, so that it reproduces the run.
    /// </summary>
    public Scenario Scenario => _run.Faults.Scenario;

    /// <summary>The faults of the run, as far as they are known now.</summary>
    public Timeline Timeline => _run.Faults.Timeline;

    /// <summary>True when the last block is closed and every message has an outcome.</summary>
    public bool IsOver => _finished.Task.IsCompleted;

    /// <summary>Id of the run.</summary>
    public string Run => _parts.Header.Run;

    /// <summary>Begins a run and stops at its first moment.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="options">How. The clock is always virtual.</param>
    /// <exception cref="ArgumentException">The extensions do not fit the scenario.</exception>
    /// <exception cref="Learning.DataSetException">The data set is missing or cannot be split.</exception>
    /// <exception cref="IOException">The run folder cannot be written.</exception>
    public static VirtualRun Begin(Scenario scenario, RunOptions options) =>
        new(new EmulationRun.Parts(scenario, options with { Time = TimeMode.Virtual }));

    /// <summary>
    /// Advances until a condition holds or the run is over. The condition is tested at the end of every moment.
    /// </summary>
    /// <exception cref="EmulationException">
    /// An invariant does not hold (the inner exception is an <see cref="Records.InvariantException"/>), an actor
    /// failed, a job failed, or a message was lost.
    /// </exception>
    public void Go(Func<bool> until)
    {
        _kernel.Adopt();
        var mostTime = _parts.Options.MostTime;
        _kernel.Run(() =>
        {
            var met = until();
            // The last block is reported when every message has an outcome.
            return _kernel.Now > mostTime && _parts.End.Blocks < _parts.LastBlock - 1
                ? throw new EmulationException(
                    $"At emulated time {_kernel.Now} the run has got to block {_parts.End.Blocks} of "
                    + $"{_parts.LastBlock}, and takes no longer than {mostTime}.")
                : met || IsOver;
        });
    }

    /// <summary>Runs an action that blocks on the start of actors. The actors start within it.</summary>
    public T AtOnce<T>(Func<T> action) => _kernel.AtOnce(action);

    /// <summary>Adds an entry to the timeline that begins a microsecond from now.</summary>
    /// <param name="name">Its name in the journal.</param>
    /// <param name="what">The fault.</param>
    /// <param name="lasts">Duration; null until another entry ends it.</param>
    /// <returns>The entry.</returns>
    public TimelineEntry Steer(string name, FaultSpec what, TimeSpan? lasts = null)
    {
        _kernel.Adopt();
        var entry = new TimelineEntry(name, new WhenSpec.Once(Now + TimeSpan.FromMicroseconds(1)), lasts, what);
        _run.Steer(entry);
        _journal.Tell(new FaultsChanged(), ActorRefs.NoSender);
        for (var address = Addresses.Ledger; address < _parts.Plans.Length; address++)
        {
            _run.Actors.At(address).Tell(new FaultsChanged(), ActorRefs.NoSender);
        }
        return entry;
    }

    /// <summary>
    /// What the actors share. A test may enter other actors into its address book before the first step.
    /// </summary>
    internal RunContext Context => _run;

    /// <summary>The next block is the last one.</summary>
    public void EndAtNextBlock()
    {
        if (!_ending)
        {
            _ending = true;
            _kernel.Adopt();
            _ledger.Tell(new ControlMessage.EndAtNextBlock(), ActorRefs.NoSender);
        }
    }

    /// <summary>Advances to the end of the run.</summary>
    /// <exception cref="EmulationException">As for <see cref="Go"/>; or the run does not end.</exception>
    public RunResult Finish()
    {
        Go(static () => false);
        _compute.FinishAll();
        return IsOver
            ? _parts.Result(Now)
            : throw new EmulationException(
                $"Nothing is left to do at emulated time {Now}, but the run has not ended.");
    }

    /// <summary>What there is of a run that goes no further.</summary>
    internal RunResult Cut() => _parts.Result(Now) with { IsCut = true, Interrupted = true };

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Adopt();
        // Before the actors end: a job may be using what they own.
        _compute.Dispose();
        _kernel.RunDown(System);
        System.Dispose();
        _kernel.Dispose();
        _parts.Dispose();
    }
}
