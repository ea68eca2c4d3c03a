using System.Collections.Immutable;
using System.Text.Json;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Cli;
using BitTensor.Cli.Run;
using BitTensor.Cluster;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// Every invariant trips on a state that breaks it, and a run that comes to one stops, says so, and can be run again.
/// </summary>
public sealed class InvariantSpec
{
    const string Crowd =
        """
        version: 1
        name: crowd
        seed: 2
        duration: 8 blocks
        mechanism: { temperature: 0.1 }
        populations: [{ name: a, count: 4, model: { kind: quadratic } }]
        network: { default: { latency: 20 ms } }
        audit: { every: never }
        """;

    static readonly Market Before = Market.Genesis(
        [.. Enumerable.Range(0, 3).Select(_ => WeightRow.Dense([0.5, 0.25, 0.25]))], [1, 2, 3],
        new MechanismParameters());

    [Fact]
    public void A_block_as_the_ledger_makes_it_breaks_none() => Assert.Null(Broken(b => b, after: null));

    public static TheoryData<Invariant, string> LedgerCases => new()
    {
        { Invariant.Finite, "a rank that is NaN" }, { Invariant.Finite, "infinite stake" },
        { Invariant.Emission, "twice the mint" },
        { Invariant.Emission, "one neuron's emission given to another" }, { Invariant.Emission, "stake from nowhere" },
        { Invariant.Emission, "negative stake" },
        { Invariant.RowsOnSimplex, "a row that sums to more" }, { Invariant.RowsOnSimplex, "a negative weight" },
        { Invariant.BoundedStep, "a leap" },
        { Invariant.OneOwner, "a row that changes by itself" },
        { Invariant.OneOwner, "a submission that is not applied" },
        { Invariant.OneOwner, "two submissions of one neuron" }, { Invariant.OneOwner, "a submission of a stranger" },
        { Invariant.HashChain, "another predecessor" }, { Invariant.HashChain, "another hash" },
        { Invariant.HashChain, "a height left out" },
    };

    [Theory]
    [MemberData(nameof(LedgerCases))]
    public void A_block_that_breaks_one_is_named(Invariant invariant, string what)
    {
        ImmutableArray<double> Set(ImmutableArray<double> values, int i, double value) => values.SetItem(i, value);
        var moved = WeightRow.Dense([0.45, 0.3, 0.25]);
        var violation = what switch
        {
            "a rank that is NaN" => Broken(b => b with { Rank = Set(b.Rank, 1, double.NaN) }),
            "infinite stake" => Broken(b => b with { Stake = Set(b.Stake, 0, double.PositiveInfinity) }),
            "twice the mint" => Broken(b => b with { Mint = 2 * b.Mint }),
            "one neuron's emission given to another" =>
                Broken(b => b with { Emission = [b.Emission[1], b.Emission[0], b.Emission[2]] }),
            "stake from nowhere" => Broken(b => b, MarketWith(stake: [9, 2, 3])),
            "negative stake" => BrokenFrom(Market.Genesis(
                [.. Enumerable.Range(0, 3).Select(_ => WeightRow.Dense([0.5, 0.25, 0.25]))], [0, 0, 1],
                new MechanismParameters { Tau = -1 })),
            "a row that sums to more" => Broken(b => b, null, (0, WeightRow.Dense([0.5, 0.25, 0.26]))),
            "a negative weight" => Broken(b => b, null, (0, WeightRow.Dense([0.55, 0.5, -0.05]))),
            "a leap" => Broken(b => b, null, (0, WeightRow.Dense([1, 0, 0]))),
            "a row that changes by itself" => Broken(b => b, MarketWith(row: moved)),
            "a submission that is not applied" => Broken(b => b with { Submissions = [Entry(0, 0, moved)] }),
            "two submissions of one neuron" =>
                Broken(b => b with { Submissions = [Entry(0, 0, moved), Entry(1, 0, moved)] }, MarketWith(row: moved)),
            "a submission of a stranger" =>
                Broken(b => b with { Submissions = [Entry(0, 2, moved)] }, MarketWith(row: moved)),
            "another predecessor" => Broken(b => b with { PreviousHash = "elsewhere" }),
            "another hash" => Broken(b => b with { Hash = "other" }),
            _ => Broken(b => b with { Height = 7 }),
        };
        Assert.NotNull(violation);
        Assert.Equal(invariant, violation.Invariant);
        Assert.NotEmpty(violation.State);
    }

    [Fact]
    public void Messages_that_end_more_often_than_they_begin_are_noticed_at_once_and_those_that_do_not_end_at_the_end()
    {
        MessageAccounts Counted(params (string Outcome, long Count)[] counts)
        {
            var accounts = new MessageAccounts();
            foreach (var (outcome, count) in counts)
            {
                accounts.Add(new("backward", outcome, count));
            }
            accounts.Add(new("query", "answered", 3));
            return accounts;
        }
        var good = Counted(
            ("sent", 5), ("sent/duplicated", 2), ("sent/replayed", 1), ("delivered/trained", 4), ("dropped/loss", 2),
            ("dead/crashed", 2));
        Assert.Null(good.AtBlock(1) ?? good.AtBlock(2) ?? good.AtEnd(2));
        var doubled = Counted(("sent", 5), ("delivered/trained", 5), ("delivered/duplicate", 1));
        Assert.Null(doubled.AtBlock(1));
        Assert.Equal(Invariant.Accounting, doubled.AtBlock(2)?.Invariant);
        Assert.Equal(Invariant.Accounting, doubled.AtEnd(2)?.Invariant);
        var lost = Counted(("sent", 5), ("delivered/trained", 4));
        Assert.Null(lost.AtBlock(1) ?? lost.AtBlock(2));
        Assert.Equal(Invariant.Accounting, lost.AtEnd(2)?.Invariant);
    }

