using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>An open network as a file states it.</summary>
public sealed class MembershipSpec
{
    const string Open =
        """
        version: 1
        name: open
        seed: 1
        duration: 10 blocks
        mechanism: { capacity: 4 }
        populations:
          - { name: a, count: 2, model: { kind: quadratic } }
          - { name: b, count: 3, joins: { from: 2 blocks, every: 3 blocks }, stake: 0, model: { kind: quadratic } }

        """;

    [Fact]
    public void Populations_that_join_start_outside_and_come_one_after_another()
    {
        var scenario = ScenarioFile.Parse(Open, "x.yaml", []).Value!;
        Assert.Equal(4, scenario.Mechanism.Membership!.Capacity);
        Assert.Equal([false, true], scenario.Populations.Select(scenario.StartsOutside));
        Assert.Equal(
            [20, 50, 80.0],
            Enumerable.Range(0, 3).Select(k =>
                scenario.Populations[1].Joins!.At(k, scenario.BlockInterval).TotalSeconds + 1e-7));
        var again = ScenarioFile.Parse(ScenarioWriter.Write(scenario), "y.yaml", []).Value!;
        Assert.Equal(scenario.Mechanism, again.Mechanism);
        Assert.Equal(scenario.Populations.AsEnumerable(), again.Populations.AsEnumerable());
    }

    [Fact]
    public void Populations_leave_after_they_have_joined()
    {
        var text = Open.Replace("count: 2,", "count: 2, leaves: { from: 3 blocks },", StringComparison.Ordinal)
            .Replace("stake: 0,", "stake: 0, leaves: { from: 9 blocks, every: 1 blocks },", StringComparison.Ordinal);
        var scenario = ScenarioFile.Parse(text, "x.yaml", []).Value!;
        Assert.Equal([new PaceSpec(3, 0), new PaceSpec(9, 1)], scenario.Populations.Select(p => p.Leaves));
        var again = ScenarioFile.Parse(ScenarioWriter.Write(scenario), "y.yaml", []).Value!;
        Assert.Equal(scenario.Populations.AsEnumerable(), again.Populations.AsEnumerable());
    }

    [Fact]
    public void Who_comes_after_the_end_of_time_never_comes()
    {
        var pace = new PaceSpec(1_000_000, 1_000_000);
        Assert.Equal(1_000_000_000_000, pace.Block(999_999));
        Assert.True(pace.At(999_999, TimeSpan.FromHours(24)) > TimeSpan.FromDays(365_000));
        Assert.Equal(TimeSpan.FromDays(2_000_000) - TimeSpan.FromTicks(1), pace.At(1, TimeSpan.FromHours(24)));
    }

    [Fact]
    public void Nobody_leaves_a_closed_network()
    {
        var read = ScenarioFile.Parse(
            "version: 1\nname: c\nseed: 1\nduration: 9 blocks\npopulations: "
            + "[{ name: a, count: 2, leaves: {}, model: { kind: quadratic } }]\n", "x.yaml", []);
        Assert.Contains("closed", Assert.Single(read.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_without_a_capacity_is_closed() =>
        Assert.Null(ScenarioFile.Parse(
            "version: 1\nname: c\nseed: 1\nduration: 9 blocks\npopulations: "
            + "[{ name: a, count: 2, model: { kind: quadratic } }]\n", "x.yaml", []).Value!.Mechanism.Membership);

    [Theory]
    [InlineData("mechanism: { capacity: 4 }", "mechanism: {}", 8, "closed")]
    [InlineData("capacity: 4", "capacity: 1", 5, "2 neurons are registered at the start")]
    [InlineData("{ name: a, count: 2,", "{ name: a, count: 2, joins: {},", 7, "nobody is there")]
    [InlineData("{ name: a, count: 2,", "{ name: a, count: 2, stake: 0,", 7, "stake")]
    [InlineData("capacity: 4", "capacity: 4, target-rate: 2", 5, "stays 0")]
    [InlineData("stake: 0,", "stake: 0, initial-weights: self,", 8, "begins on itself")]
    [InlineData("stake: 0,", "stake: 0, leaves: { from: 2 blocks, every: 9 blocks },", 8, "1 of b leaves before")]
    [InlineData("stake: 0,", "stake: 0, leaves: { from: 8 blocks },", 8, "neuron 3 of b leaves before")]
    [InlineData(
        "populations:", "state: { weights: [{ from: 0, to: 3, weight: 1 }] }\npopulations:", 6, "not registered")]
    public void What_no_network_can_hold_is_refused_at_its_place(string old, string with, int line, string message)
    {
        var read = ScenarioFile.Parse(Open.Replace(old, with, StringComparison.Ordinal), "x.yaml", []);
        var error = Assert.Single(read.Errors);
        Assert.Equal((ErrorCodes.Contradiction, line), (error.Code, error.Line));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
