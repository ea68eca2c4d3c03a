using Akka.Actor;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Adversary;

/// <summary>A neuron's side of its coalition: it reports at the opening of a block and follows what it is ordered. Runs inside the neuron's actor.</summary>
sealed class Membership(World world, NeuronPlan plan, CoalitionSpec coalition, Links links, Conduct conduct)
{
    int _following;

    /// <summary>Why the neuron is not there; null when it is.</summary>
    public ParcelOutcome? Absence { get; set; } =
        coalition.Reserve.Contains(plan.Population.Name) ? ParcelOutcome.Reserve : null;

    /// <summary>The membership of a neuron; null when it is in no coalition.</summary>
    public static Membership? Of(World world, NeuronPlan plan, Links links, Conduct conduct) =>
        world.Scenario.Coalition is { } coalition && coalition.Has(plan.Population.Name) ? new Membership(world, plan, coalition, links, conduct) : null;

    /// <summary>Tells the adversary of the open block.</summary>
    /// <param name="view">The ledger as it stands.</param>
    /// <param name="evidence">What the iterations of the block before showed.</param>
    /// <param name="loss">Their mean loss.</param>
    public void Report(LedgerView view, SlotEvidence evidence, double? loss)
    {
        var block = view.Block;
        // dL/dw_ij holds the factor s_i (1 - 1/n), which the effect on the mask's argument has not.
        var scale = block.MaskStake * (1 - 1.0 / block.Count);
        var effect = evidence.IsEmpty || scale == 0 ? new double[block.Row.Count] : Array.ConvertAll(evidence.MeanGradient(), g => double.IsFinite(g) ? g / scale : 0);
        var self = new CoalitionMember(plan.Id, block.Row, block.Stake, block.MaskStake, effect);
        var report = new CoalitionMessage.Report(block.Height, self, block.RowMu, block.Mu, loss, _following);
        if (coalition.Private)
        {
            world.At(Addresses.Adversary).Tell(report, ActorRefs.NoSender);
        }
        else
        {
            links.Send(Addresses.Adversary, ParcelKind.Coalition, report.Bytes, report);
        }
    }

    /// <summary>Takes an order; older ones than it follows change nothing. Returns the row it is to want in the open block, or null.</summary>
    public double[]? Take(CoalitionMessage.Order order, long openBlock)
    {
        if (order.Number > _following && order.Conduct is { } ordered)
        {
            _following = order.Number;
            conduct.Follow(ordered.Strategies);
            conduct.Opens(openBlock);
        }
        return order.Block == openBlock ? order.Row : null;
    }
}
