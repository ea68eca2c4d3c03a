using System.Collections.Concurrent;
using System.Globalization;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>
/// Counts refusals by reason. Reports the first few of each reason, then every doubling of their number: a flood of
/// refusals does not flood the log, and a late one is not silent.
/// </summary>
public sealed class WireOutcomes(Action<WireRefusal, string> tell)
{
    const int ToldPerReason = 10;

    readonly ConcurrentDictionary<WireRefusal, long> _counts = new();

    /// <summary>Refusals of one reason so far.</summary>
    public long this[WireRefusal reason] => _counts.GetValueOrDefault(reason);

    /// <summary>Refusals so far, by reason.</summary>
    public IEnumerable<KeyValuePair<WireRefusal, long>> Counts => _counts;

    /// <summary>Counts one.</summary>
    public void Note(WireRefusal reason, string what)
    {
        var count = _counts.AddOrUpdate(reason, 1, static (_, n) => n + 1);
        if (count <= ToldPerReason)
        {
            tell(reason, what);
        }
        else if (long.IsPow2(count))
        {
            tell(
                reason,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} (number {count} of its kind; the next line comes at twice as many)"));
        }
    }
}
