using System.Collections.Immutable;
using BitTensor.Actors.Ledger;
using BitTensor.Actors.Run;
using BitTensor.Actors.Strategies;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>What each dishonest strategy does to a row of W, to what reaches the ledger, to F and to G.</summary>
public sealed class StrategiesSpec
{
    /// <summary>Neuron 0 follows the strategy; 1 and 2 are its friends, 3 and 4 its rivals.</summary>
    const string Five =
        """
        version: 1
        name: five
        seed: 3
        duration: 9 blocks
        mechanism: { epsilon: 0.5 }
        populations:
          - { name: own, count: 1, model: { kind: quadratic } }
          - { name: friends, count: 2, model: { kind: quadratic } }
          - { name: rivals, count: 2, stake: 2, model: { kind: quadratic } }
        """;

    static readonly double[] HonestRow = [0.1, 0.2, 0.1, 0.3, 0.3];

    /// <summary>A strategy, and the row it wants where an honest neuron wants <see cref="HonestRow"/>.</summary>
    public static TheoryData<string, double[]> Wanted => new()
    {
        { "honest", HonestRow },
        { "self-weight", [1, 0, 0, 0, 0] },
        { "{ name: cartel, members: [own, friends], share: 80% }", [0.2 / 3, 0.4, 0.4, 0.2 / 3, 0.2 / 3] },
        { "{ name: cartel, members: friends }", [0, 0.5, 0.5, 0, 0] },
        { "{ name: underweight, rivals: rivals, most: 20% }", [0.2, 0.4, 0.2, 0.1, 0.1] },
        { "{ name: underweight, rivals: rivals, most: 70% }", HonestRow },
        { "copy-weights", [0, 0.25, 0.25, 0.25, 0.25] },
        { "lazy", [0.2, 0.2, 0.2, 0.2, 0.2] },
        { "{ name: lazy, kind: uniform }", [0, 0.25, 0.25, 0.25, 0.25] },
        { "{ name: slow-walk, targets: rivals }", [0, 0, 0, 0.5, 0.5] },
        { "{ name: outbid, targets: [friends, rivals] }", [0, 0.25, 0.25, 0.25, 0.25] },
        { "{ name: tau-game, diagonal: 0.55 }", [0.55, 0.1, 0.05, 0.15, 0.15] },
        { "sybil-flood", [0.2, 0.2, 0.2, 0.2, 0.2] },
        { "last-mover", HonestRow },
        { "{ name: free-ride, kind: zeros }", HonestRow },
    };

    /// <summary>What is wrong with a submission, and by what name it is refused.</summary>
    public static TheoryData<string, Refusal> Malformed => new()
    {
        { "not-a-number", Refusal.NotFinite },
        { "negative", Refusal.Negative },
        { "sum", Refusal.RowNotNormalised },
        { "unknown-target", Refusal.BadShape },
        { "step", Refusal.StepTooLarge },
        { "foreign", Refusal.NotOwner },
        { "replay", Refusal.StaleBlock },
        { "signature", Refusal.BadSignature },
        { "stale", Refusal.StaleBlock },
        { "future", Refusal.FutureBlock },
        { "run", Refusal.WrongRun },
    };

