using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Plans.Faults;

/// <summary>
/// Section <c>timeline</c> of a scenario with every draw made. The faults are a function of emulated time alone.
/// Every process that has the scenario therefore knows them without a message.
/// </summary>
public sealed class Timeline
{
    readonly TimeSpan[] _linkMoments;
    readonly Effect[][] _onLinks;
    readonly Effect[] _sets;

    /// <summary>A timeline of these effects.</summary>
    public Timeline(IEnumerable<Effect> effects)
    {
        Effects = [.. effects];
        Edges = EdgesOf(Effects);
        _sets = [.. Effects.Where(e => e.What is FaultSpec.Set)];
        _linkMoments = MomentsOf(Effects.Where(e => e.OnLinks));
        _onLinks = Array.ConvertAll(_linkMoments, t => Effects.Where(e => e.OnLinks && e.At(t)).ToArray());
    }

    /// <summary>The timeline of a scenario.</summary>
    public static Timeline Of(Scenario scenario) => TimelineDraw.Of(scenario, Roster.Draw(scenario));

    /// <summary>Every effect of the run, by its start.</summary>
    public ImmutableArray<Effect> Effects { get; }

    /// <summary>Beginnings and ends of all effects by time. At one moment ends come before beginnings.</summary>
    public ImmutableArray<FaultEdge> Edges { get; }

    /// <summary>The faults of the ledger.</summary>
    public LedgerFaultSchedule Ledger => new([.. Effects.Where(e => e.OnLedger)]);

    /// <summary>The effects that hold on links at a moment, by their start.</summary>
    public ReadOnlySpan<Effect> OnLinks(TimeSpan now)
    {
        if (_linkMoments.Length == 0)
        {
            return [];
        }
        var at = Array.BinarySearch(_linkMoments, now);
        at = at < 0 ? ~at - 1 : at;
        return at < 0 ? [] : _onLinks[at];
    }

    /// <summary>
    /// What a ledger that closes a block at a moment sets: the actions <c>set</c> that hold then, the later over the
    /// earlier. Null when the numbers in force are these.
    /// </summary>
    /// <param name="start">The mechanism's numbers at the start of the run.</param>
    /// <param name="inForce">Its numbers in the block that closes.</param>
    /// <param name="now">The moment.</param>
    public MechanismChange? ChangeOf(MechanismParameters start, MechanismParameters inForce, TimeSpan now)
    {
        if (_sets.Length == 0)
        {
            return null;
        }
        // A tau that a controller moves is not set.
        var from = start.Adaptive is null ? start : start with { Tau = inForce.Tau };
        return MechanismChange.Between(
            inForce, _sets.Where(e => e.At(now)).Aggregate(from, (p, e) => ((FaultSpec.Set)e.What).Change.Apply(p)));
    }

    /// <summary>True when a neuron is paused at a moment, or resumes at this very moment.</summary>
    public bool StandsStill(TimeSpan at) =>
        Effects.Any(e => e.What is FaultSpec.Pause && e.Start <= at && at <= e.End);

    /// <summary>True when neurons disconnect after a moment and not after another.</summary>
    public bool DisconnectsBetween(TimeSpan after, TimeSpan until) =>
        Effects.Any(e => e.What is FaultSpec.Disconnect && e.Start > after && e.Start <= until);

    /// <summary>The faults of one neuron.</summary>
    public FaultSchedule Of(int neuron) => new([.. Effects.Where(e => e.OnNeurons && e.Concerns(neuron))]);

    /// <summary>The moments at which one of these effects begins or ends, ascending.</summary>
    internal static TimeSpan[] MomentsOf(IEnumerable<Effect> effects) =>
    [
        .. effects.SelectMany(e => new[] { e.Start, e.End }).Where(t => t < TimeSpan.MaxValue).Distinct().Order(),
    ];

    /// <summary>The first of these ascending moments after <paramref name="now"/>; null when there is none.</summary>
    internal static TimeSpan? NextAfter(TimeSpan[] moments, TimeSpan now) =>
        moments.Where(t => t > now).Select(t => (TimeSpan?)t).FirstOrDefault();

    static ImmutableArray<FaultEdge> EdgesOf(IEnumerable<Effect> effects) =>
    [
        .. effects.SelectMany(e => new[] { new FaultEdge(e.Start, e, true), new FaultEdge(e.End, e, false) })
            .Where(t => t.At < TimeSpan.MaxValue).OrderBy(t => t.At).ThenBy(t => t.Begins),
    ];
}
