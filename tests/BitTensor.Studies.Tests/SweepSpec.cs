using System.Collections.Immutable;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>Which runs a sweep has, and what shares of seeds say.</summary>
public sealed class SweepSpec
{
    static readonly SweepAxis Loss = Axis("network.default.loss", "0%", "5%", "10%");
    static readonly SweepAxis Count = Axis("populations.honest.count", "4", "8");

    static SweepAxis.Path Axis(string path, params ImmutableArray<string> values) =>
        new(new SweepValues(path, values), []);

    [Theory]
    [InlineData("a.b=1,2 , 3", "1|2|3")]
    [InlineData("a={ x: 1, y: 2 }, [1, 2]", "{ x: 1, y: 2 }|[1, 2]")]
    [InlineData("a='1, 2', 3", "'1, 2'|3")]
    [InlineData("a=x=1", "x=1")]
    public void Values_are_separated_by_commas_outside_of_brackets_and_quotes(string text, string values) =>
        Assert.Equal(values, string.Join('|', SweepValues.Parse(text)!.Values));

    [Theory]
    [InlineData("a")]
    [InlineData("=1")]
    [InlineData("a=")]
    [InlineData("a=1,,2")]
    public void What_has_no_path_or_an_empty_value_is_no_axis(string text) => Assert.Null(SweepValues.Parse(text));

    [Fact]
    public void A_grid_is_every_combination_the_last_axis_fastest()
    {
        var points = Sweep.PointsOf(new Scenarios.SweepSpec(3, null, [Loss, Count]), 1);
        Assert.Equal(
            ["0%/4", "0%/8", "5%/4", "5%/8", "10%/4", "10%/8"], points.Select(p => string.Join('/', p.Labels)));
        Assert.Equal([0, 1, 2, 3, 4, 5], points.Select(p => p.Number));
        Assert.Equal(
            [""], Sweep.PointsOf(new Scenarios.SweepSpec(3, null, []), 1).Select(p => string.Join('/', p.Labels)));
    }

    [Fact]
    public void Paired_values_are_one_direction_of_the_grid_and_points_have_names()
    {
        var paired = new SweepAxis.Path(new SweepValues("a", ["1", "2"]), [new SweepValues("b", ["x", "y"])]);
        var named = new SweepAxis.Points(
            "weather", [new NamedPoint("calm", ["c=0"]), new NamedPoint("storm", ["c=1", "d=2"])]);
        var spec = new Scenarios.SweepSpec(1, null, [paired, named]);
        var points = Sweep.PointsOf(spec, 1);
        Assert.Equal(["a", "b", "weather"], spec.Columns.AsEnumerable());
        Assert.Equal(
            ["1 x calm", "1 x storm", "2 y calm", "2 y storm"], points.Select(p => string.Join(' ', p.Labels)));
        Assert.Equal(
            ["a=1 b=x c=0", "a=1 b=x c=1 d=2", "a=2 b=y c=0", "a=2 b=y c=1 d=2"],
            points.Select(p => string.Join(' ', p.Set)));
        Assert.Equal("storm: a=2, b=y, c=1, d=2", Sweep.NameOf(spec, points[3]));
    }

    [Theory]
    [InlineData("calm:a=1", "calm|a=1")]
    [InlineData(" calm : a.b=1, c={ x: 1, y: 2 }", "calm|a.b=1|c={ x: 1, y: 2 }")]
    [InlineData("calm", null)]
    [InlineData("calm:", null)]
    [InlineData("calm:a", null)]
    [InlineData("calm:a=", null)]
    [InlineData("calm:=1", null)]
    [InlineData("two words:a=1", null)]
    [InlineData(":a=1", null)]
    public void A_named_point_is_a_name_and_what_it_sets(string text, string? read) => Assert.Equal(
        read, NamedPoint.Parse(text) is { } point ? string.Join('|', [point.Name, .. point.Set]) : null);

