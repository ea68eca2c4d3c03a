using System.Globalization;
using System.Text.Json;
using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>Pages of folders that hold a table and a figure, or a summary: studies of networks, and fuzzing.</summary>
static class FolderPages
{
    const int MostRows = 1000;

    /// <summary>Writes the page of a study of a network: its figure and its table.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static void WriteStudy(string folder)
    {
        var page = new PageBuilder($"Study in {folder}");
        page.Section("figure", "What the study found");
        var figure = Path.Combine(folder, RunFolder.StudyFigure);
        if (File.Exists(figure))
        {
            page.Html("<img class=\"study\" style=\"max-width:100%\" alt=\"The figure of the study; the table below has its numbers.\" "
                + $"src=\"data:image/png;base64,{Convert.ToBase64String(File.ReadAllBytes(figure))}\">");
        }
        page.Section("runs", "A row per run");
        using var table = new TableReader(Path.Combine(folder, RunFolder.StudyTable));
        var rows = table.Rows().Take(MostRows + 1).ToArray();
        page.Table(
            rows.Length > MostRows ? $"The first {MostRows} runs; bta export has all" : "Runs", table.Columns,
            rows.Take(MostRows).Select(r => (string[])[.. r.Select(Cell)]));
        File.WriteAllText(Path.Combine(folder, RunFolder.ReportFile), page.Build("<h1>A study of a network</h1>\n"));
    }

    /// <summary>
    /// Writes the page of a fuzzing campaign: what broke, the command to see it, and what was covered.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The summary is damaged.</exception>
    public static void WriteFuzz(string folder)
    {
        using var summary = ReadJson(Path.Combine(folder, RunFolder.VerdictFile));
        var root = summary.RootElement;
        var found = root.GetProperty("found").EnumerateArray().ToArray();
        var word = found.Length == 0 ? "pass" : "FAIL";
        var page = new PageBuilder($"Fuzzing: {word}");
        page.Section("found", "What broke an invariant");
        if (found.Length == 0)
        {
            page.Text("No seed broke an invariant.");
        }
        foreach (var trial in found)
        {
            var (finding, file) = (trial.GetProperty("finding"), trial.GetProperty("file").GetString());
            page.Html($"<h3>Seed {trial.GetProperty("seed")}: {PageBuilder.Escaped(finding.GetProperty("what").GetString()!)}</h3>")
                .Html($"<pre>{PageBuilder.Escaped(finding.GetProperty("text").GetString()!)}</pre>")
                .Commands($"bta run {PageBuilder.Argument(Path.Combine(folder, file!))}    # the smallest scenario found that breaks it");
        }
        page.Section("coverage", "What the scenarios had").Table(
            "Seeds by feature", ["feature", "seeds"],
            root.GetProperty("features").EnumerateObject().OrderByDescending(f => f.Value.GetInt64())
                .Select(f => (string[])[f.Name, f.Value.ToString()]));
        var head = $"<h1><span class=\"badge {word.ToLowerInvariant()}\">{word}</span> Fuzzing</h1>\n<p>{root.GetProperty("seeds")} of "
            + $"{root.GetProperty("wanted")} seeds from {root.GetProperty("firstSeed")}, {root.GetProperty("twice")} of them twice; "
            + $"{root.GetProperty("perMinute")} per minute</p>\n";
        File.WriteAllText(Path.Combine(folder, RunFolder.ReportFile), page.Build(head));
    }

    /// <summary>Reads a JSON file.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static JsonDocument ReadJson(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(path));
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} is damaged: {damage.Message}", damage);
        }
    }

    static string Cell(object? value) => value switch
    {
        double number => PageNumbers.Text(number),
        null => PageNumbers.Text(null),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
