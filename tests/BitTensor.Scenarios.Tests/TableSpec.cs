using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>
/// Long lists from CSV files: the same entries as in the scenario, or errors with the place in the file.
/// </summary>
public sealed class TableSpec : IDisposable
{
    const string Base =
        """
        version: 1
        name: t
        seed: 1
        duration: 10 blocks
        populations:
          - { name: a, count: 6, zone: north }
          - { name: b, count: 2 }

        """;

    const string Links =
        """
        from,to,latency,loss,kind
        neuron 0,neuron 1,20 ms,1%,
        zone north,ledger,"{ distribution: uniform, low: 1 ms, high: 2 ms }",,submission
        a , b ,,"50%",any

        """;

    const string Inline =
        """
        network:
          links:
            - { from: neuron 0, to: neuron 1, latency: 20 ms, loss: 1% }
            - from: zone north
              to: ledger
              latency: { distribution: uniform, low: 1 ms, high: 2 ms }
              kind: submission
            - { from: a, to: b, loss: 50%, kind: any }

        """;

    readonly string _folder = Directory.CreateTempSubdirectory("table-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Reads the base scenario with a table beside it.</summary>
    ScenarioResult Load(string keys, string table, params string[] overrides)
    {
        File.WriteAllText(PathOf("table.csv"), table);
        return Load(Base + keys, overrides);
    }

    ScenarioResult Load(string text, params string[] overrides)
    {
        File.WriteAllText(PathOf("x.yaml"), text);
        return ScenarioFile.Load(PathOf("x.yaml"), [.. overrides.Select(o => new ScenarioOverride(o))]);
    }

    static Scenario Good(ScenarioResult read)
    {
        Assert.True(read.Errors.IsEmpty, string.Join('\n', read.Errors));
        return read.Value!;
    }

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("\n", "\uFEFF")]
    public void A_table_is_the_list_that_it_says(string lineEnd, string mark)
    {
        var table = Good(Load("network: { links: { file: table.csv } }", mark + Links.ReplaceLineEndings(lineEnd)));
        Assert.Equal(Good(Load(Base + Inline)).Network.Links.AsEnumerable(), table.Network.Links.AsEnumerable());
    }

