using System.Globalization;
using System.Text;
using BitTensor.Parcels;

namespace BitTensor.Reports;

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
        AlignedText.Of(
            [[.. Columns.Select(c => c.Head)], .. messages.Select(m => Columns.Select(c => c.Cell(m)).ToArray())],
            c => !Left[c]);

    /// <summary>CSV (RFC 4180), times in milliseconds with the digits needed to read them back exactly.</summary>
    public static string Csv(IEnumerable<TracedMessage> messages)
    {
        var text = new StringBuilder("block,from,to,number,kind,origin,bytes,sent_ms,arrived_ms,ended_ms,outcome\n");
        foreach (var m in messages)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{m.Block},{m.From},{m.To},{m.Number},{m.Kind},{m.Origin},{m.Bytes},");
            text.Append(CultureInfo.InvariantCulture, $"{m.SentMs:R},{m.ArrivedMs:R},{m.EndedMs:R},{m.Outcome}\n");
        }
        return text.ToString();
    }

    static string Seconds(double? ms) =>
        ms is { } time ? (time / 1000).ToString("0.000000", CultureInfo.InvariantCulture) : "-";
}
