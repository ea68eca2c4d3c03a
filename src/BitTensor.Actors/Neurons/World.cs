using Akka.Actor;
using BitTensor.Emulation;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>What every inhabitant of one run shares: the scenario, the compute, the rules of links and the address book.</summary>
sealed class World(Scenario scenario, string run, Compute compute, IReadOnlyList<NeuronPlan> plans)
{
    readonly LinkRules _rules = new(scenario.Network, plans);
    readonly IActorRef[] _neurons = new IActorRef[plans.Count];
    IActorRef _ledger = ActorRefs.Nobody;

    public Scenario Scenario { get; } = scenario;

    /// <summary>Id of the run, under which submissions are signed.</summary>
    public string Run { get; } = run;

    public Compute Compute { get; } = compute;

    public IReadOnlyList<NeuronPlan> Plans { get; } = plans;

    /// <summary>Enters an actor into the address book. The book is complete before the first message is sent.</summary>
    public void Register(int address, IActorRef actor)
    {
        if (address == Parcel.LedgerAddress)
        {
            _ledger = actor;
        }
        else
        {
            _neurons[address] = actor;
        }
    }

    /// <summary>The actor at an address.</summary>
    public IActorRef At(int address) => address == Parcel.LedgerAddress ? _ledger : _neurons[address];

    /// <summary>The links of one inhabitant.</summary>
    public Links LinksOf(int address, IScheduler scheduler) =>
        new(Scenario.Seed, address, scheduler, (to, kind) => _rules.Between(address, to, kind), At);
}
