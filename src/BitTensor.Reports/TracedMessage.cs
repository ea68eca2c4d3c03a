using System.Globalization;
using System.Text.Json.Serialization;

namespace BitTensor.Reports;

/// <summary>A message over a link, and what became of it. Times are emulated milliseconds since the start.</summary>
/// <param name="Block">Height of the block that was open when it was sent.</param>
/// <param name="From">Sender; -1 is the ledger, -6 the adversary of a coalition.</param>
/// <param name="To">Receiver; likewise.</param>
/// <param name="Number">
/// Counts the messages of this direction of this link from 0; a link's own copy has the number of what it copies.
/// </param>
/// <param name="Kind">As the journal names it.</param>
/// <param name="Origin"><c>sent</c>, or a link's copy: <c>sent/duplicated</c>, <c>sent/replayed</c>.</param>
/// <param name="Bytes">Size on the wire.</param>
/// <param name="SentMs">When it was sent, or copied.</param>
/// <param name="ArrivedMs">When it arrived; null when it did not, or not yet.</param>
/// <param name="EndedMs">When what became of it was settled; null when it was not yet.</param>
/// <param name="Outcome">
/// How it ended as the journal names it: <c>delivered/...</c>, <c>dropped/RULE</c>, <c>dead/...</c>; <c>on-its-way</c>
/// when it had not yet.
/// </param>
public sealed record TracedMessage(
    long Block, int From, int To, long Number, string Kind, string Origin, long Bytes, double SentMs, double? ArrivedMs,
    double? EndedMs, string Outcome)
{
    /// <summary>The outcome of a message that has none yet.</summary>
    public const string OnItsWay = "on-its-way";

    /// <summary>True when a rule of its link, or damage, ended it.</summary>
    [JsonIgnore]
    public bool IsLost => Outcome.StartsWith("dropped/", StringComparison.Ordinal);

    /// <summary>
    /// True when it arrived and its receiver had no use for it: refused, too late, a second time, or dead.
    /// </summary>
    [JsonIgnore]
    public bool IsInVain =>
        Outcome.StartsWith("dead/", StringComparison.Ordinal)
            || Outcome.StartsWith("delivered/refused-", StringComparison.Ordinal)
        || Outcome is "delivered/late" or "delivered/duplicate" or "delivered/stale" or "delivered/forgotten"
        or "delivered/unasked";

    /// <summary>
    /// An address for people: -1 is the ledger, below it only a coalition's adversary speaks over links.
    /// </summary>
    public static string NameOf(int address) => address switch
    {
        -1 => "ledger",
        < 0 => "adversary",
        _ => address.ToString(CultureInfo.InvariantCulture),
    };
}
