using System.Security.Cryptography;
using System.Text;

namespace BitTensor.Scenarios;

/// <summary>A table that stands in a file of its own, in place of a list.</summary>
/// <param name="File">Path, from the folder of the scenario.</param>
/// <param name="Sha256">SHA-256 of the file, hex; null for any content.</param>
sealed record TableReference(string File, string? Sha256);

/// <summary>The rows of a table as entries of a list.</summary>
/// <param name="Head">The names of the columns; a name with dots is a path of keys.</param>
/// <param name="Rows">A section per row; an empty cell states nothing.</param>
sealed record Table(IReadOnlyList<YamlScalar> Head, YamlList Rows);

/// <summary>
/// Reads tables: CSV with a head. Every cell keeps its place, so that what is wrong with it is said as of any other
/// value.
/// </summary>
static class TableFile
{
    /// <summary>Size limit of a file.</summary>
    public const int MaxBytes = 64 << 20;

    const int MostRows = 1_000_000;
    const int MostColumns = 1_000;
    const int LongestName = 200;

    // Faults beyond these say the same again.
    const int MostFaults = 20;

    /// <summary>The keys that name a table.</summary>
    public static readonly Section<TableReference> Reference = new Section<TableReference>(
        "table", "table", "A table in a file of its own.")
        .Required("file", Types.Path(), "A CSV file; the path starts at the folder of the scenario.",
            t => t.File, (t, v) => t with { File = v ?? "" })
        .Optional("sha256", new TextType("^[0-9a-f]{64}$", "64 hex digits", 64),
            "SHA-256 of the file; a file with another one is refused.", t => t.Sha256,
            (t, v) => t with { Sha256 = v });

    /// <summary>True for a section that names a table.</summary>
    public static bool IsNamed(YamlNode? node) => node is YamlMap map && map["file"] is not null;

    /// <summary>The table that a section names; null after an error.</summary>
    public static Table? Load(YamlNode named, ErrorList errors)
    {
        var faults = errors.Count;
        var s = new SectionReader(Reference, named, named.At, errors);
        var reference = Reference.Read(s);
        if (errors.Count > faults)
        {
            return null;
        }
        var path = errors.PathOf(reference.File);
        if (BytesOf(reference.File, path, s, errors) is not { } bytes)
        {
            return null;
        }
        if (reference.Sha256 is { } wanted && HashOf(bytes.Span) is var found && found != wanted)
        {
            errors.Add(
                s.PlaceOf("sha256"), ErrorCodes.Hash, $"{reference.File} is another file: its SHA-256 is {found}",
                "bring the file back, or leave sha256 out to take it as it is");
            return null;
        }
        return TextOf(bytes.Span, path, errors) is { } text
            ? Read(new CsvText(text, path, errors), path, errors)
            : null;
    }

    /// <summary>SHA-256, hex.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static ReadOnlyMemory<byte>? BytesOf(string name, string path, SectionReader s, ErrorList errors) =>
        errors.Attached(name) ?? FileBytes.Read(
            path, s.PlaceOf("file"), "table", MaxBytes, "leave rows out, or say with a population what many rows say",
            errors);

