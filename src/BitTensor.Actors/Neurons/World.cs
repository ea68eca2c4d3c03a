using Akka.Actor;
using BitTensor.Emulation;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>Addresses of those who are not neurons.</summary>
static class Seat
{
    public const int Ledger = Parcel.LedgerAddress;
    public const int Journal = -2;
    public const int Conductor = -3;
    public const int Audit = -4;
    public const int Archive = -5;

    /// <summary>The last address below 0.</summary>
    public const int Last = Archive;
}

/// <summary>What every inhabitant of one run shares: the scenario, the compute, the rules of links and the address book.</summary>
sealed class World(Scenario scenario, string run, Compute compute, IReadOnlyList<NeuronPlan> plans)
{
    readonly LinkRules _rules = new(scenario.Network, plans);
    readonly IActorRef[] _neurons = new IActorRef[plans.Count];
    readonly IActorRef[] _seats = [.. Enumerable.Repeat(ActorRefs.Nobody, 1 - Seat.Last)];

    public Scenario Scenario { get; } = scenario;

    /// <summary>Id of the run, under which submissions are signed.</summary>
    public string Run { get; } = run;

    public Compute Compute { get; } = compute;

    public IReadOnlyList<NeuronPlan> Plans { get; } = plans;

    /// <summary>True when neurons outlive their processes: they keep checkpoints and come back with the last one.</summary>
    public bool Durable { get; init; }

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

    /// <summary>The actor at an address.</summary>
    public IActorRef At(int address) => address < 0 ? _seats[-address] : _neurons[address];

    /// <summary>The links of one inhabitant.</summary>
    public Links LinksOf(int address, IScheduler scheduler) =>
        new(
            Scenario.Seed, address, scheduler, () => scheduler.MonotonicClock, (to, kind) => _rules.Between(address, to, kind), At,
            DamagedParcels.Instance);
}
