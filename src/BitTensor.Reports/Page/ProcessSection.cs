using System.Globalization;
using System.Text.Json;
using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>
/// Processes that died or joined: by the log of a cluster, and by the reports that the journal lacks.
/// </summary>
static class ProcessSection
{
    const int MostRows = 100;

    static readonly string[] Words = ["member", "Node {", "process", "epoch"];

    /// <summary>Adds the section.</summary>
    public static void AddTo(PageBuilder page, RunView view, string folder)
    {
        if (view.Overview.Silent.Count > 0)
        {
            page.Figure(new CurveFigure(
                "silent", "Neurons without a report",
                "A neuron whose process died does not report the block; what it sent and trained then is not counted.",
                "neurons",
                [new Curve("without a report", 0,
                    [.. view.Kept.Select(k => (double?)view.Overview.Silent.GetValueOrDefault(k))])])
            {
                X = [.. view.Blocks.Select(b => (double)b)],
            });
        }
        var rows = Notes(Path.Combine(folder, RunFolder.LogFile)).Take(MostRows).ToArray();
        if (rows.Length > 0)
        {
            page.Table("What the log says of processes", ["time", "level", "what"], rows);
        }
        else if (view.Overview.Silent.Count == 0)
        {
            page.Text("Every neuron reported every block: no process died.");
        }
    }

    /// <summary>Lines of the log about processes.</summary>
    static IEnumerable<string[]> Notes(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }
        foreach (var line in File.ReadLines(path)
            .Where(l => Array.Exists(Words, w => l.Contains(w, StringComparison.Ordinal))))
        {
            if (Read(line) is { } note)
            {
                yield return note;
            }
        }
    }

    static string[]? Read(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            string Of(string name) => root.TryGetProperty(name, out var value) ? value.ToString() : "";
            var text = Of("@mt");
            foreach (var property in root.EnumerateObject().Where(p => p.Name[0] != '@'))
            {
                text = text.Replace($"{{{property.Name}}}", property.Value.ToString(), StringComparison.Ordinal);
            }
            return text.StartsWith("Property ", StringComparison.Ordinal) ? null
                : [Of("@t"), Of("@l") is { Length: > 0 } l ? l : "Information", text];
        }
        catch (JsonException)
        {
            // The last line of a killed run may be cut.
            return null;
        }
    }
}
