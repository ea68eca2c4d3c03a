using System.Globalization;
using System.Text;
using BitTensor.Parcels;

namespace BitTensor.Reports;

/// <summary>
/// A space-time diagram (Lamport 1978) as SVG: a line per address, time to the right, an arrow per message from sending
/// to arrival, a cross for a lost message.
/// </summary>
public sealed class SpaceTimeDiagram
{
    /// <summary>Most messages: more make a black picture.</summary>
    public const int MostMessages = 4000;

    const int Width = 1400;
    const int LeftEdge = 150;
    const int RightEdge = 24;
    const int Head = 104;
    const int Foot = 44;
    const int TickEvery = 110;
    const int BlockLabelEvery = 64;
    // Length of a lost message's stub: this share of the distance between the rows, and this many pixels in time.
    const double LostAcross = 0.45;
    const double LostAlong = 14;
    const double HeadLength = 8;
    const double HeadHalf = 3.2;

    static readonly double[] Steps = [1, 2, 5, 10];

    /// <summary>Colours of the kinds, from Okabe and Ito's palette.</summary>
    static readonly (string Kind, string Color)[] Kinds =
        [
            (ParcelKind.Forward.Name(), "#0072B2"), (ParcelKind.ForwardReply.Name(), "#009E73"),
            (ParcelKind.Backward.Name(), "#E69F00"), (ParcelKind.Submission.Name(), "#CC79A7"),
            (ParcelKind.Receipt.Name(), "#56B4E9"), (ParcelKind.Coalition.Name(), "#D55E00"),
        ];

    readonly StringBuilder _svg = new();
    readonly IReadOnlyList<TracedMessage> _messages;
    readonly IReadOnlyList<(long Height, double AtMs)> _blocks;
    readonly List<int> _rows;
    readonly double _fromMs;
    readonly double _toMs;
    readonly int _rowHeight;

    SpaceTimeDiagram(
        IReadOnlyList<TracedMessage> messages, IReadOnlyList<(long, double)> blocks, double fromMs, double toMs)
    {
        (_messages, _blocks, _fromMs, _toMs) = (messages, blocks, fromMs, toMs);
        _rows = [.. messages.SelectMany(m => new[] { m.From, m.To }).Distinct().Order()];
        _rowHeight = Math.Clamp(900 / Math.Max(1, _rows.Count), 16, 64);
    }

    int Height => Head + _rows.Count * _rowHeight + Foot;

    int Bottom => Height - Foot;

    /// <summary>Draws messages.</summary>
    /// <param name="title">Title above the picture.</param>
    /// <param name="messages">Messages sent or received in the window, at most <see cref="MostMessages"/>.</param>
    /// <param name="blocks">Closed blocks: height and emulated time of the close, milliseconds.</param>
    /// <param name="nameOf">Label of an address.</param>
    /// <param name="fromMs">Begin of the window, milliseconds.</param>
    /// <param name="toMs">Its end.</param>
    /// <exception cref="ArgumentException">The window is empty or holds too many messages.</exception>
    public static string Draw(
        string title, IReadOnlyList<TracedMessage> messages, IReadOnlyList<(long Height, double AtMs)> blocks,
        Func<int, string> nameOf, double fromMs, double toMs)
    {
        if (messages.Count > MostMessages)
        {
            throw new ArgumentException(
                $"{messages.Count} messages are more than a picture shows ({MostMessages}): name neurons, kinds, "
                + "fewer blocks or seconds.");
        }
        if (toMs <= fromMs)
        {
            throw new ArgumentException($"A picture from {fromMs} ms to {toMs} ms shows nothing.");
        }
        return new SpaceTimeDiagram(messages, blocks, fromMs, toMs).Draw(title, nameOf);
    }

