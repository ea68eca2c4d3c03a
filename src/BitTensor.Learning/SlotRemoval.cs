using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>The orders in which the peers' slots are filled.</summary>
/// <param name="OwnSlot">The slot that is filled from the start.</param>
/// <param name="Orders">Each a permutation of the other slots; at least one.</param>
/// <param name="Loss">Loss with every slot filled.</param>
sealed record ShapleyGame(int OwnSlot, IReadOnlyList<int[]> Orders, double Loss);

/// <summary>How a loss changes when slots become empty. Slots have the shape rows x slots x width.</summary>
static class SlotRemoval
{
    /// <summary>
    /// Share of the loss that all peers together save, below which the slots that are still to join count for nothing
    /// (truncated Monte Carlo, Ghorbani and Zou 2019).
    /// </summary>
    const double Truncation = 0.01;

    /// <summary>dF of slot k: minus its input inside, zero outside.</summary>
    public static Tensor Removed(Tensor slots, int k)
    {
        var removed = zeros_like(slots);
        removed.select(1, k).copy_(slots.detach().select(1, k).neg());
        return removed;
    }

    /// <summary>Per slot, the loss without it minus the loss with all.</summary>
    public static double[] Ablate(Func<Tensor, Tensor> lossOf, Tensor slots, double loss)
    {
        using var noGradient = no_grad();
        // Disposed after the call, for the reason StepRule gives.
        using var once = 1.ToScalar();
        double LossWithout(int k) => lossOf(slots.add(Removed(slots, k), once)).item<double>();
        return [.. Enumerable.Range(0, (int)slots.shape[1]).Select(k => LossWithout(k) - loss)];
    }

    /// <summary>Per slot, Simpson's rule over dL dF where the slot is whole, halved and empty.</summary>
    /// <param name="lossOf">The loss of slots.</param>
    /// <param name="slots">All slots filled.</param>
    /// <param name="whole">dL dF per slot with all slots filled.</param>
    public static double[] AlongPath(Func<Tensor, Tensor> lossOf, Tensor slots, double[] whole) =>
        [.. whole.Select((first, k) =>
            (first + 4 * Linear(lossOf, slots, k, 0.5) + Linear(lossOf, slots, k, 1)) / 6)];

    /// <summary>
    /// Per slot, the mean over the orders of the fall of the loss when it joins the slots before it; 0 of the own slot.
    /// </summary>
    public static double[] Shapley(Func<Tensor, Tensor> lossOf, Tensor slots, ShapleyGame game)
    {
        using var noGradient = no_grad();
        var worth = new double[slots.shape[1]];
        var alone = zeros_like(slots);
        alone.select(1, game.OwnSlot).copy_(slots.select(1, game.OwnSlot));
        var empty = lossOf(alone).item<double>();
        foreach (var order in game.Orders)
        {
            using var scope = NewDisposeScope();
            var (filled, before) = (alone.clone(), empty);
            foreach (var k in order.TakeWhile(_ => !IsClose(before, empty, game.Loss)))
            {
                filled.select(1, k).copy_(slots.select(1, k));
                var after = lossOf(filled).item<double>();
                worth[k] += (before - after) / game.Orders.Count;
                before = after;
            }
        }
        return worth;
    }

    /// <summary>True when the slots that are still to join would change next to nothing.</summary>
    static bool IsClose(double loss, double empty, double full) =>
        Math.Abs(loss - full) < Truncation * Math.Abs(empty - full);

    /// <summary>dL dF of slot k, when so much of its input is gone.</summary>
    static double Linear(Func<Tensor, Tensor> lossOf, Tensor slots, int k, double gone)
    {
        using var scope = NewDisposeScope();
        // Disposed after the call, for the reason StepRule gives.
        using var share = gone.ToScalar();
        var removed = Removed(slots, k);
        var point = slots.add(removed, share).detach().requires_grad_(true);
        var gradient = autograd.grad([lossOf(point)], [point])[0];
        return (gradient * removed).sum().item<double>();
    }
}
