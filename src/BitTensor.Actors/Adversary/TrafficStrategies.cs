using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Adversary;

/// <summary>dL/dY it sends is changed: peers that learn from it unlearn, or blow up. stale sends each slot the gradient of the iteration before.</summary>
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

/// <summary>Takes answers and gives no gradient: its peers learn nothing from serving it.</summary>
sealed class WithholdBackward : Strategy
{
    public override Func<Tensor>? Taught(int slot, Func<Tensor> gradient) => null;
}

/// <summary>Messages of one kind wait: answers come when the caller has almost given up, and its iterations take as long.</summary>
sealed class Delay(ParcelKind kind, TimeSpan by) : Strategy
{
    public override TimeSpan Holds(ParcelKind held) => held == kind ? by : TimeSpan.Zero;
}

/// <summary>Queries nobody needs: peers compute answers, and with bounded service refuse others.</summary>
sealed class Flood(int queries) : Strategy
{
    public override int Floods => queries;
}

/// <summary>An identity that costs nothing: it is asked for nothing, and asks for as much as it can.</summary>
sealed class SybilFlood(int queries) : Strategy
{
    public override int Floods => queries;

    public override double[] Wanted(LedgerView view, double[] honest) => view.Block.Row.Values.ToArray();

    public override ServingRefusal? Refuses(int caller, double bid) => ServingRefusal.Busy;
}

/// <summary>An identity that is only counted: mu_j = 1/n sum_i s_i w_ij falls as n grows.</summary>
sealed class SybilDilute : Strategy
{
    public override bool Asks => false;

    public override double[] Wanted(LedgerView view, double[] honest) => view.Block.Row.Values.ToArray();

    public override ServingRefusal? Refuses(int caller, double bid) => ServingRefusal.Busy;
}