    string Draw(string title, Func<int, string> nameOf)
    {
        Line(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" "
            + $"height=\"{Height}\" font-family=\"DejaVu Sans, sans-serif\" font-size=\"12\">");
        Line("<defs>");
        Line(
            $"<clipPath id=\"window\"><rect x=\"{LeftEdge - 4}\" y=\"{Head - 12}\" "
            + $"width=\"{Width - LeftEdge - RightEdge / 2}\" height=\"{Bottom - Head + 24}\"/></clipPath>");
        Line("</defs>");
        Line($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Line($"<text x=\"16\" y=\"26\" font-size=\"16\">{Escaped(title)}</text>");
        DrawLegend();
        DrawBlocks();
        DrawRows(nameOf);
        DrawTime();
        Line("<g clip-path=\"url(#window)\" fill=\"none\" stroke-width=\"1.2\">");
        foreach (var message in _messages)
        {
            Draw(message);
        }
        Line("</g>");
        Line("</svg>");
        return _svg.ToString();
    }

    void DrawLegend()
    {
        var x = 16.0;
        foreach (var (kind, color) in Kinds.Where(k => _messages.Any(m => m.Kind == k.Kind)))
        {
            Line(
                $"<line x1=\"{Of(x)}\" y1=\"46\" x2=\"{Of(x + 34)}\" y2=\"46\" stroke=\"{color}\" "
                + $"stroke-width=\"1.6\"/>{ArrowHead(x, 46, x + 34, 46, color)}<text x=\"{Of(x + 42)}\" "
                + $"y=\"50\">{kind}</text>");
            x += 60 + 8 * kind.Length;
        }
        Line(
            $"<line x1=\"{Of(x)}\" y1=\"46\" x2=\"{Of(x + 34)}\" y2=\"46\" stroke=\"#555\" stroke-width=\"1.6\" "
            + $"stroke-dasharray=\"5 3\"/><text x=\"{Of(x + 42)}\" y=\"50\">arrives in vain: refused, late, again, or "
            + "nobody lives there</text>");
        x += 470;
        Line(
            $"<g stroke=\"#D00000\" stroke-width=\"1.8\">{Cross(x + 8, 46)}</g><text x=\"{Of(x + 20)}\" "
            + "y=\"50\">lost</text>");
    }

    void DrawBlocks()
    {
        var free = double.NegativeInfinity;
        foreach (var (height, at) in _blocks.Where(b => b.AtMs >= _fromMs && b.AtMs <= _toMs))
        {
            var x = X(at);
            Line(
                $"<line class=\"block\" x1=\"{Of(x)}\" y1=\"{Head - 10}\" x2=\"{Of(x)}\" y2=\"{Bottom}\" "
                + "stroke=\"#888\" stroke-dasharray=\"2 4\"/>");
            if (x - free >= BlockLabelEvery)
            {
                free = x;
                var anchor = x < LeftEdge + 40 ? "start" : x > Width - RightEdge - 40 ? "end" : "middle";
                Line(
                    $"<text x=\"{Of(x)}\" y=\"{Head - 18}\" text-anchor=\"{anchor}\" fill=\"#555\">block {height} "
                    + "closes</text>");
                free += 40;
            }
        }
    }

    void DrawRows(Func<int, string> nameOf)
    {
        foreach (var address in _rows)
        {
            var y = Of(Y(address));
            Line(
                $"<line class=\"actor\" x1=\"{LeftEdge}\" y1=\"{y}\" x2=\"{Width - RightEdge}\" y2=\"{y}\" "
                + "stroke=\"#bbb\"/>");
            Line(
                $"<text x=\"{LeftEdge - 10}\" y=\"{Of(Y(address) + 4)}\" "
                + $"text-anchor=\"end\">{Escaped(Short(nameOf(address)))}</text>");
        }
    }

    void DrawTime()
    {
        var step = StepOf((_toMs - _fromMs) / ((Width - LeftEdge - RightEdge) / TickEvery));
        for (var at = Math.Ceiling(_fromMs / step) * step; at <= _toMs; at += step)
        {
            var x = Of(X(at));
            Line(
                $"<line x1=\"{x}\" y1=\"{Bottom}\" x2=\"{x}\" y2=\"{Bottom + 5}\" stroke=\"#555\"/><text x=\"{x}\" "
                + $"y=\"{Bottom + 20}\" text-anchor=\"middle\" fill=\"#555\">{Of(at / 1000, "0.######")} s</text>");
        }
    }

    void Draw(TracedMessage message)
    {
        var color = Array.Find(Kinds, k => k.Kind == message.Kind).Color ?? "#000000";
        var (x1, y1) = (X(message.SentMs), Y(message.From));
        var title = Escaped(string.Create(
            CultureInfo.InvariantCulture,
            $"{message.Kind} {TracedMessage.NameOf(message.From)} to {TracedMessage.NameOf(message.To)}, "
            + $"{message.Bytes} bytes, {message.SentMs / 1000:0.000000} s: {message.Outcome}"));
        if (message.ArrivedMs is { } arrived)
        {
            var dash = message.IsInVain ? " stroke-dasharray=\"5 3\"" : "";
            var (xa, ya) = (X(arrived), Y(message.To));
            Line(
                $"<line class=\"message {message.Kind}\" x1=\"{Of(x1)}\" y1=\"{Of(y1)}\" x2=\"{Of(xa)}\" "
                + $"y2=\"{Of(ya)}\" stroke=\"{color}\"{dash}><title>{title}</title></line>"
                + ArrowHead(x1, y1, xa, ya, color));
            return;
        }
        var (x2, y2) = (x1 + LostAlong, y1 + LostAcross * (Y(message.To) - y1));
        var cross = message.IsLost ? $"<g stroke=\"#D00000\" stroke-width=\"1.6\">{Cross(x2, y2)}</g>" : "";
        Line(
            $"<g class=\"{(message.IsLost ? "lost" : "open")} {message.Kind}\"><title>{title}</title><line "
            + $"x1=\"{Of(x1)}\" y1=\"{Of(y1)}\" x2=\"{Of(x2)}\" y2=\"{Of(y2)}\" stroke=\"{color}\"/>{cross}</g>");
    }

    /// <summary>
    /// A triangle at the end of a line. It is a path of its own: markers make some renderers fail. A line without a
    /// length has no direction, and its head points to the right.
    /// </summary>
    static string ArrowHead(double x1, double y1, double x2, double y2, string color)
    {
        var length = Math.Sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1));
        var (dx, dy) = length > 0 ? ((x2 - x1) / length, (y2 - y1) / length) : (1, 0);
        var (xb, yb) = (x2 - HeadLength * dx, y2 - HeadLength * dy);
        return $"<path d=\"M{Of(x2)},{Of(y2)} L{Of(xb - HeadHalf * dy)},{Of(yb + HeadHalf * dx)} "
            + $"L{Of(xb + HeadHalf * dy)},{Of(yb - HeadHalf * dx)} z\" fill=\"{color}\"/>";
    }

    static string Cross(double x, double y) =>
        $"<path d=\"M{Of(x - 4)},{Of(y - 4)} L{Of(x + 4)},{Of(y + 4)} M{Of(x - 4)},{Of(y + 4)} "
        + $"L{Of(x + 4)},{Of(y - 4)}\"/>";

    double X(double ms) => LeftEdge + (ms - _fromMs) / (_toMs - _fromMs) * (Width - LeftEdge - RightEdge);

    double Y(int address) => Head + (_rows.IndexOf(address) + 0.5) * _rowHeight;

    /// <summary>The smallest of 1, 2, 5 times a power of ten that is at least this.</summary>
    static double StepOf(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return Array.Find(Steps, f => f * power >= least * (1 - 1e-9)) * power;
    }

    static string Short(string name) => name.Length <= 18 ? name : name[..17] + "…";

    static string Of(double value, string format = "0.##") => value.ToString(format, CultureInfo.InvariantCulture);

    static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    void Line(string text) => _svg.Append(text).Append('\n');
}
