using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using BitTensor.Records;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>The tables of a run for other programs: SQL, JSON, Parquet, and the samples that read them.</summary>
public sealed class QuerySpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_query_gives_what_the_ledger_holds()
    {
        var run = _shell.SmallRun();
        using var reader = LedgerReader.Open(_shell.Path("run", RunFolder.LedgerFile));
        var rank = reader.Blocks().Last().Rank;
        var said = Shell.Bta(
            "query", run, "select neuron, rank from neurons where block = 3 order by neuron", "--format",
            "json").Ends(0);
        using var json = JsonDocument.Parse(said.Out);
        Assert.Equal(rank, json.RootElement.EnumerateArray().Select(r => r.GetProperty("rank").GetDouble()));

        // (5) in SQL: rank of the block from stake and weights of the block.
        var worst = Shell.Bta(
            "query", run,
            "with r as (select w.block, w.to as neuron, sum(n.stake * w.weight) / 5 as rank from weights w "
            + "join neurons n on n.block = w.block and n.neuron = w.from group by w.block, w.to) "
            + "select count(*) as n, max(abs(r.rank - n.rank)) < 1e-12 as same from r "
            + "join neurons n using (block, neuron)",
            "--format", "csv").Ends(0);
        Assert.Equal("n,same\n20,true\n", worst.Out);
    }

    [Fact]
    public void Tables_and_their_columns_are_listed_with_what_they_are()
    {
        var said = Shell.Bta("query", _shell.SmallRun()).Ends(0).Out;
        foreach (var (table, columns) in TableColumns.All)
        {
            Assert.Matches($@"(^|\n){table}\n", said);
            Assert.All(columns, c => Assert.Matches($@"\n  {c.Name} +[A-Z]+ +\S", said));
        }
    }

    [Fact]
    public void What_cannot_be_asked_says_why()
    {
        var run = _shell.SmallRun();
        var said = Shell.Bta("query", run, "select lost from blocks").Ends(64);
        Assert.Contains("lost", said.Error, StringComparison.Ordinal);
        Assert.Contains("bta query RUN", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
        Shell.Bta("query", run, "").Ends(64);
        Shell.Bta("query", _shell.Path("nowhere"), "select 1").Complains(74, "nowhere");
        Shell.Bta("export", run, "--format", "parquet", "--table", "blocks").Complains(64, "Parquet goes to files");
    }

    [Fact]
    public void A_query_comes_from_standard_input_and_a_missing_value_is_no_number()
    {
        var run = _shell.SmallRun();
        using var input = new StringReader("select loss, 'a,b' as c, 1/0.0 as x from neurons where block = 0 limit 1");
        var said = Shell.Bta(t => t with { In = input }, "query", run, "-", "--format", "csv").Ends(0);
        Assert.StartsWith("loss,c,x\n,\"a,b\",", said.Out, StringComparison.Ordinal);
        Assert.StartsWith(
            "[\n{\"loss\": null, \"c\": \"a,b\", \"x\": \"Infinity\"}",
            Shell.Bta(
                "query", run, "select loss, 'a,b' as c, 'Infinity'::double as x from neurons where block = 0 limit 1",
                "--format", "json").Ends(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_form_of_an_export_holds_the_same_values()
    {
        var run = _shell.SmallRun();
        Shell.Bta("export", run, "--format", "json", "--out", _shell.Path("json")).Ends(0);
        Shell.Bta("export", run, "--format", "parquet", "--out", _shell.Path("parquet")).Ends(0);
        foreach (var table in TableExport.OfNetworks)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(_shell.Path("json", $"{table}.json")));
            using var parquet = new TableReader(_shell.Path("parquet", $"{table}.parquet"));
            var lines = json.RootElement.EnumerateArray()
                .Select(r => string.Join('|', r.EnumerateObject().Select(p => $"{p.Name}={p.Value}"))).ToArray();
            Assert.NotEmpty(lines);
            Assert.Equal(
                parquet.Rows().Select(r => string.Join('|', parquet.Columns.Zip(r, (c, v) =>
                    $"{c}={(v is null ? "" : RowText.Of(v))}"))),
                lines);
        }
    }

    [SkippableFact]
    public void The_sample_in_Python_reads_a_run()
    {
        Shell.Bta("export", _shell.SmallRun(), "--out", _shell.Path("tables")).Ends(0);
        var said = Sample("python3", "read_run.py");
        Assert.Matches(@"^rank by \(5\): at most \d\.\de-\d+ from the ledger's in 4 blocks\n", said);
        Assert.Matches(@"\nblock 3  honest: 4 neurons, rank [0-9.]+%, loss [0-9.]+\n", said);
    }

    [SkippableFact]
    public void The_sample_in_one_file_of_CSharp_reads_a_run()
    {
        // The SDK builds it as a project of its own.
        Skip.IfNot(LongStories.Wanted, LongStories.Reason);
        Shell.Bta("export", _shell.SmallRun(), "--format", "json", "--out", _shell.Path("tables")).Ends(0);
        var said = Sample("dotnet", "read-run.cs", "run");
        Assert.Matches(@"emission by \(6\): at most \d\.\de[-+]?\d+ from the ledger's in 4 blocks\n", said);
        Assert.Matches(@"\nblock 3  honest: 4 neurons, rank [0-9.]+%, loss [0-9.]+\n", said);
    }

    /// <summary>Runs a sample over the exported tables, and returns what it prints.</summary>
    string Sample(string program, string file, params string[] before)
    {
        var start = new ProcessStartInfo(
            program, [.. before, Path.Combine(SourceTree.Root, "docs", "samples", file), _shell.Path("tables")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new SkipException($"{program} is not installed");
        }
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{output}\n{error.GetAwaiter().GetResult()}");
            return output.ReplaceLineEndings("\n");
        }
    }
}
