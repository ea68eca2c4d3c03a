using BitTensor.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>Neurons that stand still and are never woken.</summary>
public sealed class StandstillStory(ITestOutputHelper output) : EmulationSpec(output)
{
    [Fact]
    public async Task What_they_have_not_told_is_counted_at_the_end()
    {
        await using var run = await RunText(
            """
            version: 1
            name: standstill
            seed: 104
            duration: 24 blocks
            populations:
              - { name: b, count: 3, model: { kind: quadratic }, training: { iteration-interval: 20 s } }
            timeline:
              - { from: 160 s, do: { action: pause } }
            audit: { every: never }
            """);
        await run.Passes();
        Assert.True(run.Messages("submission", "sent") > 0);
        Assert.Equal(run.Messages("submission", "sent"), run.Messages("submission", "delivered/") + run.Messages("submission", "dropped/"));
    }
}
