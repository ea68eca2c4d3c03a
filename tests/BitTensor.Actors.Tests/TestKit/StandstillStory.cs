using BitTensor.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>Neurons that stand still, and wake after the last block or never.</summary>
public sealed class StandstillStory(ITestOutputHelper output) : EmulationSpec(output)
{
    [Theory]
    [InlineData("{ from: 160 s, do: { action: pause } }")]
    [InlineData("{ from: 160 s, do: { action: pause } }, { at: 230 s, for: 41 s, do: { action: pause } }")]
    public async Task What_they_have_not_told_is_counted_at_the_end(string timeline)
    {
        await using var run = await RunText(
            $$"""
            version: 1
            name: standstill
            seed: 104
            duration: 24 blocks
            populations:
              - { name: b, count: 3, model: { kind: quadratic }, training: { iteration-interval: 20 s } }
            timeline: [{{timeline}}]
            audit: { every: never }
            """);
        await run.Passes();
        Assert.True(run.Messages("submission", "sent") > 0);
        Assert.Equal(
            run.Messages("submission", "sent"),
            run.Messages("submission", "delivered/") + run.Messages("submission", "dropped/"));
    }
}
