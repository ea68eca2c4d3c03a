using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Protocol;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// What links do to parcels: per population pair and direction, with the distributions the scenario names.
/// </summary>
public sealed class LinkRuleSpec
{
    const int Many = 20_000;

    [Theory]
    [InlineData("40 ms", 40, 0)]
    [InlineData("{ distribution: constant, value: 40 ms, jitter: 10 ms }", 45, 2.887)]
    [InlineData("{ distribution: uniform, low: 10 ms, high: 30 ms }", 20, 5.774)]
    [InlineData("{ distribution: normal, mean: 50 ms, deviation: 5 ms }", 50, 5)]
    [InlineData("{ distribution: lognormal, median: 20 ms, sigma: 0.5 }", 22.66, 12.08)]
    [InlineData("{ distribution: exponential, mean: 30 ms }", 30, 30)]
    public void Latency_has_the_mean_and_spread_of_its_distribution(string latency, double mean, double deviation)
    {
        var rules = Rules($"default: {{ latency: {latency} }}").Between(0, 1, ParcelKind.Forward);
        var ms = Enumerable.Range(0, Many).Select(k => Judge(rules, k).After.TotalMilliseconds).ToArray();
        var average = ms.Average();
        Assert.InRange(average, mean * 0.97, mean * 1.03);
        Assert.InRange(Math.Sqrt(ms.Average(v => (v - average) * (v - average))), deviation * 0.96, deviation * 1.04);
    }

    [Fact]
    public void No_latency_is_below_its_minimum()
    {
        var rules = Rules("default: { latency: { distribution: normal, mean: 5 ms, deviation: 10 ms, minimum: 2 ms } "
            + "}").Between(0, 1, ParcelKind.Forward);
        Assert.Equal(2, Enumerable.Range(0, Many).Min(k => Judge(rules, k).After.TotalMilliseconds));
    }

    [Fact]
    public void Loss_loses_the_share_it_names_and_says_so()
    {
        var rules = Rules("default: { loss: 20% }").Between(0, 1, ParcelKind.Forward);
        var lost = Enumerable.Range(0, Many).Select(k => Judge(rules, k)).Where(v => v.Dropped is not null).ToArray();
        Assert.InRange((double)lost.Length / Many, 0.19, 0.21);
        Assert.All(lost, v => Assert.Equal("dropped/loss", v.Dropped!.Name));
    }

    /// <summary>
    /// Entries by every sort of end and kind in a mixed order. The bandwidth of an entry names it, so that the rule
    /// shows which entry was found: it is the last one that speaks of the parcel, by a walk over all of them.
    /// </summary>
    [Fact]
    public void Of_many_entries_the_last_that_matches_rules_wherever_it_stands()
    {
        string[] ends = ["any", "ledger", "a", "b", "zone north", "neuron 0", "neuron 1", "neuron 2"];
        string[] kinds = ["any", "forward", "submission", "receipt"];
        var dice = new RandomStream(5, "entries");
        var entries = Enumerable.Range(1, 60)
            .Select(k => (
                From: ends[dice.NextInt(ends.Length)], To: ends[dice.NextInt(ends.Length)],
                Kind: kinds[dice.NextInt(kinds.Length)], Rate: k))
            .ToArray();
        var text = string.Join(
            ", ", entries.Select(e => $"{{ from: {e.From}, to: {e.To}, kind: {e.Kind}, bandwidth: {e.Rate} kB/s }}"));
        var rules = Rules($"links: [{text}]");
        foreach (var (from, to) in from f in Enumerable.Range(-1, 4) from t in Enumerable.Range(-1, 4) select (f, t))
        {
            foreach (var kind in (ParcelKind[])[ParcelKind.Forward, ParcelKind.Submission, ParcelKind.Receipt])
            {
                var last = entries.LastOrDefault(e =>
                    Is(e.From, from) && Is(e.To, to) && (e.Kind == "any" || e.Kind == kind.Name()));
                var found = rules.Between(from, to, kind);
                Assert.Equal(last.Rate > 0 ? 1 : 0, found.Count);
                Assert.Equal(last.Rate, last.Rate == 0 ? 0 : RateOf(found));
            }
        }
        // kB/s: a parcel of a MB takes 1000 s over the rate.
        static int RateOf(RuleList rules) => (int)Math.Round(
            1000 / rules[0].Fresh().Judge(
                new Parcel(0, 1, ParcelKind.Forward, 1_000_000, 0), TimeSpan.Zero, TimeSpan.Zero,
                new RandomStream(1, "test")).After.TotalSeconds);
        static bool Is(string end, int address) => end switch
        {
            "any" => true,
            "ledger" => address == Addresses.Ledger,
            "a" or "zone north" => address is 0 or 1,
            "b" => address == 2,
            _ => address >= 0 && end == $"neuron {address}",
        };
    }

