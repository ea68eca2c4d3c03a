using BitTensor.Plans;
using BitTensor.Scenarios;
using BitTensor.Tests;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>What a scenario states and what cannot happen: <c>bta check</c> says so, and about nothing else.</summary>
public sealed class ScenarioWarningsSpec
{
    const string Twelve = """
        version: 1
        name: warned
        seed: 7
        duration: 10 blocks
        populations:
          - { name: a, count: 8, model: { kind: quadratic } }
          - { name: b, count: 4, model: { kind: quadratic } }
        audit: { every: never }

        """;

    [Theory]
    [InlineData("", "expect: [ { property: max ablation of a > 0, holds: at end } ]",
        "expect[0]: only an audit measures ablation, and there is none: it stays unknown")]
    [InlineData("", "expect: [ { property: gini > 1 or max ablation > 0, holds: at end } ]",
        "expect[0]: only an audit measures ablation, and there is none: a comparison stays unknown")]
    [InlineData("audit.every=11 blocks", "",
        "audit.every: 11 blocks are more than the 10 of the run: nothing is audited")]
    [InlineData("", "network: { links: [ { from: neuron 5, to: neuron 5, latency: 3 ms } ] }",
        "network.links[0]: it matches no message of this run")]
    [InlineData("", "network: { links: [ { from: ledger, kind: forward, latency: 3 ms } ] }",
        "network.links[0]: it matches no message of this run")]
    [InlineData("", "network: { default: { loss-correlation: 5% } }",
        "network.default.loss-correlation: it has no effect while loss is 0")]
    [InlineData("", "topology: { kind: regular, degree: 1 }", "topology: the network is not connected")]
    [InlineData("", "timeline: [ { at: 2 blocks, do: { action: crash, take: 13 } } ]",
        "timeline[0] (crash): it takes 13 of 12 candidates, so all of them")]
    [InlineData("", "timeline: [ { at: 2 blocks, do: { action: restart } } ]",
        "timeline[0] (restart): it ends nothing: the timeline has no crash")]
    [InlineData("", "timeline: [ { at: 2 blocks, do: { action: join } } ]",
        "timeline[0] (join): it ends nothing: the timeline has no leave")]
    [InlineData("", "timeline: [ { at: 2 blocks, do: { action: resume } } ]",
        "timeline[0] (resume): it ends nothing: the timeline has no pause")]
    [InlineData("", "timeline: [ { at: 2 blocks, do: { action: heal } } ]",
        "timeline[0] (heal): it ends nothing: the timeline has no partition")]
    [InlineData("", "timeline: [ { at: 2 blocks, do: { action: clear } } ]",
        "timeline[0] (clear): it ends nothing: the timeline has no links and no clog")]
    public void What_cannot_happen_is_said_with_its_key(string set, string section, string warning) =>
        Assert.StartsWith(
            warning,
            Assert.Single(ScenarioWarnings.Of(Stage.Read(
                $"{Twelve}{section}\n", set.Length > 0 ? [set] : []))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("timeline: [ { at: 2 s, do: { action: crash, take: 12 } }, { at: 5 s, do: { action: restart } } ]")]
    [InlineData("timeline: [ { at: 2 blocks, do: { action: clog } }, { at: 5 blocks, do: { action: clear } } ]")]
    [InlineData("network: { links: [ { from: ledger, to: neuron 5, latency: 3 ms } ] }")]
    [InlineData("topology: { kind: ring }")]
    public void What_can_happen_is_not_warned_of(string section) =>
        Assert.Empty(ScenarioWarnings.Of(Stage.Read($"{Twelve}{section}\n")));

    [Fact]
    public void No_shipped_scenario_is_warned_of()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "scenarios");
        var warned = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Order()
            .Select(file => (file, ScenarioFile.Load(file, []).Value))
            .Where(s => s.Value is not null)
            .SelectMany(s => ScenarioWarnings.Of(s.Value!).Select(w => $"{Path.GetFileName(s.file)}: {w}"));
        Assert.Empty(warned);
    }
}
