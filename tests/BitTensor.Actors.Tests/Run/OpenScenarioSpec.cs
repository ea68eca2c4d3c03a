using BitTensor.Scenarios;
using BitTensor.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The shipped scenarios of an open network: each holds what it claims, and would notice if it were not so.
/// </summary>
public sealed class OpenScenarioSpec(ITestOutputHelper output) : EmulationSpec(output)
{
    [Theory]
    [InlineData("names")]
    [InlineData("growth")]
    [InlineData("pruning")]
    [InlineData("sybil-flood")]
    [InlineData("takeover")]
    public async Task A_shipped_scenario_holds_what_it_claims(string name)
    {
        await using var run = await Run($"open/{name}.yaml");
        var verdict = await run.Passes();
        Assert.True(verdict.Properties.Length >= 2);
    }

    /// <summary>
    /// With a stake of their own, names vote for themselves; and who comes after the end is never there.
    /// </summary>
    [Theory]
    [InlineData("names", "populations.names.stake=1", "and hardly anybody is paid for a name")]
    [InlineData("names", "populations.names.joins.from=40 blocks", "all thirty are registered")]
    [InlineData("growth", "populations.newcomers.stake=1", "who has just joined is paid nothing", "duration=5 blocks")]
    [InlineData("pruning", "mechanism.immunity=0 blocks", "all four newcomers stay")]
    [InlineData("sybil-flood", "mechanism.target-rate=1000", "and are paid as much")]
    [InlineData("sybil-flood", "populations.sybils.joins.every=0 blocks", "and are paid as much")]
    [InlineData("takeover", "mechanism.capacity=9", "it is registered, and one of those who served is not")]
    [InlineData("takeover", "populations.taker.stake=1", "it inherits no vote")]
    public async Task What_it_claims_fails_when_it_is_not_so(
        string name, string change, string property, params string[] more)
    {
        await using var run = await Run($"open/{name}.yaml", changes: [change, .. more]);
        var verdict = await run.Finish();
        Assert.NotEqual(Outcome.Pass, verdict.Properties.Single(v => v.Name == property).Outcome);
    }
}