    [Fact]
    public void A_sample_is_drawn_from_the_grid_without_repetition_and_from_the_seed()
    {
        var wide = Axis("seed", [.. Enumerable.Range(0, 1000).Select(k => $"{k}")]);
        int[] Draw(ulong seed) =>
            [.. Sweep.PointsOf(new Scenarios.SweepSpec(1, 50, [wide, Loss]), seed).Select(p => p.Number)];
        Assert.Equal(50, Draw(1).Distinct().Count());
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.True(Draw(1).Max() > 1500, "only the beginning of the grid is drawn from");
        Assert.Equal(6, Sweep.PointsOf(new Scenarios.SweepSpec(1, 50, [Loss, Count]), 1).Length);
    }

    [Fact]
    public void Too_many_runs_are_refused_before_anything_runs()
    {
        var wide = Axis("seed", [.. Enumerable.Range(0, 1000).Select(k => $"{k}")]);
        Assert.Contains(
            "1000 points of 101 seed",
            Assert.Throws<SweepTooLargeException>(
                () => Sweep.PointsOf(new Scenarios.SweepSpec(101, null, [wide]), 1)).Message,
            StringComparison.Ordinal);
        Assert.Throws<SweepTooLargeException>(() =>
            Sweep.PointsOf(new Scenarios.SweepSpec(1, null, [wide, wide, wide, wide, wide]), 1));
        Assert.Equal(10, Sweep.PointsOf(new Scenarios.SweepSpec(1, 10, [wide, wide, wide, wide, wide]), 1).Length);
    }

