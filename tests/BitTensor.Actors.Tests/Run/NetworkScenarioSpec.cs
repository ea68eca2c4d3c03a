using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The shipped scenarios of a bad network: each holds what it claims, is the same bytes twice, and would notice if its
/// fault were not there.
/// </summary>
public sealed class NetworkScenarioSpec(ITestOutputHelper output) : EmulationSpec(output)
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scenarios", "network");

    public static TheoryData<string> Shipped =>
        [.. Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()];

    /// <summary>A scenario; what is taken from it; a property of it that then fails.</summary>
    public static TheoryData<string, string, string> Without => new()
    {
        { "partition-and-heal", "timeline=[]", "nothing crosses while it lasts" },
        { "partition-and-heal", "timeline[0].until=30 blocks", "after it everybody is answered" },
        { "flapping", "timeline=[]", "it is gone" },
        { "flapping", "timeline[0].for=10 blocks", "it comes back for good" },
        { "asymmetric", "timeline[0].until=30 blocks", "and is heard again" },
        { "asymmetric", "timeline=[]", "nobody answers what it asks" },
        { "slow-zone", "network.links=[]", "answers come late" },
        { "bursty-loss", "network.default.loss=0", "one in seven is lost" },
        { "bursty-loss", "network.default.loss=40%", "not more" },
        { "duplicate-and-reorder", "network.default.duplicate=0", "links double" },
        { "corrupt", "network.default.corrupt=0", "damage is noticed" },
        { "corrupt", "network.default.corrupt=40%", "the rest arrives" },
        { "churn", "timeline=[]", "somebody is away" },
        { "churn", "timeline[0].for=28 blocks", "in the end everybody is there" },
        { "stragglers", "timeline=[]", "the slow refuse" },
        { "ledger-outage", "timeline=[]", "one block is late" },
        { "disk-full", "timeline=[]", "writes fail and are tried again" },
        { "swizzle-clog", "timeline=[]", "answers stay away" },
        { "swizzle-clog", "network.default.loss=1%", "nothing is lost" },
        { "replayed", "network.default.replay=0", "old messages come again" },
        { "crash-and-restart", "timeline[2].at=29 blocks", "and comes back" },
    };

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task A_shipped_scenario_holds_what_it_claims_and_is_the_same_bytes_twice(string name)
    {
        await using var run = await Run($"network/{name}.yaml");
        var verdict = await run.Passes();
        Assert.True(verdict.Properties.Length >= 4);

        using var folder = new TemporaryFolder();
        var again = EmulationRun.Execute(run.Scenario, new RunOptions { Cores = 3, Folder = folder.Path });
        Assert.Equal(verdict.JournalHash, again.JournalHash);
        Assert.Null(LedgerVerifier.Verify(folder.Ledger).Problem);
    }

    [Theory]
    [MemberData(nameof(Without))]
    public async Task What_it_claims_fails_when_it_is_not_so(string name, string change, string property)
    {
        await using var run = await Run($"network/{name}.yaml", changes: change);
        var verdict = await run.Finish();
        Assert.Equal(Outcome.Fail, verdict.Properties.Single(v => v.Name == property).Outcome);
    }

    [Fact]
    public void Every_shipped_scenario_has_a_claim_that_was_seen_to_fail() =>
        Assert.Equal(
            Shipped.Cast<object[]>().Select(row => (string)row[0]).ToHashSet(),
            Without.Cast<object[]>().Select(row => (string)row[0]).ToHashSet());

    [Fact]
    public async Task Doubled_and_reordered_messages_lead_to_the_very_state_that_others_lead_to()
    {
        var with = await EndOf();
        var without = await EndOf("network.default={latency: 20 ms}");
        Assert.Equal(without.Height, with.Height);
        Assert.Equal(without.Stake.AsEnumerable(), with.Stake);
        Assert.Equal(without.Rank.AsEnumerable(), with.Rank);
        Assert.Equal(without.Weights.AsEnumerable(), with.Weights);
        Assert.NotEqual((await EndOf("seed=8")).Rank.AsEnumerable(), with.Rank);
    }

    async Task<LedgerState> EndOf(params string[] changes)
    {
        await using var run = await Run("network/duplicate-and-reorder.yaml", changes: changes);
        await run.Finish();
        return run.Ledger;
    }
}
