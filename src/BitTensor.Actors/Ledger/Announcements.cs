using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.Ledger;

/// <summary>
/// The announcements of a market to the neurons: row, column and mu, in time and memory proportional to the entries of
/// W.
/// </summary>
static class Announcements
{
    /// <summary>One announcement per neuron, by id.</summary>
    /// <param name="market">The market of the open block.</param>
    /// <param name="start">The mechanism's numbers at the start, which every neuron knows.</param>
    /// <param name="final">True when no further block will be closed.</param>
    public static LedgerMessage.BlockOpened[] Of(Market market, MechanismParameters start, bool final)
    {
        var numbers = NeuronNumbers.Of(market.Parameters);
        var known = start.Adaptive is null && numbers == NeuronNumbers.Of(start);
        var stake = market.MaskStake();
        var mu = market.Mu();
        var columns = Columns(market, stake);
        ImmutableArray<int> members = market.Registry is null
            ? []
            : [.. Enumerable.Range(0, market.Count).Where(market.IsMember)];
        var announcements = new LedgerMessage.BlockOpened[market.Count];
        for (var i = 0; i < announcements.Length; i++)
        {
            var row = market.Row(i);
            var rowMu = ImmutableArray.CreateBuilder<double>(row.Count);
            foreach (var target in row.Targets)
            {
                rowMu.Add(mu[target]);
            }
            announcements[i] = new LedgerMessage.BlockOpened(
                market.Height, market.Members, market.Stake[i], stake[i], row, rowMu.MoveToImmutable(),
                columns[i].Callers.DrainToImmutable(), columns[i].Bids.DrainToImmutable(), mu[i], final)
            {
                Numbers = known ? null : numbers, Members = members,
            };
        }
        return announcements;
    }

    static (ImmutableArray<int>.Builder Callers, ImmutableArray<double>.Builder Bids)[] Columns(
        Market market, double[] stake)
    {
        var columns = new (ImmutableArray<int>.Builder Callers, ImmutableArray<double>.Builder Bids)[market.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = (ImmutableArray.CreateBuilder<int>(), ImmutableArray.CreateBuilder<double>());
        }
        for (var caller = 0; caller < market.Count; caller++)
        {
            var row = market.Row(caller);
            for (var k = 0; k < row.Count; k++)
            {
                columns[row.Targets[k]].Callers.Add(caller);
                columns[row.Targets[k]].Bids.Add(stake[caller] * row.Values[k]);
            }
        }
        return columns;
    }
}
