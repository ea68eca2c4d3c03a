using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Faults;

/// <summary>Somebody's fate has come to a moment at which it changes, or the timeline is another one from now on.</summary>
sealed record FaultsChanged;

/// <summary>
/// Section <c>timeline</c> of a scenario with every draw made: what is going on is a function of emulated time alone, so whoever has the scenario
/// knows it, in whatever process, and nobody needs to be told.
/// </summary>
public sealed class Timeline
{
    readonly TimeSpan[] _linkTurns;
    readonly Effect[][] _onLinks;

    /// <summary>A timeline of these effects.</summary>
    public Timeline(IEnumerable<Effect> effects)
    {
        Effects = [.. effects];
        Turns = TurnsOf(Effects);
        _linkTurns = MomentsOf(Effects.Where(e => e.OnLinks));
        _onLinks = Array.ConvertAll(_linkTurns, t => Effects.Where(e => e.OnLinks && e.At(t)).ToArray());
    }

    /// <summary>The timeline of a scenario.</summary>
    public static Timeline Of(Scenario scenario) => TimelineDraw.Of(scenario, Roster.Draw(scenario));

    /// <summary>Every effect of the run, by its start.</summary>
    public ImmutableArray<Effect> Effects { get; }

    /// <summary>Everything that happens, in order.</summary>
    public ImmutableArray<Turn> Turns { get; }

    /// <summary>What the ledger meets.</summary>
    public LedgerFate Ledger => new([.. Effects.Where(e => e.OnLedger)]);

    /// <summary>What is going on with links at a moment, by its start.</summary>
    public ReadOnlySpan<Effect> OnLinks(TimeSpan now)
    {
        if (_linkTurns.Length == 0)
        {
            return [];
        }
        var at = Array.BinarySearch(_linkTurns, now);
        at = at < 0 ? ~at - 1 : at;
        return at < 0 ? [] : _onLinks[at];
    }

    /// <summary>True when a neuron stands still at a moment, or goes on in this very moment.</summary>
    public bool StandsStill(TimeSpan at) => Effects.Any(e => e.What is FaultSpec.Pause && e.Start <= at && at <= e.End);

    /// <summary>What a neuron meets.</summary>
    public Fate Of(int neuron) => new([.. Effects.Where(e => e.OnNeurons && e.Concerns(neuron))]);

    /// <summary>The moments at which one of these effects begins or is over, ascending.</summary>
    internal static TimeSpan[] MomentsOf(IEnumerable<Effect> effects) =>
        [.. effects.SelectMany(e => new[] { e.Start, e.End }).Where(t => t < TimeSpan.MaxValue).Distinct().Order()];

    /// <summary>What is over comes before what begins at the same moment.</summary>
    static ImmutableArray<Turn> TurnsOf(IEnumerable<Effect> effects) =>
    [
        .. effects.SelectMany(e => new[] { new Turn(e.Start, e, true), new Turn(e.End, e, false) })
            .Where(t => t.At < TimeSpan.MaxValue).OrderBy(t => t.At).ThenBy(t => t.Begins),
    ];
}