    [Fact]
    public void Bandwidth_sends_parcels_one_after_another()
    {
        var rule = Rules("default: { bandwidth: 10 kB/s }").Between(0, 1, ParcelKind.Forward).Single().Fresh();
        var dice = new RandomStream(1, "test");
        TimeSpan At(int ms, long bytes) =>
            rule.Judge(
            new Parcel(0, 1, ParcelKind.Forward, bytes, 0), TimeSpan.FromMilliseconds(ms), TimeSpan.Zero, dice).After;
        Assert.Equal(TimeSpan.FromMilliseconds(100), At(0, 1000));
        Assert.Equal(TimeSpan.FromMilliseconds(200), At(0, 1000));
        Assert.Equal(TimeSpan.FromMilliseconds(250), At(50, 1000));
        Assert.Equal(TimeSpan.FromMilliseconds(10), At(1000, 100));
    }

    /// <summary>
    /// A parcel waits for the bandwidth from when it leaves the rule before: 10 parcels of 100 B that a clog held until
    /// 10 s leave at 100 B/s, one a second, and one sent after the clog leaves after them.
    /// </summary>
    [Fact]
    public void A_clog_and_a_bandwidth_keep_rate_and_order()
    {
        var rules = Rules("default: { bandwidth: 100 B/s }", "{ from: 0 s, until: 10 s, do: { action: clog } }");
        var own = new OwnRules();
        double ArrivalOf(double second) => second + own
            .Of(rules.Between(0, 1, ParcelKind.Forward, TimeSpan.FromSeconds(second)))
            .Judge(
                new Parcel(0, 1, ParcelKind.Forward, 100, 0), TimeSpan.FromSeconds(second), TimeSpan.Zero,
                new RandomStream(1, "test"))
            .After.TotalSeconds;
        double[] arrivals = [.. Enumerable.Range(0, 10).Select(k => ArrivalOf(0.1 * k)), ArrivalOf(10.5)];
        Assert.Equal(Enumerable.Range(1, 11).Select(k => 10.0 + k), arrivals, (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Theory]
    [InlineData("free", false)]
    [InlineData("keep", true)]
    public void A_link_that_keeps_order_lets_no_parcel_overtake(string order, bool keeps)
    {
        var rules = Rules(
            "default: { latency: { distribution: constant, value: 50 ms, jitter: 20 ms }, order: " + order + " }")
            .Between(0, 1, ParcelKind.Forward).Fresh();
        var sent = Enumerable.Range(0, 200).Select(k => TimeSpan.FromMilliseconds(k)).ToArray();
        var arrivals = sent.Index()
            .Select(s => s.Item + rules.Judge(
                new Parcel(0, 1, ParcelKind.Forward, 1, s.Index), s.Item, TimeSpan.Zero,
                new RandomStream(1, "test", s.Index)).After)
            .ToArray();
        Assert.Equal(keeps, arrivals.Zip(arrivals.Skip(1)).All(p => p.First <= p.Second));
        Assert.All(arrivals.Zip(sent), a => Assert.InRange((a.First - a.Second).TotalMilliseconds, 50, 70));
    }

    /// <summary>An action of the timeline comes on top of what is there; one that replaces takes its place.</summary>
    [Theory]
    [InlineData("", 120, 0.5)]
    [InlineData("replace: yes, ", 100, 0)]
    public void An_action_on_links_adds_to_the_rules_that_are_there(string replace, double ms, double loss)
    {
        var rules = Rules(
            "default: { latency: 20 ms, loss: 50% }",
            "{ from: 10 s, until: 20 s, do: { action: links, " + replace + "latency: 100 ms } }");
        var within = rules.Between(0, 1, ParcelKind.Forward, TimeSpan.FromSeconds(15));
        var verdicts = Enumerable.Range(0, Many).Select(k => Judge(within, k)).ToArray();
        Assert.InRange(verdicts.Count(v => v.Dropped is not null) / (double)Many, loss - 0.01, loss + 0.01);
        Assert.All(verdicts.Where(v => v.Dropped is null), v => Assert.Equal(ms, v.After.TotalMilliseconds));
        Assert.Equal(
            rules.Between(0, 1, ParcelKind.Forward),
            rules.Between(0, 1, ParcelKind.Forward, TimeSpan.FromSeconds(25)));
    }

    [Fact]
    public void The_last_entry_that_matches_a_direction_replaces_the_default()
    {
        var rules = Rules(
            """
            default: { latency: 1 ms }
              links:
                - { from: a, latency: 2 ms }
                - { from: a, to: b, latency: 3 ms }
                - { to: a, latency: 4 ms }
            """);
        double Ms(int from, int to) => Judge(rules.Between(from, to, ParcelKind.Forward), 0).After.TotalMilliseconds;
        // Neurons 0 and 1 are a, 2 is b; -1 is the ledger.
        Assert.Equal([4, 3, 4, 1, 2, 4], [Ms(0, 1), Ms(0, 2), Ms(2, 0), Ms(2, -1), Ms(0, -1), Ms(-1, 0)]);
    }

    [Fact]
    public void Correlated_latency_repeats_and_keeps_its_distribution()
    {
        var rule = Rules("default: { latency: { distribution: exponential, mean: 30 ms, correlation: 60% } }")
            .Between(0, 1, ParcelKind.Forward).Single().Fresh();
        var ms = Enumerable.Range(0, Many).Select(k => Judge([rule], k).After.TotalMilliseconds).ToArray();
        Assert.InRange(ms.Average(), 28, 32);
        Assert.InRange(Correlation.Pearson(ms.AsSpan(1), ms.AsSpan(0, Many - 1)), 0.55, 0.65);
    }

    [Fact]
    public void Bursts_lose_their_long_run_share_and_come_in_runs()
    {
        var rule = Rules("default: { loss: { model: bursts, good-to-bad: 2%, bad-to-good: 20%, loss-bad: 90% } }")
            .Between(0, 1, ParcelKind.Forward).Single().Fresh();
        var lost = Enumerable.Range(0, Many).Select(k => Judge([rule], k).Dropped is not null).ToArray();
        // In the bad state for a share g / (g + b) of the time; after a loss the link is in the bad state, and stays
        // with 1 - b.
        Assert.InRange(lost.Average(l => l ? 1.0 : 0.0), 0.9 * 0.02 / 0.22 - 0.01, 0.9 * 0.02 / 0.22 + 0.01);
        var after = Enumerable.Range(1, Many - 1).Where(k => lost[k - 1]).Average(k => lost[k] ? 1.0 : 0.0);
        Assert.InRange(after, 0.8 * 0.9 - 0.04, 0.8 * 0.9 + 0.04);
    }

    /// <summary>
    /// The draws of tc-netem: the moments of a first-order autoregression. Their distribution for a correlation of 1/2
    /// is Fabius's function, whose values at dyadic numbers are rational.
    /// </summary>
    [Theory]
    [InlineData(0, 1 / 12.0)]
    [InlineData(0.25, 0.05)]
    [InlineData(0.5, 1 / 36.0)]
    [InlineData(0.9, 1 / 228.0)]
    public void Correlated_draws_have_the_moments_of_their_recursion(double correlation, double variance)
    {
        var draw = new CorrelatedDraw(correlation);
        var dice = new RandomStream(3, "test");
        double[] draws = [.. Enumerable.Range(0, 400_000).Select(_ => draw.Next(dice))];
        var mean = draws.Average();
        Assert.InRange(mean, 0.495, 0.505);
        Assert.InRange(draws.Average(u => (u - mean) * (u - mean)), variance * 0.97, variance * 1.03);
        for (var lag = 1; lag <= 3; lag++)
        {
            var autocorrelation = Correlation.Pearson(draws.AsSpan(lag), draws.AsSpan(0, draws.Length - lag));
            Assert.InRange(autocorrelation, Math.Pow(correlation, lag) - 0.01, Math.Pow(correlation, lag) + 0.01);
        }
    }

    [Theory]
    [InlineData("25%", "0", 0.25, 0.25)]
    [InlineData("25%", "50%", 5 / 72.0, 0.3)]
    [InlineData("12.5%", "50%", 1 / 288.0, null)]
    [InlineData("50%", "50%", 0.5, null)]
    [InlineData("75%", "50%", 67 / 72.0, null)]
    [InlineData("0", "90%", 0.0, null)]
    [InlineData("100%", "90%", 1.0, null)]
    public void Correlated_loss_loses_what_netem_loses(string loss, string correlation, double share, double? after)
    {
        var rules = Rules($"default: {{ loss: {loss}, loss-correlation: {correlation} }}")
            .Between(0, 1, ParcelKind.Forward).Fresh();
        const int parcels = 400_000;
        bool[] lost = [.. Enumerable.Range(0, parcels).Select(k => Judge(rules, k).Dropped is not null)];
        Assert.InRange(lost.Count(l => l) / (double)parcels, share - 0.004 * share, share + 0.004);
        if (after is { } next)
        {
            var losses = Enumerable.Range(1, parcels - 1).Where(k => lost[k - 1]).ToArray();
            Assert.InRange(losses.Count(k => lost[k]) / (double)losses.Length, next - 0.01, next + 0.01);
        }
    }

    /// <summary>The same draws decide on reordering, doubling and damage.</summary>
    [Theory]
    [InlineData("latency: 10 ms, reorder: 25%, reorder-correlation: 50%")]
    [InlineData("duplicate: 25%, duplicate-correlation: 50%")]
    [InlineData("corrupt: 25%, corrupt-correlation: 50%")]
    public void Every_share_of_a_link_can_be_correlated(string keys)
    {
        var rules = Rules($"default: {{ {keys} }}").Between(0, 1, ParcelKind.Forward).Fresh();
        const int parcels = 400_000;
        bool Happens(int k)
        {
            var verdict = rules.Judge(
                new Parcel(0, 1, ParcelKind.Forward, 100, k), TimeSpan.Zero, TimeSpan.Zero,
                new RandomStream(7, "link", k));
            return !verdict.Plain || verdict.After > TimeSpan.FromMilliseconds(10);
        }
        Assert.InRange(Enumerable.Range(0, parcels).Count(Happens) / (double)parcels, 0.066, 0.073);
    }

    [Fact]
    public void A_link_whose_draws_are_correlated_once_loses_all_or_nothing_at_full_correlation()
    {
        var rules = Rules("default: { loss: 50%, loss-correlation: 1 }").Between(0, 1, ParcelKind.Forward);
        var ends = Enumerable.Range(0, 40).Select(link => (Link: link, Own: rules.Fresh()))
            .Select(l => Enumerable.Range(0, 20)
                .Select(k => Judge(l.Own, 1000 * l.Link + k).Dropped is null).Distinct())
            .Select(Assert.Single).ToArray();
        Assert.Equal([false, true], ends.Distinct().Order());
    }

    [Fact]
    public void Reordering_holds_some_back_so_that_later_ones_overtake_them()
    {
        var rules = Rules("default: { latency: 10 ms, reorder: 25%, reorder-delay: 80 ms }").Between(
            0, 1, ParcelKind.Forward);
        var arrivals = Enumerable.Range(0, Many).Select(k => k + Judge(rules, k).After.TotalMilliseconds).ToArray();
        Assert.InRange(Enumerable.Range(0, Many).Count(k => arrivals[k] > k + 10) / (double)Many, 0.24, 0.26);
        Assert.InRange(arrivals.Select((a, k) => a - k).Max(), 85, 90);
        Assert.Contains(Enumerable.Range(1, Many - 1), k => arrivals[k] < arrivals[k - 1]);
    }

    [Fact]
    public void A_full_queue_drops_what_finds_no_room()
    {
        var rule =
            Rules("default: { bandwidth: 10 kB/s, queue: 2500 B }").Between(0, 1, ParcelKind.Forward).Single().Fresh();
        var dice = new RandomStream(1, "test");
        Verdict At(int ms) =>
            rule.Judge(
                new Parcel(0, 1, ParcelKind.Forward, 1000, 0), TimeSpan.FromMilliseconds(ms), TimeSpan.Zero, dice);
        Assert.Equal([100, 200], [At(0).After.TotalMilliseconds, At(0).After.TotalMilliseconds]);
        Assert.Equal("dropped/queue-full", At(0).Dropped!.Name);
        Assert.Equal(200, At(100).After.TotalMilliseconds);
    }

    [Fact]
    public void A_queue_of_parcels_has_room_for_so_many_whatever_their_size()
    {
        var rule = Rules("default: { bandwidth: 10 kB/s, queue: 2 parcels }")
            .Between(0, 1, ParcelKind.Forward).Single().Fresh();
        var dice = new RandomStream(1, "test");
        Verdict At(int ms, long bytes) => rule.Judge(
            new Parcel(0, 1, ParcelKind.Forward, bytes, 0), TimeSpan.FromMilliseconds(ms), TimeSpan.Zero, dice);
        Assert.Equal([100, 5100], [At(0, 1000).After.TotalMilliseconds, At(0, 50_000).After.TotalMilliseconds]);
        Assert.Equal("dropped/queue-full", At(99, 1).Dropped!.Name);
        // The first has left: the second is being sent, and one may wait for it.
        Assert.Equal(5100, At(100, 1000).After.TotalMilliseconds);
        Assert.Equal("dropped/queue-full", At(101, 1).Dropped!.Name);
    }

    /// <summary>
    /// With parcels of one size a queue of k parcels is a queue of k times that size, also behind a rule that holds
    /// parcels until the next multiple of 50 ms.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Equal_parcels_fill_a_queue_of_parcels_as_they_fill_one_of_bytes(int room)
    {
        var rules = new[] { $"{room} parcels", $"{room * 100} B" }.Select(queue => Rules(
            $"default: {{ bandwidth: 1 kB/s, queue: {queue} }}").Between(0, 1, ParcelKind.Forward).Fresh()).ToArray();
        var dice = new RandomStream(5, "test");
        var now = TimeSpan.Zero;
        var full = 0;
        for (var k = 0; k < 5000; k++)
        {
            now += TimeSpan.FromMilliseconds(100 * dice.NextExponential() * (k % 100 < 50 ? 0.5 : 2));
            var so = TimeSpan.FromMilliseconds(50) - TimeSpan.FromTicks(
                now.Ticks % (50 * TimeSpan.TicksPerMillisecond));
            var parcel = new Parcel(0, 1, ParcelKind.Forward, 100, k);
            var verdicts = rules.Select(r => r.Judge(parcel, now, so, dice)).ToArray();
            Assert.Equal(verdicts[0], verdicts[1]);
            full += verdicts[0].Dropped is null ? 0 : 1;
        }
        Assert.InRange(full, 1, 4000);
    }

    [Theory]
    [InlineData("values: 10 20 20 30", "table: t", 20, 7.0711)]
    [InlineData("values: \"-8192 8192\"", "table: t, mean: 50 ms, deviation: 10 ms", 50, 10)]
    [InlineData("values: \"-8192 0 24576\"", "table: t, mean: 8 ms, deviation: 8 ms", 13.3333, 13.5974)]
    [InlineData("values: 10 30", "table: t, minimum: 20 ms, jitter: 10 ms", 30, 5.7735)]
    public void A_table_gives_each_of_its_values_equally_often(
        string values, string keys, double mean, double deviation)
    {
        var rules = Rules(
            $"tables: [{{ name: t, {values} }}]\n  default: {{ latency: {{ distribution: table, {keys} }} }}")
            .Between(0, 1, ParcelKind.Forward);
        var ms = Enumerable.Range(0, Many).Select(k => Judge(rules, k).After.TotalMilliseconds).ToArray();
        var average = ms.Average();
        Assert.InRange(average, mean * 0.98, mean * 1.02);
        Assert.InRange(Math.Sqrt(ms.Average(v => (v - average) * (v - average))), deviation * 0.98, deviation * 1.02);
    }

    [Fact]
    public void An_entry_speaks_of_kinds_neurons_zones_and_the_ledger()
    {
        var rules = Rules(
            """
            default: { latency: 1 ms }
              links:
                - { from: zone north, to: zone south, latency: 2 ms }
                - { to: ledger, kind: submission, latency: 3 ms }
                - { from: neuron 2, to: neuron 0, kind: backward, latency: 4 ms }
            """);
        double Ms(int from, int to, ParcelKind kind) => Judge(rules.Between(from, to, kind), 0).After.TotalMilliseconds;
        Assert.Equal([2, 1, 3, 1, 4, 1], [
            Ms(0, 2, ParcelKind.Forward), Ms(2, 0, ParcelKind.Forward), Ms(1, -1, ParcelKind.Submission),
            Ms(-1, 1, ParcelKind.Receipt),
            Ms(2, 0, ParcelKind.Backward), Ms(1, 0, ParcelKind.Backward)]);
    }

    [Fact]
    public void Toxicity_spares_the_others()
    {
        var rules = Rules("default: {}\n  links: [{ toxicity: 30%, latency: 50 ms }]").Between(
            0, 1, ParcelKind.Forward);
        Assert.InRange(Enumerable.Range(0, Many).Average(k => Judge(rules, k).After.TotalMilliseconds), 14.3, 15.7);
    }

    [Fact]
    public void Doubling_damaging_and_replaying_happen_to_the_share_they_name()
    {
        var rules = Rules("default: { duplicate: 10%, duplicate-delay: 40 ms, corrupt: 20%, replay: 30% }").Between(
            0, 1, ParcelKind.Forward);
        var verdicts = Enumerable.Range(0, Many).Select(
            k =>
                rules.Judge(
                    new Parcel(0, 1, ParcelKind.Forward, 100, k), TimeSpan.Zero, TimeSpan.Zero,
                    new RandomStream(7, "link", k))).ToArray();
        Assert.InRange(verdicts.Count(v => v.CopyAfter is not null) / (double)Many, 0.09, 0.11);
        Assert.InRange(verdicts.Count(v => v.Damage is not null) / (double)Many, 0.19, 0.21);
        Assert.InRange(verdicts.Count(v => v.OldOne is not null) / (double)Many, 0.29, 0.31);
        Assert.InRange(verdicts.Average(v => v.CopyAfter?.TotalMilliseconds ?? 0), 1.8, 2.2);
        Assert.Equal(ReplayRule.Kept, verdicts.Select(v => v.OldOne).OfType<int>().Distinct().Count());
    }

    [Fact]
    public void A_clogged_path_holds_what_is_sent_and_a_cut_one_drops_it()
    {
        var parcel = new Parcel(0, 1, ParcelKind.Forward, 100, 0);
        TimeSpan After(int second) =>
            new RuleList([new ClogRule(TimeSpan.FromSeconds(9))]).Judge(
                parcel, TimeSpan.FromSeconds(second), TimeSpan.Zero, new RandomStream(1, "test")).After;
        Assert.Equal([7, 1, 0, 0], [After(2).Seconds, After(8).Seconds, After(9).Seconds, After(12).Seconds]);
        var cut = new RuleList([new CutRule(ParcelOutcome.Partition)]);
        var verdict = cut.Judge(parcel, TimeSpan.Zero, TimeSpan.Zero, new RandomStream(1, "test"));
        Assert.Equal("dropped/partition", verdict.Dropped!.Name);
    }

    [Fact]
    public void Damage_to_a_tensor_is_noticed_and_damage_to_a_submission_never_reads_as_another_the_ledger_accepts()
    {
        using var key = new NeuronKey(1, 0);
        var submission = key.Sign("x-1", 0, 3, WeightRow.Dense([0.5, 0.25, 0.25]));
        var forward = new QueryMessage.Forward(new QueryId(0, 1), new Tensor(2, 3, [1, 2, 3, 4, 5, 6]));
        var read = 0;
        for (var draw = 0ul; draw < 3000; draw++)
        {
            Assert.Null(DamagedParcels.Instance.Damaged(forward, draw));
            if (DamagedParcels.Instance.Damaged(submission, draw) is LedgerMessage.SubmitWeights damaged
                && !damaged.Equals(submission))
            {
                read++;
                Assert.False(SubmissionSignature.Verify(damaged, key.PublicKey.AsSpan()));
            }
        }
        Assert.True(read > 1000);
    }

    static LinkRules Rules(string network, string? timeline = null)
    {
        var scenario = Stage.Read(
            $"version: 1\nname: x\nseed: 1\nduration: 4 blocks\npopulations:\n  - {{ name: a, count: 2, zone: north }}\n  - {{ name: b, count: 1, zone: south }}\nnetwork:\n  {network}\n"
            + (timeline is null ? "" : $"timeline:\n  - {timeline}\n"));
        var plans = Roster.Draw(scenario);
        return new LinkRules(scenario.Network, plans, TimelineDraw.Of(scenario, plans));
    }

    static Verdict Judge(IReadOnlyList<LinkRule> rules, int sequence)
    {
        var (dice, after) = (new RandomStream(7, "link", sequence), TimeSpan.Zero);
        foreach (var rule in rules)
        {
            var verdict = rule.Judge(new Parcel(0, 1, ParcelKind.Forward, 100, sequence), TimeSpan.Zero, after, dice);
            if (verdict.Dropped is not null)
            {
                return verdict;
            }
            after += verdict.After;
        }
        return Verdict.Deliver(after);
    }
}
