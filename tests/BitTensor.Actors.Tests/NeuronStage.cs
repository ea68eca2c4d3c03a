using System.Collections.Immutable;
using Akka.Actor;
using BitTensor.Actors;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Tests;

/// <summary>Some real neurons of a scenario, without a ledger: the test says when a block opens and on which market.</summary>
sealed class NeuronStage : VirtualStage
{
    public const int Ledger = Addresses.Ledger;
    public const int Journal = -3;
    public const int Laboratory = -4;

    readonly World _world;
    readonly IActorRef _laboratory;

    /// <param name="text">The scenario.</param>
    /// <param name="real">Ids of the neurons that are real.</param>
    /// <param name="overrides">Changes of it.</param>
    public NeuronStage(string text, int[] real, params string[] overrides)
    {
        Scenario = Stage.Read(text, overrides);
        Plans = Roster.Draw(Scenario);
        ModelFactory = new ModelFactory(Scenario, Plans);
        Market = EmulationRun.HeaderOf(Scenario, Plans).Genesis();
        _world = new World(Scenario, $"{Scenario.Name}-{Scenario.Seed}", Compute, Plans);
        _laboratory = Recorder(Laboratory);
        var journal = Recorder(Journal);
        _world.Register(Ledger, Recorder(Ledger));
        foreach (var plan in Plans)
        {
            _world.Register(plan.Id, real.Contains(plan.Id)
                ? System.ActorOf(Props.Create<NeuronActor>(_world, plan, ModelFactory.Create(plan), journal))
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
        var announcements = Announcements.Of(Market, final);
        foreach (var plan in Plans)
        {
            At(second, _world.At(plan.Id), announcements[plan.Id]);
        }
    }

    /// <summary>A message arrives over a link at this second.</summary>
    public void Arrives<T>(double second, int from, int to, T message)
        where T : class => At(second, _world.At(to), new Arrival<T>(from, KindOf(message), message));

    static ParcelKind KindOf(object message) =>
        message is Adversary.CoalitionMessage ? ParcelKind.Coalition : WireEntries.Table.KindOf(message)!.Value;

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
        _world.At(neuron).Tell(new ControlMessage.TakeSnapshot(0), _laboratory);
        Until(Now + 1e-6);
        return Heard<ControlMessage.SnapshotTaken>(Laboratory).Last(s => s.Neuron == neuron).Snapshot;
    }

    /// <summary>What a real neuron counted since it was last asked or reported.</summary>
    public IReadOnlyDictionary<string, long> CountsOf(int neuron)
    {
        _world.At(neuron).Tell(new ControlMessage.Settle(), _laboratory);
        Until(Now + 1e-6);
        return Heard<ControlMessage.Settled>(Laboratory).Last().Traffic.ToDictionary(t => $"{t.Kind} {t.Outcome}", t => t.Count);
    }
}
