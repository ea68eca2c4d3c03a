using BitTensor.Actors.Neurons;
using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The masks (5) a server keeps of its callers are those of the open block.</summary>
public sealed class CallersSpec
{
    [Fact]
    public void A_mask_is_that_of_the_block_that_is_open() =>
        (from callers in Gen.Int[0, 40].Array[0, 12]
         from steps in Gen.Select(Gen.Int[0, 9], Gen.Int[0, 45]).Array[1, 60]
         select (Callers: callers.Distinct().Order().ToArray(), steps)).Sample(way =>
        {
            LedgerView Seen(int height) => new(
                new LedgerMessage.BlockOpened(
                    height, 50, 1, 1, WeightRow.Of([0], [1]), [0.01], [.. way.Callers],
                    [.. way.Callers.Select(c => 0.001 * (c + height))], 0.01 * height, false),
                new MechanismParameters());
            var (callers, view) = (new Callers(), Seen(0));
            for (var k = 0; k < way.steps.Length; k++)
            {
                var (what, caller) = way.steps[k];
                if (what == 0)
                {
                    view = Seen(k);
                }
                if (what == 1)
                {
                    callers.Clear();
                }
                Assert.Equal(view.MaskFor(caller), callers.MaskOf(caller, view));
                callers.NoteAsked(new QueryId(caller, k));
            }
        });
}