    /// <summary>81 of 263 is the example of Newcombe (1998); the others follow from Wilson's formula by hand.</summary>
    [Theory]
    [InlineData(8, 10, 0.4902, 0.9433)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(0, 0, 0, 1)]
    public void The_interval_of_a_share_is_Wilsons(int held, int judged, double low, double high)
    {
        var interval = SweepSummary.Wilson(held, judged);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    /// <summary>With one seed fewer the interval straddles the wanted share, and with as many it does not.</summary>
    [Theory]
    [InlineData(1, 1, 0.8, 16)]
    [InlineData(1, 1, 0.95, 73)]
    [InlineData(0, 0, 0.8, 1)]
    [InlineData(0.9, 0.9, 0.8, 62)]
    [InlineData(0.5, 0.5, 0.8, 7)]
    [InlineData(0.5, 0.9, 0.8, null)]
    [InlineData(0.8, 0.8, 0.8, null)]
    public void Seeds_that_decide_are_as_many_as_make_the_interval_exclude_the_wanted_share(
        double least, double most, double wanted, int? seeds)
    {
        Assert.Equal(seeds, SweepSummary.SeedsThatDecide(least, most, wanted));
        if (seeds is { } n && least == most && least is 0 or 1)
        {
            bool Tells(int count) => SweepSummary.Wilson((int)(least * count), count) is var (low, high)
                && (low >= wanted || high < wanted);
            Assert.True(Tells(n));
            Assert.False(n > 1 && Tells(n - 1));
        }
    }

    [Fact]
    public void What_a_property_measures_has_a_mean_with_an_interval_and_leaves_out_what_is_missing_or_not_finite()
    {
        SweepOutcome Of(double? left) => new(Outcome.Pass, left, 0.5);
        var dice = new Mechanism.RandomStream(1, "test", 0);
        var many = SweepMeasure.Of([.. Enumerable.Range(0, 40).Select(k => Of(k % 4)), Of(null)], dice);
        Assert.Equal((40, 1.5, 0.5), (many.Seeds, many.Mean, many.Against));
        // Standard error of 40 values of standard deviation 1.118 is 0.177.
        Assert.InRange(1.5 - many.Low!.Value, 0.25, 0.45);
        Assert.InRange(many.High!.Value - 1.5, 0.25, 0.45);
        var one = SweepMeasure.Of([Of(2)], dice);
        Assert.Equal((1, 2.0, (double?)null, (double?)null), (one.Seeds, one.Mean, one.Low, one.High));
        Assert.Equal((0, (double?)null), (SweepMeasure.Of([], dice).Seeds, SweepMeasure.Of([], dice).Mean));
    }

    [Theory]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public void A_seed_that_diverged_is_not_left_out_of_what_a_property_measures(double left, double mean)
    {
        SweepOutcome[] seeds = [new(Outcome.Pass, 1, 0.5), new(Outcome.Pass, 2, 0.5), new(Outcome.Fail, left, 0.5)];
        var measure = SweepMeasure.Of(seeds, new Mechanism.RandomStream(1, "test", 0));
        Assert.Equal(new SweepMeasure(3, mean, null, null, 0.5), measure);
    }

    [Fact]
    public void Twenty_seeds_decide_the_share_that_is_wanted_by_default()
    {
        var read = ScenarioFile.Parse(
            ScenarioTemplate.Text("mine"), "mine.yaml", [new ScenarioOverride("sweep={}")]).Value!;
        Assert.Equal(20, read.Sweep!.Seeds);
        Assert.All(
            read.Expect,
            p => Assert.Equal(Outcome.Pass, SweepSummary.Judge(p, Enumerable.Repeat(Outcome.Pass, 20)).Outcome));
    }

    [Theory]
    [InlineData(10, 0, 0, 0.7, Outcome.Pass)]
    [InlineData(10, 0, 0, 0.95, Outcome.Unknown)]
    [InlineData(80, 0, 0, 0.95, Outcome.Pass)]
    [InlineData(5, 5, 0, 0.7, Outcome.Unknown)]
    [InlineData(5, 5, 0, 0.8, Outcome.Fail)]
    [InlineData(0, 0, 9, 0.5, Outcome.Unknown)]
    [InlineData(10, 0, 9, 0.7, Outcome.Unknown)]
    [InlineData(18, 0, 42, 0.95, Outcome.Unknown)]
    [InlineData(100, 0, 5, 0.7, Outcome.Pass)]
    [InlineData(2, 60, 5, 0.7, Outcome.Fail)]
    public void A_property_is_judged_by_the_interval_and_unknown_where_it_straddles(
        int held, int broken, int without, double wanted, Outcome outcome)
    {
        var property = new Property(
            "p", "gini < 1",
            new Condition.Compare(new Operand.Metric("gini", null, null), Comparison.Below, new Operand.Number(1)),
            new Horizon.AtEnd())
        {
            OfSeeds = wanted,
        };
        Outcome[] seeds = [
            .. Enumerable.Repeat(Outcome.Pass, held), .. Enumerable.Repeat(Outcome.Fail, broken),
            .. Enumerable.Repeat(Outcome.Unknown, without),
        ];
        var judged = SweepSummary.Judge(property, seeds);
        Assert.Equal(
            (outcome, held, without, seeds.Length), (judged.Outcome, judged.Held, judged.Unknown, judged.Seeds));
        // The share lies between that of those that held and that of those that may have held.
        Assert.InRange((double)held / seeds.Length, judged.Low, judged.High);
        Assert.InRange((double)(held + without) / seeds.Length, judged.Low, judged.High);
    }

    [Fact]
    public void Means_have_intervals_that_hold_them_and_one_seed_has_none()
    {
        SweepTrial Trial(int item, double value) =>
            new(item, 0, (ulong)item, "", [], ImmutableSortedDictionary<string, double>.Empty.Add("gini", value));
        ImmutableArray<SweepPoint> point = [new SweepPoint(0, [], [])];
        var many =
            SweepSummary.Of(point, [], [.. Enumerable.Range(0, 40).Select(k => Trial(k, k % 4))], 1)[0].Metrics[0];
        Assert.Equal(("gini", 40, 1.5), (many.Metric, many.Seeds, many.Mean));
        // Standard error of 40 values of standard deviation 1.118 is 0.177.
        Assert.InRange(many.Mean - many.Low!.Value, 0.25, 0.45);
        Assert.InRange(many.High!.Value - many.Mean, 0.25, 0.45);
        var one = SweepSummary.Of(point, [], [Trial(0, 2)], 1)[0].Metrics[0];
        Assert.Equal((1, 2.0, (double?)null), (one.Seeds, one.Mean, one.Low));
    }
}