    [Theory]
    [InlineData("90 90 0 0 0 0 0 0 0 0 0 0 0 0", 0, true)]
    [InlineData("90 90 0 0 0 0 0 0 0 0 0 0 0 1", 0, false)]
    [InlineData("90 90 0 0 1 0 0 0 0 0 0 0 0 0", 0, false)]
    [InlineData("0 0 0 0 0 0 0 0 0 0 0 0 0 0", 0, false)]
    [InlineData("90 90 0 0 0 0 0 0 0 0 0 0 0 0", 100, false)]
    [InlineData("30 30 0 0 0 0 0 0 0 0 0 0 0 0", 0, false)]
    [InlineData("0 190 0 0 0 0 0 0 0 0 0 0 0 0", 0, false)]
    public void Answers_that_do_not_come_back_after_the_last_fault_are_noticed(string answered, int later, bool broken)
    {
        // Faults from block 3 to the end of block 4, or longer.
        var watch = new HealingWatch([(25, 40 + 10 * later)]);
        var counts = answered.Split(' ').Select(long.Parse).ToArray();
        var found = counts.Select((count, k) => watch.AtBlock(k + 1, 10 * k, 10 * (k + 1), count)).OfType<Violation>()
            .ToArray();
        Assert.Equal(broken, found.Length > 0);
        Assert.All(found, v => Assert.Equal(Invariant.Progress, v.Invariant));
    }

    [Theory]
    [InlineData(nameof(Mistake.LedgerLosesSubmissions), "submission")]
    [InlineData(nameof(Mistake.BackwardIsDoubled), "backward")]
    public void A_run_that_breaks_one_ends_with_70_and_a_dump_and_the_command_to_see_it_again(
        string mistake, string kind)
    {
        using var folder = new TemporaryFolder();
        using var error = new StringWriter();
        var options = new RunOptions { Folder = folder.Path };
        var session = new RunSession(
            new Terminal(TextWriter.Null, error, Live: false, Color: false), Stage.Read(Crowd), options,
            (scenario, run, _, interrupt) => Mistakes.Execute(Enum.Parse<Mistake>(mistake), scenario, run, interrupt),
            new NodeLabels());
        var (code, message) = Failure.Explain(Assert.Throws<CommandException>(() => session.Execute()));
        Assert.Equal(70, code);
        Assert.Contains("invariant Accounting", message, StringComparison.Ordinal);
        Assert.Contains(kind, message, StringComparison.Ordinal);
        using var dump = JsonDocument.Parse(File.ReadAllText(folder.File(RunFolder.ViolationFile)));
        Assert.Equal("Accounting", dump.RootElement.GetProperty("violation").GetProperty("invariant").GetString());
        var replay = dump.RootElement.GetProperty("replay").GetString()!;
        Assert.Contains(replay, message, StringComparison.Ordinal);
        // Without the mistake the same command comes through.
        Shell.Bta([.. replay.Split(' ')[1..], "--out", folder.File("again")]).Ends(0);
    }

    static Market MarketWith(double[]? stake = null, WeightRow? row = null)
    {
        var close = Before.Close([]);
        var rows = Enumerable.Range(0, 3).Select(i => i == 0 && row is not null ? row : Before.Row(i)).ToArray();
        return Market.At(1, rows, stake ?? close.Next.Stake.ToArray(), Before.Parameters);
    }

    static SubmissionEntry Entry(long arrival, int from, WeightRow row) =>
        new(arrival, from, new("run", 0, 0, row, [1, 2, 3]), null);

    static Violation? Broken(
        Func<LedgerBlock, LedgerBlock> damage, Market? after = null, (int Neuron, WeightRow Row)? forced = null)
    {
        var close = Before.Close([]);
        var market = after ?? close.Next;
        if (forced is { } change)
        {
            market = Forced(change.Neuron, change.Row);
        }
        var entries = forced is { } f ? ImmutableArray.Create(Entry(0, f.Neuron, f.Row)) : [];
        var block = LedgerBlock.Seal(0, 10, "genesis", close with { Next = market }, entries);
        return LedgerInvariants.Check(Before, market, damage(block), "genesis");
    }

    static Violation? BrokenFrom(Market before)
    {
        var close = before.Close([]);
        return LedgerInvariants.Check(before, close.Next, LedgerBlock.Seal(0, 10, "genesis", close, []), "genesis");
    }

    /// <summary>A market no door leads to: the row is put into it past every check.</summary>
    static Market Forced(int neuron, WeightRow row)
    {
        var market = Before.Close([]).Next;
        var rows = (WeightRow[])typeof(Market)
            .GetField("_rows", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
            .GetValue(market)!;
        rows[neuron] = row;
        return market;
    }
}
