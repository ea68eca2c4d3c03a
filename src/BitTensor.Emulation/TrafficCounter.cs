using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace BitTensor.Emulation;

/// <summary>Messages by kind and outcome. Every message sent ends in exactly one outcome, so per kind: sent = sum of the others + in flight.</summary>
public sealed class TrafficCounter
{
    readonly Dictionary<(string Kind, string Outcome), long> _counts = [];

    /// <summary>Parcels counted as sent so far, over all kinds.</summary>
    public long Sent { get; private set; }

    /// <summary>Parcels counted as ended so far, over all kinds: delivered or dropped.</summary>
    public long Ended { get; private set; }

    /// <summary>Counts one parcel.</summary>
    public void Count(ParcelKind kind, string outcome)
    {
        if (outcome == "sent")
        {
            Sent++;
        }
        else
        {
            Ended++;
        }
        Count(Names[(int)kind], outcome, 1);
    }

    /// <summary>Counts something that is not a parcel, under a name of the caller's.</summary>
    public void Count(string kind, string outcome, long count)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, (kind, outcome), out _) += count;
    }

    /// <summary>Takes the counts since the last call, ordered by kind and outcome, and starts again at zero.</summary>
    public ImmutableArray<(string Kind, string Outcome, long Count)> Take()
    {
        var ordered = _counts.OrderBy(c => c.Key.Kind, StringComparer.Ordinal).ThenBy(c => c.Key.Outcome, StringComparer.Ordinal);
        ImmutableArray<(string, string, long)> taken = [.. ordered.Select(c => (c.Key.Kind, c.Key.Outcome, c.Value))];
        _counts.Clear();
        return taken;
    }

    static readonly string[] Names = ["forward", "forward-reply", "backward", "submission", "receipt"];
}
