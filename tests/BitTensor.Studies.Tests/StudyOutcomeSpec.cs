using BitTensor.Mechanism;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>What the studies find, at sizes that take a moment.</summary>
public sealed class StudyOutcomeSpec : IDisposable
{
    readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    StudyTable Table(string body) =>
        _bench.Run(
            Bench.Read($"version: 1\nkind: equilibrium\nname: s\nseed: 3\n{body}\n"), "s.jsonl", cores: 2)!.Table;

    static double At(StudyTable table, string metric, params string[] points) =>
        table.Rows.Single(r => r.At.AsEnumerable().SequenceEqual(points)).Values[metric];

    [Fact]
    public void Figure_4_at_the_paper_s_numbers()
    {
        var table = Table("study: { kind: correlation, trials: 100 }");
        Assert.True(At(table, "diagonal", "1") > 0.99);
        Assert.True(At(table, "rank-spread", "1") < 1e-9);
        Assert.Equal((1, 0), (At(table, "converged", "1"), At(table, "exploitability", "1")));
        Assert.InRange(At(table, "diagonal", "10"), 0.76, 0.88);
        Assert.InRange(At(table, "pearson", "10"), 0.58, 0.78);
        Assert.InRange(At(table, "pearson", "25"), 0.83, 0.90);
        Assert.InRange(At(table, "pearson", "50"), 0.84, 0.91);
        Assert.InRange(At(table, "pearson", "10"), At(table, "pearson-low", "10"), At(table, "pearson-high", "10"));
    }

    [Fact]
    public void The_controller_of_figure_5_settles()
    {
        var table = Table("study: { kind: adaptive-tau, trials: 3 }");
        Assert.Equal(1, At(table, "settled"));
        Assert.InRange(At(table, "ratio"), 0.95, 1.05);
        Assert.InRange(At(table, "overshoot"), 1, 1.2);
        Assert.True(At(table, "pearson") > 0.5);
    }

    [Fact]
    public void Regret_falls_faster_than_the_step()
    {
        var table = Table(
            "game: { neurons: 5 }\nstudy: { kind: regret, alpha-over-tau: 25, steps: [0.1, 0.01, 0.001], directions: "
            + "8, trials: 4 }");
        foreach (var metric in new[] { "regret", "regret-simplex" })
        {
            Assert.True(At(table, metric, "25", "0.01") < 0.1 * At(table, metric, "25", "0.1"));
            Assert.True(At(table, metric, "25", "0.001") < 0.1 * At(table, metric, "25", "0.01"));
        }
        Assert.True(At(table, "price-of-anarchy", "25", "0.1") >= 1);
    }

    [Fact]
    public void Splitting_a_rank_mints_more_under_l2_and_nothing_under_l1()
    {
        var table = Table("study: { kind: mint-inflation, neurons: 10, share: [0.1, 0.5], parts: [1, 10, 100] }");
        Assert.Equal(2.29, At(table, "gain", "l2", "0.5", "10"), 0.01);
        Assert.Equal(3.03, At(table, "gain", "l2", "0.5", "100"), 0.01);
        Assert.Equal(1.05, At(table, "gain", "l2", "0.1", "100"), 0.01);
        Assert.All(table.Rows, row => Assert.True(row.At[0] == "l2" || Math.Abs(row.Values["gain"] - 1) < 1e-12));
        Assert.All(table.Rows, row => Assert.InRange(row.Values["total"], 1 - 1e-12, Math.Sqrt(109)));
    }

    [Fact]
    public void Identities_without_stake_let_a_defector_keep_more()
    {
        var table = Table("study: { kind: mu-dilution, sybils: [0, 90], temperature: 0.1 }");
        // Ten bids of 1/10 and one of a fifth of that make mu_j; the ninety others only make the mean smaller.
        double Mask(double bid, double n) => 1 / (1 + Math.Exp(-(bid - (1.02 / n)) / 0.1));
        Assert.Equal(Mask(0.02, 11) / Mask(0.1, 11), At(table, "retained", "0.1", "0"), 1e-12);
        Assert.Equal(Mask(0.02, 101) / Mask(0.1, 101), At(table, "retained", "0.1", "90"), 1e-12);
        Assert.Equal(
            [0.63, 0.74], new[] { "0", "90" }.Select(sybils => Math.Round(At(table, "retained", "0.1", sybils), 2)));
    }

    [Fact]
    public void Honest_stake_is_retained_where_the_formulas_say()
    {
        var table = Table(
            "study: { kind: retention, neurons: 40, validators: 10, stake-noise: 0, weight-noise: 0, honest-stake: "
            + "0.6, self-weight: [0, 0.4, 1], trials: 1 }");
        // E_H = S_H W_H + (1 - S_H)(1 - W_C) of eq. (5), under either norm.
        foreach (var (selfWeight, least) in new[] { ("0", 1 - 0.4 / 0.6), ("0.4", 0.6), ("1", 1.0) })
        {
            Assert.Equal(least, At(table, "utility", "paper", "0", "0.6", selfWeight), 1e-3);
            Assert.Equal(
                At(table, "utility", "paper", "0", "0.6", selfWeight),
                At(table, "utility", "l1", "0", "0.6", selfWeight), 1e-12);
        }
        // All weight above the honest median is cut: 0.3 (1 + W_H) = 0.6 (1 - 0.4 W_H) where the coalition votes for
        // itself alone.
        Assert.Equal(0.3 / 0.54, At(table, "utility", "yuma", "0", "0.6", "1"), 1e-3);
        Assert.Equal(0.6, At(table, "utility", "yuma", "0", "0.6", "0.4"), 1e-3);
        // Any weight at all is trust, so the coalition has all of it.
        Assert.Equal(1, At(table, "utility", "trust", "0", "0.6", "1"), 1e-3);
    }

    [Fact]
    public void A_majority_of_the_coalition_s_stake_keeps_nothing_from_it()
    {
        var table = Table(
            "study: { kind: retention, neurons: 40, validators: 10, stake-noise: 0, weight-noise: 0, rule: yuma, "
            + "honest-stake: 0.4, self-weight: 1, trials: 2 }");
        Assert.Equal(
            (1, 0), (At(table, "utility", "yuma", "0", "0.4", "1"), At(table, "attained", "yuma", "0", "0.4", "1")));
    }

    [Fact]
    public void A_bootstrap_interval_covers_the_mean_as_often_as_it_says()
    {
        var covered = 0;
        for (var k = 0; k < 200; k++)
        {
            var dice = new RandomStream(5, "cover", k);
            double[] values = [.. Enumerable.Range(0, 40).Select(_ => dice.NextExponential())];
            var interval = Bootstrap.Mean(values, dice);
            covered += interval.Low <= 1 && interval.High >= 1 ? 1 : 0;
        }
        Assert.InRange(covered, 174, 198);
    }
}
