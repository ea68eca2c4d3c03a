using System.Globalization;
using System.Text.Json;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Reports;

/// <summary>Writes the page of any folder that the program leaves, and an index of the folders below one.</summary>
public static class FolderReport
{
    static readonly string[] Heads = ["run", "verdict", "name", "seed", "blocks or trials", "what failed"];

    /// <summary>Writes figures and <c>report.html</c> of a folder anew.</summary>
    /// <param name="folder">Folder of a run, a sweep, a study, an equilibrium scenario or a fuzzing campaign.</param>
    /// <returns>Path of the page; null when the folder is none of these.</returns>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static string? Write(string folder)
    {
        // Commands in the page work from any directory.
        folder = Path.GetFullPath(folder);
        bool Has(string file) => File.Exists(Path.Combine(folder, file));
        if (Has(RunFolder.StudyTable))
        {
            FolderPages.WriteStudy(folder);
        }
        else if (Has(RunFolder.ScenarioFile))
        {
            WriteScenario(RunArchive.Open(folder));
        }
        else if (Has(RunFolder.VerdictFile) && IsFuzz(folder))
        {
            FolderPages.WriteFuzz(folder);
        }
        return Has(RunFolder.ReportFile) ? Path.Combine(folder, RunFolder.ReportFile) : null;
    }

    /// <summary>
    /// Writes <c>index.html</c>: a row per folder below with a verdict, newest first, each with its page.
    /// </summary>
    /// <returns>Path of the index and number of rows; null when there is no such folder below.</returns>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static (string Path, int Rows)? WriteIndex(string folder)
    {
        string[] found = [
            .. Directory.EnumerateFiles(folder, RunFolder.VerdictFile, SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(folder, RunFolder.ViolationFile, SearchOption.AllDirectories))
                .Select(f => Path.GetDirectoryName(f)!)
                .Distinct().OrderByDescending(StartOf).ThenByDescending(Path.GetFileName, StringComparer.Ordinal),
        ];
        if (found.Length == 0)
        {
            return null;
        }
        var page = new PageBuilder($"Runs below {folder}");
        page.Html("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Runs\"><table><caption><span>Runs, newest first</span></caption><thead><tr>"
            + string.Concat(Heads.Select(h => $"<th scope=\"col\">{h}</th>"))
            + "</tr></thead><tbody>");
        foreach (var run in found)
        {
            page.Html(Row(folder, run));
        }
        page.Html("</tbody></table></div>");
        var path = Path.Combine(folder, RunFolder.IndexFile);
        File.WriteAllText(path, page.Build($"<h1>{Counted.Of(found.Length, "run")} below {PageBuilder.Escaped(folder)}</h1>\n"));
        return (path, found.Length);
    }

    /// <summary>When a run began; of a folder that does not say so, when its verdict was written.</summary>
    static DateTimeOffset StartOf(string run)
    {
        DateTimeOffset written = File.GetLastWriteTimeUtc(Path.Combine(run, RunFolder.VerdictFile));
        try
        {
            return RunEnvironment.Read(run)?.StartedUtc ?? written;
        }
        catch (InvalidDataException)
        {
            return written;
        }
    }

    static void WriteScenario(RunArchive archive)
    {
        var read = archive.Scenario;
        if (read.Equilibrium is { } formulas)
        {
            EquilibriumReport.Rebuild(archive.Folder, formulas);
        }
        else if (read.Value is { Sweep: not null } swept && !archive.HasRun)
        {
            SweepReport.Rebuild(archive.Folder, swept);
        }
        else if (read.Value is { } scenario && archive.HasRun)
        {
            RunReport.Rebuild(archive.Folder, scenario, archive.Verdict);
        }
    }

    static bool IsFuzz(string folder)
    {
        using var verdict = FolderPages.ReadJson(Path.Combine(folder, RunFolder.VerdictFile));
        return verdict.RootElement.TryGetProperty("firstSeed", out _);
    }

    static string Row(string root, string run)
    {
        var name = Path.GetRelativePath(root, run);
        var link = File.Exists(Path.Combine(run, RunFolder.ReportFile))
            ? $"<a href=\"{string.Join('/', Path.Combine(name, RunFolder.ReportFile).Split('/', '\\').Select(Uri.EscapeDataString))}\">{PageBuilder.Escaped(name)}</a>"
            : PageBuilder.Escaped(name);
        var (verdict, cells) = Cells(run);
        return $"<tr><th scope=\"row\">{link}</th><td><span class=\"badge {verdict.ToLowerInvariant()}\">{verdict}</span></td>"
            + string.Concat(cells.Select(c => $"<td>{PageBuilder.Escaped(c)}</td>")) + "</tr>";
    }

    /// <summary>Names of what failed: properties, of a sweep each once, and what a campaign found.</summary>
    static IEnumerable<string> FailedIn(JsonElement root)
    {
        static IEnumerable<string> Names(JsonElement owner) =>
            owner.TryGetProperty("properties", out var properties)
                ? properties.EnumerateArray().Where(p => IsFail(p.GetProperty("outcome").GetString()))
                    .Select(p => p.GetProperty("name").GetString()!)
                : [];
        IEnumerable<JsonElement> Of(string member) =>
            root.TryGetProperty(member, out var entries) && entries.ValueKind == JsonValueKind.Array
                ? entries.EnumerateArray() : [];
        return Names(root).Concat(Of("rows").SelectMany(Names).Distinct())
            .Concat(Of("found").Select(f => f.GetProperty("finding").GetProperty("what").GetString()!).Distinct());
    }

    static bool IsFail(string? outcome) =>
        Enum.TryParse<Outcome>(outcome, ignoreCase: true, out var read) && read == Outcome.Fail;

    /// <summary>Verdict of a folder, and name, seed, size and what failed; a damaged file says so.</summary>
    static (string Verdict, string[] Cells) Cells(string run)
    {
        var path = Path.Combine(run, RunFolder.VerdictFile);
        if (!File.Exists(path))
        {
            return ("FAIL", ["", "", "", $"an invariant: {RunFolder.ViolationFile}"]);
        }
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var root = json.RootElement;
            string Of(params string[] names) => names
                .Select(n => root.TryGetProperty(n, out var value) ? value.ToString() : "")
                    .FirstOrDefault(t => t.Length > 0) ?? "";
            var word = Enum.TryParse<Outcome>(Of("verdict"), ignoreCase: true, out var outcome)
                ? OutcomeWords.Of(outcome)
                : root.TryGetProperty("found", out var found) && found.GetArrayLength() > 0 ? "FAIL"
                : "pass";
            return (word, [Of("run", "name"), Of("seed", "firstSeed"),
                Of("blocks", "trials", "seeds"), string.Join("; ", FailedIn(root))]);
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return ("unknown", ["", "", "",
                string.Create(CultureInfo.InvariantCulture, $"{RunFolder.VerdictFile} is damaged")]);
        }
    }
}