    [Fact]
    public void Every_strategy_of_the_format_has_its_code() =>
        Assert.Equal(StrategySpec.Names.Order(StringComparer.Ordinal), StrategySet.Known.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Wanted))]
    public void A_strategy_that_decides_the_row_wants_a_row_of_its_own(string strategy, double[] expected)
    {
        var strategies = Following(strategy);
        var wanted = strategies.Wanted(View(), HonestRow);
        Assert.Equal(expected.Select(w => Math.Round(w, 12)), wanted.Select(w => Math.Round(w, 12)));
    }

    [Fact]
    public void A_cartel_s_noise_is_drawn_once_and_keeps_the_row_on_the_simplex()
    {
        var strategies = Following("{ name: cartel, members: friends, share: 60%, noise: 0.3 }");
        var (first, second) = (strategies.Wanted(View(), HonestRow), strategies.Wanted(View(), HonestRow));
        Assert.Equal(first, second);
        Assert.Equal(1, first.Sum(), 1e-12);
        Assert.NotEqual(first[1], first[2]);
    }

    [Fact]
    public void Slow_walk_stays_just_under_epsilon()
    {
        var strategies = Following("{ name: slow-walk, targets: rivals, pace: 99% }");
        var row = View().Block.Row;
        var next = Simplex.Bounded(row.Values, strategies.Wanted(View(), HonestRow), 0.01 * strategies.Pace);
        Assert.Equal(0.0099, WeightRow.Distance(row, row.With(next)), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_submission_is_refused_by_name_in_every_block(string kind, Refusal reason)
    {
        var strategies = Following($"{{ name: malformed, kind: {kind} }}");
        using var ledger = new SealedBlocks(Five);
        for (var block = 1; block < 4; block++)
        {
            Assert.Equal(reason, ledger.Judge(Assert.Single(strategies.Submissions(ledger.PenOf(0, HonestRow))!)));
            ledger.Close();
        }
    }

    [Fact]
    public void The_cycle_of_malformed_submissions_has_no_acceptance()
    {
        var strategies = Following("malformed");
        using var ledger = new SealedBlocks(Five);
        var reasons = Enumerable.Range(0, 11).Select(_ =>
        {
            var reason = ledger.Judge(Assert.Single(strategies.Submissions(ledger.PenOf(0, HonestRow))!));
            ledger.Close();
            return reason;
        }).ToList();
        Assert.DoesNotContain(null, reasons);
        Assert.Equal(10, reasons.Distinct().Count());
    }

    [Fact]
    public void Of_two_rows_for_one_block_one_counts_and_both_signatures_are_kept()
    {
        using var ledger = new SealedBlocks(Five);
        var rows = Following("equivocate").Submissions(ledger.PenOf(0, HonestRow))!;
        Assert.Equal([null, Refusal.TooFast], rows.Select(ledger.Judge));
        Assert.Equal(2, ledger.Entries.Count(e => e.Submission.Neuron == 0));
        Assert.Equal(HonestRow, ledger.Close().Row(0).Values.ToArray());
    }

    [Theory]
    [InlineData("{ name: free-ride, kind: zeros }", new float[] { 0, 0, 0, 0 })]
    [InlineData("{ name: free-ride, kind: constant, scale: 3 }", new float[] { 3, 3, 3, 3 })]
    [InlineData("poison-forward", new float[] { -1, -2, -3, -6 })]
    [InlineData("{ name: poison-forward, kind: scale, factor: 10 }", new float[] { 10, 20, 30, 60 })]
    [InlineData(
        "{ name: poison-forward, kind: not-a-number }", new float[] { float.NaN, float.NaN, float.NaN, float.NaN })]
    [InlineData("{ name: poison-forward, kind: shape }", new float[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData("{ name: bait-and-switch, at: 5 blocks }", new float[] { 1, 2, 3, 6 })]
    [InlineData("[self-weight, poison-forward, withhold-backward]", new float[] { -1, -2, -3, -6 })]
    public void A_strategy_that_decides_the_answer_changes_F(string strategy, float[] expected)
    {
        var strategies = Following(strategy);
        Assert.Equal(expected, AnswerOf(strategies, Honest));
    }

    [Fact]
    public void A_shift_is_some_standard_deviations_of_each_column_and_no_more()
    {
        // Columns (1, 3) and (2, 6) deviate by 1 and 2.
        var poison = new Poison(StrategySpec.Of("poison-forward", ("kind", "shift"), ("deviations", 1.5)));
        Assert.Equal([-0.5f, -1, 1.5f, 3], poison.Of(Honest).Values);
    }

    [Fact]
    public void Noise_belongs_to_its_query_and_a_cached_answer_to_the_first_one()
    {
        var noisy = Following("{ name: free-ride, scale: 2 }");
        Assert.Equal(AnswerOf(noisy, Honest, 7), AnswerOf(noisy, Honest, 7));
        Assert.NotEqual(AnswerOf(noisy, Honest, 7), AnswerOf(noisy, Honest, 8));
        var cached = Following("{ name: free-ride, kind: cached }");
        Assert.True(cached.Computes());
        Assert.Equal(Honest.Values, AnswerOf(cached, Honest));
        Assert.False(cached.Computes());
        Assert.Equal([1, 2, 3, 6, 1, 2], AnswerOf(cached, new Tensor(3, 2, [9, 9, 9, 9, 9, 9])));
        Assert.False(cached.Learns);
    }

    [Fact]
    public void Bait_and_switch_answers_zero_from_its_block_on_and_stops_learning()
    {
        var strategies = Following("{ name: bait-and-switch, at: 5 blocks }");
        strategies.Opens(4);
        Assert.True(strategies.Learns);
        strategies.Opens(5);
        Assert.Equal([0, 0, 0, 0], AnswerOf(strategies, Honest));
        Assert.False(strategies.Learns);
    }

    [Fact]
    public void Selective_serves_its_friends_and_who_bids_enough()
    {
        var strategies = Following("{ name: selective, members: friends, least-bid: 0.5 }");
        Assert.Equal(
            [null, ServingRefusal.Busy, null],
            new[] { (1, 0.0), (3, 0.4), (4, 0.5) }.Select(c => strategies.Refuses(c.Item1, c.Item2)));
        Assert.Equal(ServingRefusal.Busy, Following("{ name: selective, members: friends }").Refuses(4, 1e9));
    }

    [Fact]
    public void Gradients_are_turned_blown_up_stale_or_withheld()
    {
        static float[] Taught(StrategySet strategies, float value) =>
            strategies.Taught(1, () => new Tensor(1, 1, [value]))!().Values;
        Assert.Equal([-2], Taught(Following("poison-backward", "mlp"), 2));
        Assert.Equal([2e6f], Taught(Following("{ name: poison-backward, kind: scale, factor: 1e6 }", "mlp"), 2));
        Assert.Null(Following("withhold-backward").Taught(1, () => Honest));
        var stale = Following("{ name: poison-backward, kind: stale }", "mlp");
        Assert.Equal([2, 2, 3], new[] { 2f, 3, 4 }.SelectMany(v => Taught(stale, v)));
    }

    [Fact]
    public void Delays_are_of_one_kind_and_last_mover_waits_for_the_close()
    {
        var delay = Following("{ name: delay, kind: backward, by: 300 ms }");
        Assert.Equal(
            (0, 300),
            (delay.Holds(ParcelKind.ForwardReply).TotalMilliseconds,
            delay.Holds(ParcelKind.Backward).TotalMilliseconds));
        Assert.Equal(9.9, Following("last-mover").SubmitsAfter(TimeSpan.FromSeconds(10)).TotalSeconds, 9);
    }

    static Tensor Honest => new(2, 2, [1, 2, 3, 6]);

    static float[] AnswerOf(StrategySet strategies, Tensor honest, long sequence = 0) =>
        (
            strategies.Fake(new QueryId(1, sequence), honest.Rows, honest.Columns)
                ?? strategies.Answered(honest.Rows, () => honest)).Values;

    static StrategySet Following(string strategy, string model = "quadratic")
    {
        var plans = Roster.Draw(Stage.Read(
            Five.Replace("kind: quadratic", $"kind: {model}", StringComparison.Ordinal),
            $"populations.own.strategy={strategy}"));
        return new StrategySet(new StrategyContext(3, plans[0], plans));
    }

    static LedgerView View()
    {
        var scenario = Stage.Read(Five);
        var market = EmulationRun.HeaderOf(scenario, Roster.Draw(scenario)).Genesis();
        return new LedgerView(Announcements.Of(market, scenario.Mechanism, final: false)[0], scenario.Mechanism);
    }

    /// <summary>The ledger's own judgement, block by block.</summary>
    sealed class SealedBlocks : IDisposable
    {
        readonly Records.LedgerHeader _header;
        readonly NeuronKey _key = new(3, 0);
        OpenBlock _open;

        public SealedBlocks(string text)
        {
            var scenario = Stage.Read(text);
            _header = EmulationRun.HeaderOf(scenario, Roster.Draw(scenario));
            _open = new OpenBlock(_header, _header.Genesis(), Records.OpenCommitments.None);
            Close();
        }

        public IReadOnlyList<Records.SubmissionEntry> Entries => _open.Entries;

        public Refusal? Judge(LedgerMessage.SubmitWeights submission) => _open.Receive(0, submission);

        public Market Close()
        {
            var next = _open.Close().Next;
            _open = new OpenBlock(_header, next, Records.OpenCommitments.None);
            return next;
        }

        public SubmissionSigner PenOf(int neuron, double[] next)
        {
            var row = _open.Market.Row(neuron);
            return new SubmissionSigner(
                _key, _header.Run, neuron, _open.Market.Height, _header.Parameters.Epsilon, row, row.With(next));
        }

        public void Dispose() => _key.Dispose();
    }
}
