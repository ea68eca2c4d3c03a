using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Actors.Strategies;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Coalition;

/// <summary>
/// A neuron's side of its coalition: it reports at the opening of a block and follows the orders of the adversary. Runs
/// inside the neuron's actor.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="plan">The neuron.</param>
/// <param name="coalition">Its coalition.</param>
/// <param name="links">Its links.</param>
/// <param name="strategies">Its strategies.</param>
sealed class CoalitionClient(
    RunContext run, NeuronPlan plan, CoalitionSpec coalition, Links links, StrategySet strategies)
{
    int _following;

    /// <summary>The outcome of parcels to the neuron while it is absent; null when it is present.</summary>
    public ParcelOutcome? Absence { get; set; } =
        coalition.Reserve.Contains(plan.Population.Name) ? ParcelOutcome.Reserve : null;

    /// <summary>The coalition of a neuron; null when it is in none.</summary>
    public static CoalitionClient? Of(RunContext run, NeuronPlan plan, Links links, StrategySet strategies) =>
        run.Scenario.Coalition is { } coalition && coalition.Has(plan.Population.Name)
            ? new CoalitionClient(run, plan, coalition, links, strategies) : null;

    /// <summary>Tells the adversary of the open block.</summary>
    /// <param name="view">The ledger as it stands.</param>
    /// <param name="evidence">The evidence of the iterations of the block before.</param>
    /// <param name="loss">Their mean loss.</param>
    public void Report(LedgerView view, SlotEvidence evidence, double? loss)
    {
        var block = view.Block;
        var effect = evidence.IsEmpty ? new double[block.Row.Count] : view.MaskEffect(evidence.MeanGradient());
        var self = new CoalitionMember(plan.Id, block.Row, block.Stake, block.MaskStake, effect);
        var report = new CoalitionMessage.Report(block.Height, self, block.RowMu, block.Mu, loss, _following);
        if (coalition.Private)
        {
            run.Actors.At(Addresses.Adversary).Tell(report, ActorRefs.NoSender);
        }
        else
        {
            links.Send(Addresses.Adversary, ParcelKind.Coalition, report.Bytes, report);
        }
    }

    /// <summary>
    /// Takes an order; older ones than it follows change nothing. Returns the row it is to want in the open block, or
    /// null.
    /// </summary>
    public double[]? Take(CoalitionMessage.Order order, long openBlock)
    {
        if (order.Number > _following && order.Conduct is { } ordered)
        {
            _following = order.Number;
            strategies.Follow(ordered.Strategies);
            strategies.Opens(openBlock);
        }
        return order.Block == openBlock ? order.Row : null;
    }
}
