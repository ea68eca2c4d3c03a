using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Records;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Networks that begin with a market of their own.</summary>
public sealed class FirstStateStory
{
    const string Few =
        """
        version: 1
        name: first
        seed: 3
        duration: 6 blocks
        mechanism: { temperature: 0.05, alpha: 1, step: 0.05, epsilon: 0.01 }
        populations:
          - { name: a, count: 3, model: { kind: quadratic }, initial-weights: none }
          - { name: b, count: 3, model: { kind: quadratic }, initial-weights: random }
          - { name: c, count: 2, model: { kind: quadratic }, initial-weights: self }
        audit: { every: never }
        """;

    [Fact]
    public void A_first_row_of_one_that_has_not_voted_is_not_bound_and_the_next_are()
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Few), new RunOptions { Folder = folder.Path });
        var found = LedgerVerifier.Verify(folder.Ledger);
        Assert.True(found.Ok, found.Problem);
        using var reader = LedgerReader.Open(folder.Ledger);
        var rows = reader.Header.Neurons.Select(n => n.Row).ToArray();
        Assert.All(rows[..3], row => Assert.True(row.IsZero));
        Assert.All(rows[6..], row => Assert.Equal(1, row.Values.ToArray().Max()));
        Assert.Equal(3, rows[3..6].Select(row => row.Values[0]).Distinct().Count());
        Assert.All(rows[3..6], row => Assert.Equal(1, row.Values.ToArray().Sum(), 1e-12));
        var first = 0;
        foreach (var entry in reader.Blocks().SelectMany(b => b.Submissions))
        {
            Assert.Null(entry.Refused);
            var (was, next) = (rows[entry.Submission.Neuron], entry.Submission.Row);
            first += was.IsZero ? 1 : 0;
            Assert.True(was.IsZero || WeightRow.Distance(was, next) <= 0.01);
            rows[entry.Submission.Neuron] = next;
        }
        Assert.Equal(3, first);
    }

    /// <summary>Numbers below 2^-1022 have fewer digits, so that their shares are no shares to nine digits.</summary>
    [Fact]
    public void Stake_of_a_few_digits_breaks_no_invariant()
    {
        using var folder = new TemporaryFolder();
        Stage.Run(
            "version: 1\nname: fuzz-180\nseed: 180\nduration: 1 blocks\npopulations:\n"
            + "  - { name: a, count: 6, stake: { distribution: pareto, least: 5E-324, shape: 0.5 }, "
            + "model: { kind: quadratic } }\n  - { name: d, count: 1, model: { kind: quadratic } }\n"
            + "topology: { kind: small-world }\naudit: { every: never }\n", new RunOptions { Folder = folder.Path });
        Assert.Null(LedgerVerifier.Verify(folder.Ledger).Problem);
    }

    /// <summary>
    /// 256 neurons, 20 of which vote, stakes over nine orders of magnitude: the shape of a real market. The miners
    /// never vote, so that only the rows of the file pay.
    /// </summary>
    [Fact]
    public void A_market_of_256_of_whom_20_vote_begins_as_it_was_and_pays_by_its_rows()
    {
        using var folder = new TemporaryFolder();
        WriteMarket(folder);
        var read = ScenarioFile.Load(folder.File("market.yaml"), []);
        Assert.True(read.Errors.IsEmpty, string.Join('\n', read.Errors));
        var scenario = read.Value!;
        var first = FirstState.Of(scenario, Roster.Draw(scenario));
        Assert.Equal(236, first.Rows.Count(row => row.IsZero));
        var run = folder.File("run");
        Directory.CreateDirectory(run);
        EmulationRun.Execute(scenario, new RunOptions { Folder = run });
        var ledger = Path.Combine(run, RunFolder.LedgerFile);
        var found = LedgerVerifier.Verify(ledger);
        Assert.True(found.Ok, found.Problem);
        using var reader = LedgerReader.Open(ledger);
        var block = reader.Blocks().First();
        Assert.Equal(first.Stake, block.Stake);
        Assert.Equal(Ranking.Rank(first.Rows, first.Stake), block.Rank);
        Assert.All(reader.Blocks(), b => Assert.Empty(b.Submissions));
    }

    static void WriteMarket(TemporaryFolder folder)
    {
        var dice = new RandomStream(15, "market");
        File.WriteAllLines(folder.File("stake.csv"), Enumerable.Range(0, 256)
            .Select(i => FormattableString.Invariant($"{i},{Math.Exp(4 * dice.NextNormal()):R}"))
            .Prepend("neuron,stake"));
        var weights = Enumerable.Range(0, 20).SelectMany(i =>
        {
            var row = Enumerable.Range(0, 80).Select(_ => dice.NextDouble()).ToArray();
            return row.Select((w, k) => FormattableString.Invariant($"{i},{(3 * k + 20 + i) % 256},{w / row.Sum():R}"));
        });
        File.WriteAllLines(folder.File("weights.csv"), weights.Prepend("from,to,weight"));
        File.WriteAllText(
            folder.File("market.yaml"),
            """
            version: 1
            name: market
            seed: 1
            duration: 2 blocks
            mechanism: { stake: share }
            populations: [{ name: all, count: 256, model: { kind: quadratic }, strategy: lazy, training: { iteration-interval: 20 s } }]
            state: { stake: { file: stake.csv }, weights: { file: weights.csv } }
            audit: { every: never }
            """);
    }
}
