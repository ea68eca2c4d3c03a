using BitTensor.Actors.Models;
using BitTensor.Emulation;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Context;

/// <summary>What the actors of one run share.</summary>
sealed class RunContext
{
    // Two actors that start at once may each make one: the two are alike.
    LinkFactory? _links;

    /// <param name="scenario">The scenario.</param>
    /// <param name="id">Id of the run, under which submissions are signed.</param>
    /// <param name="plans">Every neuron, by id.</param>
    /// <param name="compute">Where jobs run.</param>
    /// <param name="clock">The run's clock.</param>
    public RunContext(Scenario scenario, string id, IReadOnlyList<NeuronPlan> plans, Compute compute, RunClock clock)
    {
        (Scenario, Id, Plans, Compute, Clock) = (scenario, id, plans, compute, clock);
        LastBlock = scenario.Blocks;
        Encoding = scenario.Network.Wire switch
        {
            WireFormat.Bfloat16 => TensorEncoding.BFloat16,
            WireFormat.Int8 => TensorEncoding.Int8,
            _ => TensorEncoding.Float32,
        };
        Faults = new FaultTimeline(scenario, plans);
        Actors = new AddressBook(plans.Count);
    }

    /// <summary>
    /// The scenario at the beginning of the run; <see cref="FaultTimeline.Scenario"/> has what was added since.
    /// </summary>
    public Scenario Scenario { get; }

    public string Id { get; }

    public IReadOnlyList<NeuronPlan> Plans { get; }

    public Compute Compute { get; }

    public RunClock Clock { get; }

    /// <summary>How the numbers of tensors travel.</summary>
    public TensorEncoding Encoding { get; }

    public FaultTimeline Faults { get; }

    public AddressBook Actors { get; }

    /// <summary>Code in the place of parts of the scenario.</summary>
    public RunExtensions Extensions { get; init; } = new();

    /// <summary>Height of the last block.</summary>
    public int LastBlock { get; init; }

    /// <summary>Sees what happens; null for none.</summary>
    public RunObserver? Observer
    {
        get;
        init => (field, ParcelObserver) = (value, value is { SeesParcels: true } ? value : null);
    }

    /// <summary>Sees every parcel; null for none.</summary>
    public RunObserver? ParcelObserver { get; private init; }

    /// <summary>Makes a neuron's model as it is at the start of the run; null where no neuron restarts.</summary>
    public Func<NeuronPlan, NeuronModel>? NewModel { get; init; }

    /// <summary>
    /// True when neurons outlive their processes: they keep checkpoints in an archive and come back with the last one.
    /// </summary>
    public bool KeepsCheckpoints { get; init; }

    /// <summary>The links of the actor at an address.</summary>
    public Links LinksOf(int address) => (_links ??= new LinkFactory(this)).Of(address);

    /// <summary>Time until the last parcel that is on its way over these links arrives, in wall time.</summary>
    public TimeSpan UntilLastArrival => (_links?.LastArrival ?? TimeSpan.Zero) - Clock.Elapsed;

    /// <summary>
    /// Adds an entry at a future time of the timeline. Actors with a fault schedule must be told
    /// <see cref="FaultsChanged"/>.
    /// </summary>
    public void Steer(TimelineEntry entry)
    {
        Faults.Add(entry);
        _links?.Follow(Faults.Timeline);
    }
}
