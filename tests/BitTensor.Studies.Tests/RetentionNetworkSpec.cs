using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>Runs of the two-team game on a network, and the contour they draw.</summary>
public sealed class RetentionNetworkSpec
{
    const string Teams =
        """
        version: 1
        name: teams
        seed: 5
        duration: 9 blocks
        populations:
          - { name: honest, count: 12, model: { kind: quadratic }, strategy: { name: cartel, noise: 0.1 } }
          - { name: coalition, count: 8, model: { kind: quadratic }, strategy: cartel }
        """;

    static RetentionNetwork Study(int seeds) => new(Scenario(), seeds);

    static Scenario Scenario(params string[] overrides) =>
        ScenarioFile.Parse(Teams, "teams.yaml", [.. overrides.Select(o => new ScenarioOverride(o))]).Value!;

    /// <summary>A run at every point, in which honest stake grows by what <paramref name="gain"/> says.</summary>
    static RetentionRun[] Runs(RetentionNetwork study, Func<RetentionPoint, ulong, double> gain) =>
        [.. Enumerable.Range(0, study.Count)
            .Select(
            item =>
            new RetentionRun(item, study.SeedOf(item), "", 0.6, 0.6 + gain(study.PointOf(item), study.SeedOf(item))))];

    [Fact]
    public void The_contour_is_where_stake_neither_grows_nor_shrinks()
    {
        var study = Study(seeds: 2);
        var runs = Runs(study, (p, seed) => p.HonestUtility - (0.45 + 0.1 * p.SelfWeight + 0.02 * (seed - 5)));
        var contour = study.Contour(runs, RetentionRule.Yuma, RetentionNetwork.Links[0], 0.6);
        Assert.Equal(RetentionNetwork.SelfWeights.AsEnumerable(), contour.Select(c => c.SelfWeight));
        Assert.All(contour, c => Assert.Equal(0.46 + 0.1 * c.SelfWeight, c.Utility, 1e-12));
        Assert.All(contour, c => Assert.InRange(c.Utility, c.Low, c.High));
    }

    [Fact]
    public void Stake_that_never_shrinks_or_always_does_is_the_end_of_the_axis()
    {
        var study = Study(seeds: 1);
        Assert.All(
            study.Contour(Runs(study, (_, _) => 1e-12), RetentionRule.Paper, RetentionNetwork.Links[0], 0.6),
            c => Assert.Equal(0, c.Utility));
        Assert.All(
            study.Contour(Runs(study, (_, _) => -0.1), RetentionRule.Paper, RetentionNetwork.Links[0], 0.6),
            c => Assert.Equal(1, c.Utility));
    }

    [Fact]
    public void Every_point_is_a_scenario_that_says_what_the_point_does()
    {
        var study = Study(seeds: 3);
        foreach (var point in study.Points.Where((_, k) => k % 97 == 0))
        {
            var at = Scenario([.. study.OverridesOf(point)]);
            Assert.Equal(20, at.Populations.Sum(p => p.Count));
            Assert.Equal((int)Math.Round(20 * point.HonestStake), at.Populations[0].Count);
            Assert.Equal(
                (point.HonestUtility, point.SelfWeight),
                (
                    at.Populations[0].Conduct.Find("cartel")!.Number("share"),
                    at.Populations[1].Conduct.Find("cartel")!.Number("share")));
            Assert.Equal(0.1, at.Populations[0].Conduct.Find("cartel")!.Number("noise"));
        }
        Assert.Equal(
            study.Points.Length, study.Points.Select(p => string.Join(' ', study.OverridesOf(p))).Distinct().Count());
    }
}