    static string? TextOf(ReadOnlySpan<byte> bytes, string path, ErrorList errors)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        if (YamlTree.FindControl(text) is not { } control)
        {
            return text;
        }
        errors.Add(
            control with { File = path }, ErrorCodes.Encoding, "a control character, or bytes that are not UTF-8",
            "save the file as plain UTF-8 text");
        return null;
    }

    static Table? Read(CsvText csv, string path, ErrorList errors)
    {
        var faults = errors.Count;
        if (csv.NextRow() is not { } head)
        {
            if (errors.Count == faults)
            {
                errors.Add(
                    new Place(1, 1, path), ErrorCodes.Empty, "the table is empty",
                    "begin with a line of column names, separated by commas");
            }
            return null;
        }
        CheckHead(head, errors);
        if (errors.Count > faults)
        {
            return null;
        }
        string[][] steps = [.. head.Select(h => h.Text.Split('.'))];
        var rows = new YamlList(new Place(1, 1, path));
        while (csv.NextRow() is { } cells && errors.Count - faults < MostFaults)
        {
            if (rows.Items.Count == MostRows)
            {
                errors.Add(cells[0].At, ErrorCodes.TooLarge, "more than a million rows", "use fewer");
                break;
            }
            if (RowOf(head, steps, cells, errors) is { } row)
            {
                rows.Items.Add(row);
            }
        }
        return errors.Count > faults ? null : new Table(head, rows);
    }

    static void CheckHead(List<YamlScalar> head, ErrorList errors)
    {
        if (head.Count > MostColumns)
        {
            errors.Add(
                head[MostColumns].At, ErrorCodes.TooLarge, "more than a thousand columns",
                "write a column per key of an entry, and an entry per row");
            return;
        }
        var names = head.Select(h => h.Text).ToList();
        for (var k = 0; k < names.Count; k++)
        {
            var (name, at) = (names[k], head[k].At);
            if (name.Length == 0 || name.Length > LongestName || name.Split('.').Contains(""))
            {
                var message = name.Length == 0 ? "a column without a name" : $"'{Shorten.Of(name)}' is no path of keys";
                errors.Add(at, name.Length == 0 ? ErrorCodes.Empty : ErrorCodes.Form, message, "name it by its key");
            }
            else if (names.FindIndex(n => Overlap(n, name)) is var first && first < k)
            {
                var message = $"'{Shorten.Of(name)}' says what column '{Shorten.Of(names[first])}' says";
                errors.Add(at, ErrorCodes.DuplicateKey, message, "keep one of them");
            }
        }
    }

    /// <summary>True when two paths are one, or one leads through the other.</summary>
    static bool Overlap(string one, string other) =>
        one == other || one.StartsWith(other + ".", StringComparison.Ordinal)
        || other.StartsWith(one + ".", StringComparison.Ordinal);

    static YamlMap? RowOf(List<YamlScalar> head, string[][] steps, List<YamlScalar> cells, ErrorList errors)
    {
        if (cells.Count != head.Count)
        {
            errors.Add(
                cells[Math.Min(head.Count, cells.Count - 1)].At, ErrorCodes.Csv,
                $"the row has {cells.Count} cells, the head {head.Count}",
                "write a cell per column; it may be empty, and one with a comma stands in quotes");
            return null;
        }
        var faults = errors.Count;
        var row = new YamlMap(cells[0].At);
        for (var k = 0; k < cells.Count; k++)
        {
            if (cells[k].Text.Length > 0 && ValueOf(cells[k], errors) is { } value)
            {
                Put(row, head[k], steps[k], value);
            }
        }
        if (row.Entries.Count == 0 && errors.Count == faults)
        {
            errors.Add(row.At, ErrorCodes.Empty, "every cell of the row is empty", "leave the row out");
        }
        return errors.Count == faults ? row : null;
    }

    /// <summary>A cell as a value: what begins as a section, a list or quoted text is read as YAML.</summary>
    static YamlNode? ValueOf(YamlScalar cell, ErrorList errors) =>
        cell.Text[0] is '{' or '[' or '"' or '\'' ? YamlTree.Read(cell.Text, errors, cell.PlaceOf(0)) : cell;

    static void Put(YamlMap row, YamlScalar name, string[] steps, YamlNode value)
    {
        foreach (var step in steps.SkipLast(1))
        {
            if (row[step] is not YamlMap below)
            {
                below = new YamlMap(value.At);
                row.Entries.Add((new YamlScalar(name.At, step, step), below));
            }
            row = below;
        }
        row.Entries.Add((new YamlScalar(name.At, steps[^1], steps[^1]), value));
    }
}

/// <summary>Files that a scenario names.</summary>
static class FileBytes
{
    /// <summary>The bytes of a file; null after an error.</summary>
    /// <param name="path">Path to open.</param>
    /// <param name="at">Where the scenario names it.</param>
    /// <param name="what">Noun for the file.</param>
    /// <param name="most">Most bytes; a whole number of MiB.</param>
    /// <param name="smaller">What to do about a file that is larger.</param>
    /// <param name="errors">Destination of errors.</param>
    public static ReadOnlyMemory<byte>? Read(
        string path, Place at, string what, int most, string smaller, ErrorList errors)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var large = stream.CanSeek && stream.Length > most;
            // What cannot seek may never end: one byte more than allowed is enough to know.
            var buffer = new byte[large ? 0 : stream.CanSeek ? stream.Length : most + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (!large && length <= most)
            {
                return buffer.AsMemory(0, length);
            }
            errors.Add(
                new Place(1, 1, path), ErrorCodes.TooLarge, $"the file is larger than {most >> 20} MiB", smaller);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(
                at, ErrorCodes.Unreadable, $"the {what} file cannot be read: {e.Message.TrimEnd('.')}",
                "the path starts at the folder of the scenario");
            return null;
        }
    }
}
