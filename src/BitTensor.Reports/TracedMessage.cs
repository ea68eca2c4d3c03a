using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using BitTensor.Parcels;

namespace BitTensor.Reports;

/// <summary>A message over a link, and what became of it. Times are emulated milliseconds since the start.</summary>
/// <param name="Block">Height of the block that was open when it was sent.</param>
/// <param name="From">Sender; -1 is the ledger, -6 the adversary of a coalition.</param>
/// <param name="To">Receiver; likewise.</param>
/// <param name="Number">Counts the messages of this direction of this link from 0; a link's own copy has the number of what it copies.</param>
/// <param name="Kind">As the journal names it.</param>
/// <param name="Origin"><c>sent</c>, or a link's copy: <c>sent/duplicated</c>, <c>sent/replayed</c>.</param>
/// <param name="Bytes">Size on the wire.</param>
/// <param name="SentMs">When it was sent, or copied.</param>
/// <param name="ArrivedMs">When it arrived; null when it did not, or not yet.</param>
/// <param name="EndedMs">When what became of it was settled; null when it was not yet.</param>
/// <param name="Outcome">How it ended as the journal names it: <c>delivered/...</c>, <c>dropped/RULE</c>, <c>dead/...</c>; <c>on-its-way</c> when it had not yet.</param>
public sealed record TracedMessage(
    long Block, int From, int To, long Number, string Kind, string Origin, long Bytes, double SentMs, double? ArrivedMs, double? EndedMs, string Outcome)
{
    /// <summary>The outcome of a message that has none yet.</summary>
    public const string OnItsWay = "on-its-way";

    /// <summary>True when a rule of its link, or damage, ended it.</summary>
    [JsonIgnore]
    public bool IsLost => ParcelOutcome.Find(Outcome) is { IsLost: true };

    /// <summary>True when it arrived and its receiver had no use for it: refused, too late, a second time, or dead.</summary>
    [JsonIgnore]
    public bool IsInVain => ParcelOutcome.Find(Outcome) is { IsInVain: true };

    /// <summary>An address for people: -1 is the ledger, below it only a coalition's adversary speaks over links.</summary>
    public static string NameOf(int address) => address switch
    {
        Addresses.Ledger => "ledger",
        < 0 => "adversary",
        _ => address.ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>Traced messages as tables, in the order in which they were sent.</summary>
public static class TraceTable
{
    static readonly (string Head, Func<TracedMessage, string> Cell)[] Columns =
    [
        ("sent s", m => Seconds(m.SentMs)),
        ("block", m => m.Block.ToString(CultureInfo.InvariantCulture)),
        ("from", m => TracedMessage.NameOf(m.From)),
        ("to", m => TracedMessage.NameOf(m.To)),
        ("kind", m => m.Kind),
        ("bytes", m => m.Bytes.ToString(CultureInfo.InvariantCulture)),
        ("arrived s", m => Seconds(m.ArrivedMs)),
        ("ended s", m => Seconds(m.EndedMs)),
        ("outcome", m => m.Outcome),
        ("copy", m => ParcelOutcome.Find(m.Origin)!.Reason),
    ];

    static readonly bool[] Left = [false, false, false, false, true, false, false, false, true, true];

    /// <summary>Columns aligned, one line per message.</summary>
    public static string Text(IReadOnlyList<TracedMessage> messages) =>
        AlignedText.Of([[.. Columns.Select(c => c.Head)], .. messages.Select(m => Columns.Select(c => c.Cell(m)).ToArray())], c => !Left[c]);

    /// <summary>CSV (RFC 4180), times in milliseconds in as many digits as it takes to read them back exactly.</summary>
    public static string Csv(IEnumerable<TracedMessage> messages)
    {
        var text = new StringBuilder("block,from,to,number,kind,origin,bytes,sent_ms,arrived_ms,ended_ms,outcome\n");
        foreach (var m in messages)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{m.Block},{m.From},{m.To},{m.Number},{m.Kind},{m.Origin},{m.Bytes},{m.SentMs:R},{m.ArrivedMs:R},{m.EndedMs:R},{m.Outcome}\n");
        }
        return text.ToString();
    }

    static string Seconds(double? ms) => ms is { } time ? (time / 1000).ToString("0.000000", CultureInfo.InvariantCulture) : "-";
}
