using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary><c>bta minimise</c>: what is left of a failing scenario of one's own.</summary>
public sealed class MinimiseSpec : IDisposable
{
    const string Lossy =
        """
        version: 1
        name: lossy
        seed: 3
        duration: 6 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: honest, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
          - { name: rich, count: 2, stake: 5, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
        network: { default: { loss: 40%, latency: 30 ms } }
        audit: { every: never }
        timeline:
          - { name: outage, from: 15 s, until: 25 s, do: { action: ledger-outage } }
        expect:
          - { property: gini < 0.9 }
          - { property: delivered > 0.9, holds: HOLDS }
        """;

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_failing_property_keeps_failing_in_the_smallest_scenario_found()
    {
        var small = _shell.Path("small.yaml");
        var said = Shell.Bta("minimise", File("always"), "--out", small).Ends(0);
        Assert.Contains("fails: delivered > 0.9, always", said.Error, StringComparison.Ordinal);
        var read = ScenarioFile.Load(small, []).Value!;
        Assert.Equal(["delivered > 0.9"], read.Expect.Select(p => p.Text));
        Assert.Empty(read.Timeline);
        Assert.Single(read.Populations);
        Assert.InRange(read.Blocks, 1, 5);
        Assert.Equal(new LossSpec.Independent(0.4), read.Network.Default.Loss);
        Shell.Bta("run", small, "--out", _shell.Path("again")).Ends(1);
        Shell.Bta("minimise", File("always"), "--out", small).Complains(74, "exists");
    }

    [Fact]
    public void What_is_to_hold_at_the_end_keeps_its_duration()
    {
        var said = Shell.Bta("minimise", File("at end"), "--out", "-").Ends(0);
        Assert.Contains("duration: 6 blocks", said.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("rich", said.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_fails_leaves_nothing_to_keep()
    {
        Shell.Bta("minimise", File("always"), "--set", "network.default.loss=0%", "--out", "-")
            .Complains(2, "nothing fails");
        Shell.Bta("minimise", File("always"), "--failure", "2", "--out", "-").Complains(64, "only 1 fail");
    }

    string File(string holds) =>
        _shell.Write("lossy.yaml", Lossy.Replace("HOLDS", holds, StringComparison.Ordinal));
}
