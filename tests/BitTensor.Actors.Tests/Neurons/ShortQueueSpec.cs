using BitTensor.Actors.Neurons;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The short queue does what a queue would do.</summary>
public sealed class ShortQueueSpec
{
    [Fact]
    public void A_short_queue_is_a_queue() =>
        Gen.Int[-1, 9].Array[0, 60].Sample(steps =>
        {
            var (queue, plain) = (new ShortQueue<int>(), new Queue<int>());
            foreach (var step in steps)
            {
                if (step >= 4)
                {
                    queue.Enqueue(step);
                    plain.Enqueue(step);
                }
                else
                {
                    Assert.Equal(plain.TryDequeue(out var first), queue.TryDequeue(out var item));
                    Assert.Equal(first, item);
                }
                Assert.Equal(plain.TryPeek(out var next) ? next : null, queue.First);
            }
        });
}
