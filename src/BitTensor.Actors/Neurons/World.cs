using Akka.Actor;
using BitTensor.Actors.Faults;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>What every inhabitant of one run shares: the scenario, its timeline, the compute, the rules of links and the address book.</summary>
sealed class World
{
    LinkRules _rules;
    // Two inhabitants that begin at once may each make one: they are the same.
    Network? _network;
    readonly IActorRef[] _neurons;
    readonly IDoor?[] _servingDoors;
    readonly IDoor?[] _askingDoors;
    readonly int _placeOfAdversary;
    readonly IActorRef[] _seats = [.. Enumerable.Repeat(ActorRefs.Nobody, 1 - Addresses.Last)];
    long _beganTicks;

    public World(Scenario scenario, string run, Compute compute, IReadOnlyList<NeuronPlan> plans, RunExtensions? extensions = null)
    {
        Scenario = scenario;
        Run = run;
        Compute = compute;
        Plans = plans;
        Timeline = TimelineDraw.Of(scenario, plans);
        LastBlock = scenario.Blocks;
        Encoding = scenario.Network.Wire switch
        {
            WireFormat.Bfloat16 => TensorEncoding.BFloat16,
            WireFormat.Int8 => TensorEncoding.Int8,
            _ => TensorEncoding.Float32,
        };
        Extensions = extensions ?? new();
        _rules = new LinkRules(scenario.Network, plans, Timeline, Extensions.LinkRules);
        _neurons = new IActorRef[plans.Count];
        _servingDoors = new IDoor?[plans.Count];
        _askingDoors = new IDoor?[plans.Count];
        _placeOfAdversary = scenario.Coalition is { } coalition
            ? plans.First(p => p.Population.Name == coalition.Members[0]).Id
            : Addresses.Adversary;
    }

    /// <summary>What runs; its timeline grows when the run is steered.</summary>
    public Scenario Scenario { get; private set; }

    /// <summary>How the numbers of tensors travel.</summary>
    public TensorEncoding Encoding { get; }

    /// <summary>Id of the run, under which submissions are signed.</summary>
    public string Run { get; }

    public Compute Compute { get; }

    public IReadOnlyList<NeuronPlan> Plans { get; }

    public Timeline Timeline { get; private set; }

    /// <summary>True when neurons outlive their processes: they keep checkpoints and come back with the last one.</summary>
    public bool Durable { get; init; }

    /// <summary>Code in the place of parts of the scenario.</summary>
    public RunExtensions Extensions { get; }

    /// <summary>What is made wrong on purpose.</summary>
    public Sabotage Sabotage { get; init; }

    /// <summary>The last block.</summary>
    public int LastBlock { get; init; }

    /// <summary>Sees what happens; null when nobody looks.</summary>
    public RunObserver? Watch { get; init; }

    /// <summary>Makes a neuron's brain as it is at the start of the run; null where nobody is born again.</summary>
    public Func<NeuronPlan, Brain>? Raise { get; set; }

    /// <summary>The run's time by the clock of this process, as far as it is known here.</summary>
    public TimeSpan Now(IScheduler scheduler) => scheduler.MonotonicClock - TimeSpan.FromTicks(Volatile.Read(ref _beganTicks));

    /// <summary>The run begins now.</summary>
    public void Begin(IScheduler scheduler) => Volatile.Write(ref _beganTicks, scheduler.MonotonicClock.Ticks);

    /// <summary>A block opens. Where neurons come and go between processes, it is blocks that tell a process what time it is in the run.</summary>
    public void NoteBlock(long height, IScheduler scheduler)
    {
        if (Durable)
        {
            Volatile.Write(ref _beganTicks, (scheduler.MonotonicClock - Math.Max(0, height - 1) * Scenario.BlockInterval).Ticks);
        }
    }

    /// <summary>Something more happens from a moment that is still to come. Whoever has a fate must be told so by <see cref="FateTurns"/>.</summary>
    public void Steer(TimelineEntry entry)
    {
        Scenario = Scenario with { Timeline = Scenario.Timeline.Add(entry) };
        Timeline = TimelineDraw.Of(Scenario, Plans);
        _rules = _rules.With(Timeline);
    }

    /// <summary>Enters an actor into the address book. The book is complete before the first message is sent.</summary>
    public void Register(int address, IActorRef actor)
    {
        if (address < 0)
        {
            _seats[-address] = actor;
        }
        else
        {
            _neurons[address] = actor;
        }
    }

    /// <summary>From now on the parcels of a query may enter a neuron on the spot.</summary>
    /// <param name="neuron">Id.</param>
    /// <param name="toServing">Where queries and gradients enter.</param>
    /// <param name="toAsking">Where answers enter.</param>
    public void Open(int neuron, IDoor toServing, IDoor toAsking) => (_servingDoors[neuron], _askingDoors[neuron]) = (toServing, toAsking);

    IDoor? DoorOf(int address, ParcelKind kind) =>
        address < 0 ? null
        : kind is ParcelKind.Forward or ParcelKind.Backward ? _servingDoors[address]
        : kind is ParcelKind.ForwardReply ? _askingDoors[address]
        : null;

    /// <summary>The actor at an address.</summary>
    public IActorRef At(int address) => address < 0 ? _seats[-address] : _neurons[address];

    /// <summary>The address whose links an inhabitant has: an adversary stands where the first of its members stands.</summary>
    int PlaceOf(int address) => address == Addresses.Adversary ? _placeOfAdversary : address;

    /// <summary>The links of one inhabitant.</summary>
    public Links LinksOf(int address, IScheduler scheduler) => new(_network ??= NetworkOf(scheduler), address);

    Network NetworkOf(IScheduler scheduler) => new()
    {
        Seed = Scenario.Seed,
        Scheduler = scheduler,
        Now = () => Now(scheduler),
        Rules = (from, to, kind, now) => _rules.Between(PlaceOf(from), PlaceOf(to), kind, now),
        Address = At,
        Door = DoorOf,
        Bytes = DamagedParcels.Instance,
        Watch = Watch is { } watch ? watch.Parcel : null,
    };
}
