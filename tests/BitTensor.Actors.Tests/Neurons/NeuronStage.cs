using System.Collections.Immutable;
using Akka.Actor;
using BitTensor.Actors.Coalition;
using BitTensor.Actors.Context;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Tests;

/// <summary>
/// Some real neurons of a scenario, without a ledger: the test says when a block opens and on which market.
/// </summary>
sealed class NeuronStage : VirtualStage
{
    public const int Ledger = Addresses.Ledger;
    public const int Journal = -3;
    public const int Supervisor = -4;

    readonly RunContext _run;
    readonly IActorRef _supervisor;

    /// <param name="text">The scenario.</param>
    /// <param name="real">Ids of the neurons that are real.</param>
    /// <param name="overrides">Changes of it.</param>
    public NeuronStage(string text, int[] real, params string[] overrides)
    {
        Scenario = Stage.Read(text, overrides);
        Plans = Roster.Draw(Scenario);
        ModelFactory = new ModelFactory(Scenario, Plans);
        Market = EmulationRun.HeaderOf(Scenario, Plans).Genesis();
        _run = new RunContext(
            Scenario, $"{Scenario.Name}-{Scenario.Seed}", Plans, Compute, new RunClock(System.Scheduler));
        _supervisor = Recorder(Supervisor);
        var journal = Recorder(Journal);
        _run.Actors.Register(Ledger, Recorder(Ledger));
        foreach (var plan in Plans)
        {
            _run.Actors.Register(plan.Id, real.Contains(plan.Id)
                ? System.ActorOf(Props.Create<NeuronActor>(_run, plan, ModelFactory.Create(plan), journal))
                : Recorder(plan.Id));
        }
    }

    public Scenario Scenario { get; }

    public ImmutableArray<NeuronPlan> Plans { get; }

    public ModelFactory ModelFactory { get; }

    /// <summary>Emulated seconds since the start.</summary>
    public double Now => Kernel.Now.TotalSeconds;

    /// <summary>The market blocks are announced on.</summary>
    public Market Market { get; set; }

    /// <summary>A block opens for everybody at this second, on <see cref="Market"/> as it is now.</summary>
    public void Opens(double second, bool final = false)
    {
        var announcements = Announcements.Of(Market, Market.Parameters, final);
        foreach (var plan in Plans)
        {
            At(second, _run.Actors.At(plan.Id), announcements[plan.Id]);
        }
    }

    /// <summary>A message arrives over a link at this second.</summary>
    public void Arrives<T>(double second, int from, int to, T message)
        where T : class => At(second, _run.Actors.At(to), new Arrival<T>(from, KindOf(message), message));

    static ParcelKind KindOf(object message) =>
        message is CoalitionMessage ? ParcelKind.Coalition : WireEntries.Table.KindOf(message)!.Value;

    /// <summary>Runs everything up to this second.</summary>
    public void Until(double second)
    {
        var reached = false;
        System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(second) - Kernel.Now, () => reached = true);
        Kernel.Run(() => reached);
    }

    /// <summary>What a real neuron's model is now.</summary>
    public object SnapshotOf(int neuron)
    {
        _run.Actors.At(neuron).Tell(new ControlMessage.TakeSnapshot(0), _supervisor);
        Until(Now + 1e-6);
        return Heard<ControlMessage.SnapshotTaken>(Supervisor).Last(s => s.Neuron == neuron).Snapshot;
    }

    /// <summary>What a real neuron counted since it was last asked or reported.</summary>
    public IReadOnlyDictionary<string, long> CountsOf(int neuron)
    {
        _run.Actors.At(neuron).Tell(new ControlMessage.Settle(), _supervisor);
        Until(Now + 1e-6);
        return Heard<ControlMessage.Settled>(Supervisor).Last().Traffic
            .ToDictionary(t => $"{t.Kind} {t.Outcome}", t => t.Count);
    }
}
