using System.Globalization;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>What an outsider can recompute who has nothing but the CSV files of a run and the paper.</summary>
public sealed class ExportSpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    const string Light =
        """
        version: 1
        name: light
        seed: 4
        duration: 12 blocks
        mechanism: { temperature: 0.1, step: 0.05, epsilon: 0.05 }
        populations:
          - { name: many, count: 9, model: { kind: quadratic } }
          - { name: rich, count: 2, stake: 5, strategy: self-weight, model: { kind: quadratic } }
        network: { default: { latency: 30 ms, loss: 3% } }
        """;

    public static TheoryData<string[]> Variants => new()
    {
        { [] },
        { ["mechanism.norm=l1", "topology={kind: random, degree: 4}"] },
        { ["mechanism.stake=share", "populations.many.weights=significance"] },
        { ["mechanism.emission=frozen", "populations.many.weights=uniform"] },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void From_the_CSV_alone_rank_emission_simplex_and_bound_follow(string[] overrides)
    {
        var tables = Export(Light, overrides);
        var (blocks, neurons, n) = (Table(tables, "blocks"), Table(tables, "neurons").ToLookup(r => r.Block), 11);
        var weights = Weights(tables, n);
        var scenario = ScenarioFile.Load(_shell.Path("run", "scenario.yaml"), []).Value!;
        var moved = 0;
        foreach (var block in blocks)
        {
            var rows = neurons[block.Block].OrderBy(r => r["neuron"]).ToArray();
            var (w, stake) = (weights[block.Block], rows.Select(r => r["stake"]).ToArray());
            var rank =
                Enumerable.Range(0, n).Select(j => Enumerable.Range(0, n).Sum(i => stake[i] * w[i, j]) / n).ToArray();
            AssertNear(rank, rows.Select(r => r["rank"]));
            var norm = scenario.Mechanism.Norm == Mechanism.InflationNorm.L1
                ? rank.Sum()
                : Math.Sqrt(rank.Sum(r => r * r));
            var emission = rank.Select(r => scenario.Mechanism.Emission ? block["tau"] * r / norm : 0).ToArray();
            AssertNear(emission, rows.Select(r => r["emission"]));
            AssertNear([emission.Sum()], [block["mint"]]);
            AssertNear(stake.Zip(emission, (s, e) => s + e), rows.Select(r => r["stake_next"]));
            AssertNear([rows.Sum(r => r["stake_next"])], [block["stake_total"]]);
            AssertNear(rank.Select(r => r / rank.Sum()), rows.Select(r => r["rank_share"]));
            AssertNear(Enumerable.Range(0, n).Select(i => w[i, i]), rows.Select(r => r["self_weight"]));
            if (neurons.Contains(block.Block + 1))
            {
                AssertNear(
                    rows.Select(r => r["stake_next"]),
                    neurons[block.Block + 1].OrderBy(r => r["neuron"]).Select(r => r["stake"]));
            }
            for (var i = 0; i < n; i++)
            {
                var row = Enumerable.Range(0, n).Select(j => w[i, j]).ToArray();
                Assert.All(row, x => Assert.InRange(x, 0, 1 + 1e-9));
                Assert.Equal(1, row.Sum(), 1e-9);
                if (block.Block > 0)
                {
                    var before = weights[block.Block - 1];
                    var change = Math.Sqrt(row.Select((x, j) => (x - before[i, j]) * (x - before[i, j])).Sum());
                    Assert.InRange(change, 0, scenario.Mechanism.Epsilon + 1e-9);
                    moved += change > 1e-6 ? 1 : 0;
                }
            }
        }
        Assert.Equal(13, blocks.Count);
        Assert.True(moved > 20, $"only {moved} rows moved at all");
        Assert.Equal(moved, (int)blocks.Sum(b => b["accepted"]), moved * 0.1);
    }

    [Fact]
    public void W_recorded_every_few_blocks_is_recorded_first_and_last_too()
    {
        var tables = Export(Light, ["record.weights-every=5 blocks"]);
        Assert.Equal([0, 5, 10, 12], Weights(tables, 11).Keys);
        Assert.Equal(13, Table(tables, "blocks").Count);
    }

    [Fact]
    public void Every_number_reads_back_as_it_was_and_one_table_goes_to_standard_output()
    {
        var tables = Export(Light, []);
        var ledgerRank = 0.0;
        using (var reader = Records.LedgerReader.Open(_shell.Path("run", "ledger.db")))
        {
            ledgerRank = reader.Blocks().Last().Rank[3];
        }
        Assert.Equal(ledgerRank, Table(tables, "neurons").Single(r => r.Block == 12 && r["neuron"] == 3)["rank"]);
        var said = Shell.Bta("export", _shell.Path("run"), "--table", "neurons").Ends(0);
        Assert.Equal(File.ReadAllText(Path.Combine(tables, "neurons.csv")), said.Out);
        Assert.StartsWith("block,neuron,population,stake,rank,loss,accuracy,", said.Out, StringComparison.Ordinal);
        Assert.StartsWith(
            "block,from,to,weight\n0,0,0,0.09090909090909091\n", File.ReadAllText(Path.Combine(tables, "weights.csv")),
            StringComparison.Ordinal);
    }

    string Export(string text, string[] overrides)
    {
        Shell.Bta([
            "run", _shell.Write("light.yaml", text), "--out", _shell.Path("run"),
            .. overrides.SelectMany(o => new[] { "--set", o })]).Ends(0);
        var said = Shell.Bta("export", _shell.Path("run"), "--format", "csv").Ends(0);
        Assert.Equal(5, said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        return _shell.Path("run", "csv");
    }

    static List<Row> Table(string folder, string name)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, name + ".csv"));
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(l => new Row(columns, l.Split(',')))];
    }

    static SortedDictionary<long, double[,]> Weights(string folder, int n)
    {
        var weights = new SortedDictionary<long, double[,]>();
        foreach (var row in Table(folder, "weights"))
        {
            weights.TryAdd(row.Block, new double[n, n]);
            weights[row.Block][(int)row["from"], (int)row["to"]] = row["weight"];
        }
        return weights;
    }

    static void AssertNear(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        var (e, a) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(e.Length, a.Length);
        Assert.All(e.Zip(a), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    sealed record Row(string[] Columns, string[] Cells)
    {
        public long Block => (long)this["block"];

        public double this[string column] =>
            double.Parse(Cells[Array.IndexOf(Columns, column)], CultureInfo.InvariantCulture);
    }
}
