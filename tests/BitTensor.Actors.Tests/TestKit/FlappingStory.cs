using BitTensor.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

public sealed class FlappingStory(ITestOutputHelper output) : EmulationSpec(output)
{
    [Fact]
    public async Task One_neuron_goes_away_and_the_others_keep_their_ranks()
    {
        await using var run = await Run("network/flapping.yaml", seed: 7, changes: "timeline=[]");

        await run.UntilBlock(8);
        var before = run.Population("flapping").RankShare;
        run.Holds("min answered of steady > 0.95");

        run.Partition("flapping");
        await run.UntilMessage(m => m.Outcome == "dropped/partition");
        await run.UntilBlock(16);
        Assert.True(run.Population("flapping").RankShare < before);
        run.Holds("answered of flapping < 0.1");

        run.Heal();
        await run.Until(r => r.Population("flapping").Mean("answered") > 0.95);
        Assert.InRange(run.Block, 17, 19);
    }
}