    [Fact]
    public void A_column_may_name_a_key_of_a_nested_section()
    {
        File.WriteAllText(
            PathOf("people.csv"),
            "name,count,stake,training.iteration-interval,training.batch-size,strategy\n"
            + "a,6,2,3 s,8,\nb,1,0.5,,,\"[lazy, { name: delay, by: 1 ms }]\"\n");
        File.WriteAllText(PathOf("faults.csv"), "at,for,do.action,do.who\n2 blocks,1 block,crash,neuron 0\n");
        File.WriteAllText(PathOf("must.csv"), "property,holds\nmax loss of a < 1,always\n");
        var read = Good(Load(
            "version: 1\nname: t\nseed: 1\nduration: 10 blocks\npopulations: { file: people.csv }\n"
            + "timeline: { file: faults.csv }\nexpect: { file: must.csv }\n"));
        Assert.Equal(
            [new StakeSpec.Each(2), new StakeSpec.Each(0.5)], read.Populations.Select(p => p.Stake));
        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)], read.Populations.Select(
            p => p.Training.IterationInterval));
        Assert.Equal([8, 32], read.Populations.Select(p => p.Training.BatchSize));
        Assert.Equal(["honest", "lazy delay"], read.Populations.Select(
            p => string.Join(' ', p.Conduct.Strategies.Select(s => s.Name))));
        var crash = Assert.IsType<FaultSpec.Crash>(Assert.Single(read.Timeline).Do);
        Assert.Equal(new WhoSpec.Neurons("0"), crash.Of.Who);
        Assert.Equal("max loss of a < 1", Assert.Single(read.Expect).Text);
    }

    [Fact]
    public void Edges_of_a_topology_come_from_a_table_too()
    {
        var read = Good(Load("topology: { kind: edges, list: { file: table.csv } }", "b,a\n1,0\n2,7\n"));
        Assert.Equal([(0, 1), (7, 2)], Assert.IsType<TopologySpec.Edges>(read.Topology).List.AsEnumerable());
        Assert.Equal(
            "3:1:BTA021",
            Places(Load("topology: { kind: edges, list: { file: table.csv } }", "a,b\n0,1\n2,8\n")));
    }

    /// <summary>Line, column and code of every error, all of the table's file.</summary>
    string Places(ScenarioResult read)
    {
        Assert.Null(read.Value);
        Assert.All(read.Errors, e => Assert.Equal(PathOf("table.csv"), e.File));
        Assert.All(read.Errors, e => Assert.NotEmpty(e.Remedy));
        Assert.All(read.Errors, e => Assert.Contains(ErrorCodes.All, c => c.Code == e.Code));
        return string.Join(
            ' ', read.Errors.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Line}:{e.Column}:{e.Code}")));
    }

    [Theory]
    [InlineData("", "1:1:BTA019")]
    [InlineData("\n\n", "1:1:BTA019")]
    [InlineData("from,too\na,b\na,b\n", "1:6:BTA010")]
    [InlineData("from,,to\na,b,b\n", "1:6:BTA019")]
    [InlineData("from,to,from\na,b,b\n", "1:9:BTA011")]
    [InlineData("from,latency.value,latency\na,1 ms,1 ms\n", "1:20:BTA011")]
    [InlineData("from,to..x\na,b\n", "1:6:BTA026")]
    [InlineData("from,to\na,b,b\na,b\na\n", "2:5:BTA046 4:1:BTA046")]
    [InlineData("from,to\na,b\n,\n", "3:1:BTA019")]
    [InlineData("from,loss\na,1%\n\na,  200%\nc,x\n", "4:5:BTA016 5:1:BTA022 5:3:BTA014")]
    [InlineData("from,loss\r\na,1%\r\nneuron 8,\"200%\"\r\n", "3:1:BTA021 3:10:BTA016")]
    [InlineData("from,to\n\"a\n", "2:1:BTA046")]
    [InlineData("from,to\n\"a\" b,a\n", "2:5:BTA046")]
    [InlineData("from,to\na \"b\",a\n", "2:3:BTA046")]
    [InlineData("from,latency\na,\"{ distribution: constant }\"\n", "2:4:BTA012")]
    [InlineData("from,latency\na,\"{ distribution: uniform\"\n", "2:4:BTA001")]
    [InlineData("from,latency\na,\"{ distribution: constant,\n value: 1 }\"\n", "3:9:BTA015")]
    [InlineData("from,latency\na,\"{ distribution: constant, value: !!int 1 }\"\n", "2:37:BTA004")]
    [InlineData("from,to\na,\u0001\n", "2:3:BTA006")]
    public void What_is_wrong_with_a_table_is_said_with_its_line_and_column(string table, string expected) =>
        Assert.Equal(expected, Places(Load("network: { links: { file: table.csv } }", table)));

    [Fact]
    public void A_column_that_every_row_needs_is_missed_once() => Assert.Equal(
        "1:1:BTA012", Places(Load("expect: { file: table.csv }", "holds\nalways\nalways\n")));

    [Fact]
    public void Of_thousands_of_errors_the_first_hundred_are_said_and_how_many_there_are()
    {
        var rows = string.Concat(Enumerable.Repeat("nobody\n", 5000));
        var errors = Load("network: { links: { file: table.csv } }", "from\n" + rows).Errors;
        Assert.Equal(101, errors.Length);
        Assert.Equal(101, errors[99].Line);
        Assert.StartsWith("4900 more errors", errors[100].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ file: gone.csv }", "8:27:BTA040")]
    [InlineData("{ file: '' }", "8:27:BTA019")]
    [InlineData("{ file: table.csv, sha256: abc }", "8:46:BTA026")]
    [InlineData("{ file: table.csv, columns: 3 }", "8:38:BTA010")]
    [InlineData("table.csv", "8:19:BTA013")]
    public void A_table_that_cannot_be_had_is_named_where_the_scenario_names_it(string named, string expected)
    {
        var read = Load($"network: {{ links: {named} }}", Links);
        Assert.Equal(
            expected, string.Join(' ', read.Errors.Select(
                e => string.Create(CultureInfo.InvariantCulture, $"{e.Line}:{e.Column}:{e.Code}"))));
        Assert.All(read.Errors, e => Assert.Equal(PathOf("x.yaml"), e.File));
    }

    [Fact]
    public void A_table_with_another_hash_is_refused()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Links)));
        var keys = $"network: {{ links: {{ file: table.csv, sha256: {hash} }} }}";
        Good(Load(keys, Links));
        var error = Assert.Single(Load(keys, Links.Replace("20 ms", "21 ms", StringComparison.Ordinal)).Errors);
        Assert.Equal((ErrorCodes.Hash, 8, 46), (error.Code, error.Line, error.Column));
    }

    [Fact]
    public void Values_of_rows_and_the_file_itself_can_be_replaced()
    {
        const string named = "network: { links: { file: table.csv } }";
        var read = Good(Load(named, Links, "network.links[1].loss=7%"));
        Assert.Equal(
            [0.01, 0.07, 0.5], read.Network.Links.Select(l => ((LossSpec.Independent)l.Link.Loss).Probability));
        File.WriteAllText(PathOf("other.csv"), "from\nb\n");
        Assert.Single(Good(Load(named, Links, "network.links.file=other.csv")).Network.Links);
        var errors = Load(named, Links, "network.links[3].loss=7%").Errors;
        Assert.Equal(("--set", ErrorCodes.Override), (Assert.Single(errors).File, errors[0].Code));
    }

    /// <summary>Every list becomes a table, read back from a folder of its own.</summary>
    [Fact]
    public void A_saved_scenario_stands_alone_with_its_tables()
    {
        var scenario = Good(Load(
            FormatSpec.Everything
            + "\nsweep: { vary: [{ path: seed, values: 1, with: [{ path: b, values: '{ c: 1 }' }] }, "
            + "{ points: [{ name: p, set: [a=1, 'b=\"x\"'] }] }] }"));
        var other = Directory.CreateDirectory(PathOf("other")).FullName;
        ScenarioWriter.Save(Path.Combine(other, "kept.yaml"), scenario, mostInText: 0);
        Directory.Move(other, PathOf("moved"));
        Assert.Equal(
            [
                "kept.coalition.tactics.csv", "kept.expect.csv", "kept.network.links.csv", "kept.network.tables.csv",
                "kept.populations.csv", "kept.sweep.vary.csv", "kept.timeline.csv", "kept.yaml",
            ],
            Directory.EnumerateFiles(PathOf("moved")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var kept = Path.Combine(PathOf("moved"), "kept.yaml");
        Assert.Equal(ScenarioWriter.Write(scenario), ScenarioWriter.Write(Good(ScenarioFile.Load(kept, []))));
        Assert.Empty(SchemaCheck.Faults(
            JsonNode.Parse(ScenarioSchema.Json())!, SchemaCheck.Load(File.ReadAllText(kept))));
        File.AppendAllText(Path.Combine(PathOf("moved"), "kept.expect.csv"), "gini < 1,always\n");
        Assert.Equal(ErrorCodes.Hash, Assert.Single(ScenarioFile.Load(kept, []).Errors).Code);
    }

    /// <summary>As text five thousand links are too large for a scenario; as a table they are kept and read.</summary>
    [Fact]
    public void Thousands_of_links_and_edges_are_kept_beside_a_small_scenario()
    {
        var links = "from,to,latency\n" + string.Concat(Enumerable.Range(0, 5000).Select(
            k => string.Create(CultureInfo.InvariantCulture, $"neuron {k % 8},neuron {k / 8 % 8},{k + 1} ms\n")));
        File.WriteAllText(
            PathOf("edges.csv"), "a,b\n" + string.Concat(Enumerable.Repeat("0,1\n1,2\n", 1000)));
        var scenario = Good(Load(
            "network: { links: { file: table.csv } }\ntopology: { kind: edges, list: { file: edges.csv } }", links));
        Assert.Equal(5000, scenario.Network.Links.Length);
        Assert.Equal(
            ErrorCodes.TooLarge,
            Assert.Single(ScenarioFile.Parse(ScenarioWriter.Write(scenario), "x.yaml", []).Errors).Code);
        ScenarioWriter.Save(PathOf("kept.yaml"), scenario);
        // Five thousand links in the text would be half a megabyte.
        Assert.True(new FileInfo(PathOf("kept.yaml")).Length < 12_000);
        var again = Good(ScenarioFile.Load(PathOf("kept.yaml"), []));
        Assert.Equal(scenario.Network.Links.AsEnumerable(), again.Network.Links.AsEnumerable());
        Assert.Equal(
            ((TopologySpec.Edges)scenario.Topology).List.AsEnumerable(), ((TopologySpec.Edges)again.Topology).List);
        // The same without files, as tests and studies replace values.
        var other = Good(ScenarioFile.With(scenario, "x", [new ScenarioOverride("network.links[4999].latency=1 s")]));
        Assert.Equal(new LatencySpec.Constant(TimeSpan.FromSeconds(1)), other.Network.Links[4999].Link.Latency);
        Assert.Equal(scenario.Network.Links[4998], other.Network.Links[4998]);
    }

    [Fact]
    public void A_head_of_too_many_columns_is_refused_at_the_first_of_them()
    {
        var head = string.Join(',', Enumerable.Range(0, 200_000).Select(k => string.Create(
            CultureInfo.InvariantCulture, $"a{k:000000}")));
        var error = Assert.Single(Load("network: { links: { file: table.csv } }", head + "\n").Errors);
        Assert.Equal((ErrorCodes.TooLarge, 1, 8001), (error.Code, error.Line, error.Column));
    }

    [Fact]
    public void Arbitrary_damage_to_a_table_is_an_error_or_a_scenario_but_never_an_exception()
    {
        string[] junk = ["\"", ",", "\n", "\r", "{", "[", "'", "]", "!!x", "&a", "\t", "\u2028", "", "."];
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(
                CsCheck.Gen.Int[0, Links.Length - 1], CsCheck.Gen.Int[0, 12], CsCheck.Gen.Int[0, junk.Length - 1]),
            damage =>
            {
                var (at, cut, with) = damage;
                var table = Links[..at] + junk[with] + Links[Math.Min(Links.Length, at + cut)..];
                File.WriteAllText(PathOf("table.csv"), table);
                var result = ScenarioFile.Parse(
                    Base + "network: { links: { file: table.csv } }", PathOf("x.yaml"), []);
                Assert.NotEqual(result.Value is null, result.Errors.IsEmpty);
            },
            iter: 500, threads: 1);
    }
}
