using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Plans.Faults;

namespace BitTensor.Actors.Context;

/// <summary>Makes the links of a run's actors.</summary>
sealed class LinkFactory
{
    readonly Network _network;
    readonly int _placeOfAdversary;
    LinkRules _rules;

    public LinkFactory(RunContext run)
    {
        _rules = new LinkRules(run.Scenario.Network, run.Plans, run.Faults.Timeline, run.Extensions.LinkRules);
        _placeOfAdversary = run.Scenario.Coalition is { } coalition
            ? run.Plans.First(p => p.Population.Name == coalition.Members[0]).Id : Addresses.Adversary;
        _network = new Network
        {
            Seed = run.Scenario.Seed,
            Scheduler = run.Clock.Scheduler,
            Now = () => run.Clock.Now,
            Rules = (from, to, kind, now) => _rules.Between(PlaceOf(from), PlaceOf(to), kind, now),
            Address = run.Actors.At,
            Inline = run.Actors.InlineAt,
            Bytes = DamagedParcels.Instance,
            Watch = run.ParcelObserver is { } observer ? observer.Parcel : null,
        };
    }

    /// <summary>
    /// Moment by the scheduler's clock at which the last parcel that is on its way arrives, in wall time.
    /// </summary>
    public TimeSpan LastArrival => _network.LastArrival;

    /// <summary>The links of the actor at an address.</summary>
    public Links Of(int address) => new(_network, address);

    /// <summary>From now on links ask another timeline.</summary>
    public void Follow(Timeline timeline) => _rules = _rules.With(timeline);

    /// <summary>
    /// The address whose links an actor has: the adversary has those of its coalition's first member.
    /// </summary>
    int PlaceOf(int address) => address == Addresses.Adversary ? _placeOfAdversary : address;
}
