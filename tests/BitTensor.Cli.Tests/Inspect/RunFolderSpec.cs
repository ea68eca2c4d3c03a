using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Reports;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>
/// docs/RUN-FOLDER.md against a real run folder: every file, table, column, record and outcome there is, and no other.
/// </summary>
public sealed class RunFolderSpec : IDisposable
{
    static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "RUN-FOLDER.md"));

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void It_names_every_file() =>
        Assert.Equal(
            // The digits are built in: this run reads no data from files.
            Directory.GetFiles(_shell.SmallRun()).Select(f => Path.GetFileName(f)).Append(RunFolder.DataFile).Order(),
            Names("Files").Order());

    [Fact]
    public void It_names_every_column_of_every_table_in_its_order()
    {
        var run = _shell.SmallRun();
        Assert.Equal(
            TableExport.OfNetworks.Order(),
            Headings("### ").Where(h => !h.Contains(' ', StringComparison.Ordinal)).Order());
        foreach (var table in TableExport.OfNetworks)
        {
            using var reader = new TableReader(Path.Combine(run, TableExport.Tables[table]));
            Assert.Equal(reader.Columns, Names(table));
        }
    }

    [Fact]
    public void What_bta_query_says_of_a_column_is_what_it_says()
    {
        Assert.Equal(TableExport.OfNetworks.Order(), TableColumns.All.Keys);
        Assert.All(
            TableColumns.All,
            table => Assert.Equal(
                table.Value.Select(c => $"| `{c.Name}` | {c.Doc} |"),
                Section(table.Key).Split('\n').SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|'))
                    .Skip(2)));
    }

    [Fact]
    public void It_names_every_column_of_the_ledger()
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(_shell.SmallRun(), RunFolder.LedgerFile)};Pooling=False");
        connection.Open();
        foreach (var table in new[] { "run", "neurons", "blocks", "submissions", "commitments", "registrations" })
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT name FROM pragma_table_info($table)";
            command.Parameters.AddWithValue("$table", table);
            using var reader = command.ExecuteReader();
            var columns = new List<string>();
            while (reader.Read())
            {
                columns.Add(reader.GetString(0));
            }
            Assert.Equal(columns, Names("ledger " + table));
        }
        Assert.All(
            Enum.GetNames<Refusal>(),
            name => Assert.Contains($"`{name}`", Section("ledger submissions"), StringComparison.Ordinal));
        Assert.All(
            Enum.GetNames<ServingRefusal>(),
            name => Assert.Contains($"`{name}`", Section("messages"), StringComparison.Ordinal));
    }

    [Fact]
    public void It_names_every_field_of_the_journal()
    {
        var documented = Regex.Matches(Section("journal.jsonl"), @"^\| `(\w+)` \| (.*) \|$", RegexOptions.Multiline)
            .ToDictionary(
                m => m.Groups[1].Value, m => m.Groups[2].Value.Replace("`", "", StringComparison.Ordinal).Split(", "));
        var seen = new Dictionary<string, HashSet<string>>();
        foreach (var line in File.ReadLines(Path.Combine(_shell.SmallRun(), RunFolder.JournalFile)))
        {
            using var json = JsonDocument.Parse(line);
            var names = json.RootElement.EnumerateObject().Select(p => p.Name).ToArray();
            Assert.Equal("record", names[0]);
            var record = json.RootElement.GetProperty("record").GetString()!;
            Assert.Equal(documented[record].Where(names.Contains), names[1..]);
            (seen.TryGetValue(record, out var fields) ? fields : seen[record] = []).UnionWith(names);
        }
        // Only what a key of the scenario asks for may be missing from every record of a kind.
        Assert.Equal(
            ["outside", "set", "joined", "shapley", "alone"],
            seen.SelectMany(s => documented[s.Key].Except(s.Value)));
    }

    [Fact]
    public void It_names_every_outcome_that_happens()
    {
        var documented = Regex.Matches(Section("messages"), @"^\| `([\w/-]+)` \| (.*?) \|", RegexOptions.Multiline)
            .Select(m => (Outcome: m.Groups[1].Value, Of: m.Groups[2].Value)).ToArray();
        using var reader = new TableReader(Path.Combine(_shell.SmallRun(), RunFolder.MessagesFile));
        var seen = reader.Rows().Select(r => (Kind: (string)r[1]!, Outcome: (string)r[2]!)).Distinct()
            .Where(s => s.Outcome != "sent").ToArray();
        Assert.True(seen.Length > 8);
        Assert.All(seen, s =>
        {
            var family = Regex.Replace(s.Outcome, "(?<=refused-).*", "REASON");
            Assert.Contains(
                documented,
                d => d.Outcome == family && (d.Of == "any" || d.Of.Contains($"`{s.Kind}`", StringComparison.Ordinal)));
        });
    }

    /// <summary><c>BTA_APPROVE=1 dotnet test --filter RunFolderSpec</c> writes the list anew.</summary>
    [Fact]
    public void Its_list_of_outcomes_is_what_the_code_declares()
    {
        var file = Path.Combine(SourceTree.Root, "docs", "RUN-FOLDER.md");
        var written = File.ReadAllText(file);
        var text = OutcomeList.In(written);
        if (Environment.GetEnvironmentVariable("BTA_APPROVE") == "1")
        {
            File.WriteAllText(file, text);
        }
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Every_declared_outcome_is_found_by_its_name() =>
        Assert.All(OutcomeList.Counted, d => Assert.Same(d.Outcome, ParcelOutcome.Find(d.Outcome.Name)));

    [Fact]
    public void Its_recipe_for_the_hash_of_the_journal_is_right()
    {
        var lines = File.ReadAllText(Path.Combine(_shell.SmallRun(), RunFolder.JournalFile)).Split('\n')[..^1];
        string Hash(bool audit) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Concat(
                lines.Where(l => l.Contains("\"record\":\"audit\"", StringComparison.Ordinal) == audit).Select(l =>
                    l + "\n")))));
        var verdict = RunVerdict.Read(_shell.Path("run"));
        Assert.Equal((verdict.JournalHash, verdict.AuditHash), (Hash(audit: false), Hash(audit: true)));
    }

    static IEnumerable<string> Headings(string mark) =>
        Text.Split('\n').Where(l => l.StartsWith(mark, StringComparison.Ordinal)).Select(l => l[mark.Length..]);

    /// <summary>The text below a heading, up to the next one.</summary>
    static string Section(string heading)
    {
        var lines = Text.Split('\n').SkipWhile(l => l.TrimStart('#').Trim() != heading).Skip(1);
        return string.Join('\n', lines.TakeWhile(l => !l.StartsWith('#')));
    }

    /// <summary>First cells of the section's first table.</summary>
    static string[] Names(string heading)
    {
        var table =
            Section(heading).Split('\n').SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|')).Skip(2);
        return [.. table.Select(l => l.Split('|')[1].Trim(' ', '`'))];
    }
}
