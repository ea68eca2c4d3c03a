using Spectre.Console;
using Spectre.Console.Rendering;

namespace BitTensor.Cli;

/// <summary>
/// A text above what is redrawn. It first erases the line that is redrawn, and with it what the terminal echoed there:
/// the text would be written over both.
/// </summary>
/// <param name="text">The text.</param>
sealed class LinesAbove(string text) : Renderable
{
    const string EraseBelow = "\u001b[J";

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
    [
        Segment.Control(EraseBelow),
        .. ((IRenderable)new Text(text)).Render(options, maxWidth),
        Segment.LineBreak,
    ];
}
