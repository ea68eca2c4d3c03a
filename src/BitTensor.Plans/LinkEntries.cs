using System.Collections.Immutable;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>
/// Entries of <c>network.links</c>, found by the neurons at their ends: of thousands of entries for single links, a
/// parcel meets the few that name its sender or receiver, and those that name no neuron.
/// </summary>
sealed class LinkEntries
{
    const int Others = Addresses.None;

    readonly ImmutableArray<DirectedLinkSpec> _entries;
    readonly IReadOnlyList<NeuronPlan> _plans;

    // Positions by the neurons that an entry names at its ends, ascending.
    readonly Dictionary<(int From, int To), int[]> _positions;

    public LinkEntries(ImmutableArray<DirectedLinkSpec> entries, IReadOnlyList<NeuronPlan> plans)
    {
        (_entries, _plans) = (entries, plans);
        _positions = entries.Index().GroupBy(e => (NeuronOf(e.Item.From), NeuronOf(e.Item.To)))
            .ToDictionary(g => g.Key, g => g.Select(e => e.Index).ToArray());
    }

    /// <summary>Position of the last entry that matches a parcel; -1 for none.</summary>
    public int Last(int from, int to, ParcelKind kind)
    {
        if (_positions.Count == 0)
        {
            return -1;
        }
        var last = -1;
        foreach (var ends in (ReadOnlySpan<(int, int)>)[(from, to), (from, Others), (Others, to), (Others, Others)])
        {
            last = LastOf(ends, last, from, to, kind);
        }
        return last;
    }

    int LastOf((int From, int To) ends, int above, int from, int to, ParcelKind kind)
    {
        if (!_positions.TryGetValue(ends, out var positions))
        {
            return above;
        }
        for (var k = positions.Length - 1; k >= 0 && positions[k] > above; k--)
        {
            if (LinkRules.Matches(_entries[positions[k]], from, to, kind, _plans))
            {
                return positions[k];
            }
        }
        return above;
    }

    static int NeuronOf(EndSpec end) => end is EndSpec.Neuron neuron ? neuron.Id : Others;
}
