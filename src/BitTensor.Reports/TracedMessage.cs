using System.Globalization;
using System.Text.Json.Serialization;
using BitTensor.Parcels;

namespace BitTensor.Reports;

/// <summary>A message over a link and its outcome. Times are emulated milliseconds since the start.</summary>
/// <param name="Block">Height of the block that was open when it was sent.</param>
/// <param name="From">Sender; -1 is the ledger, -6 the adversary of a coalition.</param>
/// <param name="To">Receiver; likewise.</param>
/// <param name="Number">
/// Number of the message in this direction of the link, from 0; a link's own copy has the number of its original.
/// </param>
/// <param name="Kind">Kind, as in the journal.</param>
/// <param name="Origin"><c>sent</c>, or a link's copy: <c>sent/duplicated</c>, <c>sent/replayed</c>.</param>
/// <param name="Bytes">Size on the wire.</param>
/// <param name="SentMs">Time of sending or copying.</param>
/// <param name="ArrivedMs">Time of arrival; null without one.</param>
/// <param name="EndedMs">Time of the outcome; null while it has none.</param>
/// <param name="Outcome">
/// Outcome, as in the journal: <c>delivered/...</c>, <c>dropped/RULE</c>, <c>dead/...</c>; <c>on-its-way</c> while it
/// has none.
/// </param>
public sealed record TracedMessage(
    long Block, int From, int To, long Number, string Kind, string Origin, long Bytes, double SentMs, double? ArrivedMs,
    double? EndedMs, string Outcome)
{
    /// <summary>The outcome of a message in flight.</summary>
    public const string OnItsWay = "on-its-way";

    /// <summary>True when a rule of its link dropped it or damage ended it.</summary>
    [JsonIgnore]
    public bool IsLost => ParcelOutcome.Find(Outcome) is { IsLost: true };

    /// <summary>
    /// True when it arrived and its receiver did not use it: refused, late, duplicate, or receiver dead.
    /// </summary>
    [JsonIgnore]
    public bool IsInVain => ParcelOutcome.Find(Outcome) is { IsInVain: true };

    /// <summary>Text of an address: -1 is the ledger; below it only a coalition's adversary uses links.</summary>
    public static string NameOf(int address) => address switch
    {
        Addresses.Ledger => "ledger",
        < 0 => "adversary",
        _ => address.ToString(CultureInfo.InvariantCulture),
    };
}
