using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Strategies;

/// <summary>
/// Poisons dL/dY, so that peers who learn from it unlearn or diverge. Kind stale sends each slot the gradient of the
/// iteration before.
/// </summary>
sealed class PoisonBackward(Poison poison) : Strategy
{
    readonly Dictionary<int, Func<Tensor>> _before = [];

    public override Func<Tensor> Taught(int slot, Func<Tensor> gradient)
    {
        if (poison.Kind != "stale")
        {
            return () => poison.Of(gradient());
        }
        var before = _before.GetValueOrDefault(slot, gradient);
        _before[slot] = gradient;
        return before;
    }
}

/// <summary>Sends no gradient for the answers it gets, so that its peers learn nothing from serving it.</summary>
sealed class WithholdBackward : Strategy
{
    public override Func<Tensor>? Taught(int slot, Func<Tensor> gradient) => null;
}

/// <summary>
/// Delays messages of one kind: answers come just before the caller's time-out, and its iterations take as long.
/// </summary>
sealed class Delay(ParcelKind kind, TimeSpan by) : Strategy
{
    public override TimeSpan Holds(ParcelKind held) => held == kind ? by : TimeSpan.Zero;
}

/// <summary>Sends superfluous queries: peers compute answers, and with bounded service refuse other callers.</summary>
sealed class Flood(int queries) : Strategy
{
    public override int Floods => queries;
}

/// <summary>An identity without cost: it answers no query and sends as many as it can.</summary>
sealed class SybilFlood(int queries) : Strategy
{
    public override int Floods => queries;

    public override double[] Wanted(LedgerView view, double[] honest) => view.Block.Row.Values.ToArray();

    public override ServingRefusal? Refuses(int caller, double bid) => ServingRefusal.Busy;
}

/// <summary>An identity that only raises n: mu_j = 1/n sum_i s_i w_ij falls as n grows.</summary>
sealed class SybilDilute : Strategy
{
    public override bool Asks => false;

    public override double[] Wanted(LedgerView view, double[] honest) => view.Block.Row.Values.ToArray();

    public override ServingRefusal? Refuses(int caller, double bid) => ServingRefusal.Busy;
}
