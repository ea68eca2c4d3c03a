using System.Collections.Immutable;
using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Strategies;

/// <summary>
/// Votes for itself alone: w_ii to 1, epsilon per block. Under (5) its whole stake then counts for itself. Serves and
/// learns honestly.
/// </summary>
sealed class SelfWeight(NeuronPlan plan) : Strategy
{
    public override double[] Wanted(LedgerView view, double[] honest) => Rows.On(view.Block.Row, [plan.Id]);
}

/// <summary>
/// A share c of the row on the members other than itself, in equal parts, the rest on the others: sum_{k in C} w_ik = c
/// for any L_i. With noise, each weight is off by a normal draw of its own, made once.
/// </summary>
sealed class Cartel(StrategySpec spec, StrategyContext who) : Strategy
{
    readonly ImmutableArray<int> _members = who.Of(spec, "members").Remove(who.Plan.Id);
    readonly double[] _noise = Rows.Noise(
        new RandomStream(who.Seed, "cartel", who.Plan.Id), who.Plan.Slots.Length, spec.Number("noise"));
    readonly double _share = spec.Number("share");

    public override double[] Wanted(LedgerView view, double[] honest)
    {
        var row = view.Block.Row;
        var inside = row.Targets.ToArray().Count(j => Rows.Has(_members, j));
        var outside = row.Count - inside;
        var share = inside == 0 ? 0 : outside == 0 ? 1 : _share;
        double ShareOf(int j) => Rows.Has(_members, j) ? share / inside : (1 - share) / outside;
        return Rows.Normalised(row, (j, k) => Math.Max(0, 1 + _noise[k]) * ShareOf(j));
    }
}

/// <summary>
/// Keeps sum w_ij over its rivals at most <c>most</c> and gives what they lose to the others in proportion: R_j of a
/// rival falls.
/// </summary>
sealed class Underweight(StrategySpec spec, StrategyContext who) : Strategy
{
    readonly ImmutableArray<int> _rivals = who.Of(spec, "rivals");
    readonly double _most = spec.Number("most");

    public override double[] Wanted(LedgerView view, double[] honest)
    {
        var row = view.Block.Row;
        var theirs = Rows.Sum(row, honest, j => Rows.Has(_rivals, j));
        if (theirs <= _most || theirs >= 1)
        {
            return theirs <= _most ? honest : Rows.Normalised(row, (j, _) => Rows.Has(_rivals, j) ? 0 : 1);
        }
        double FactorOf(int j) => Rows.Has(_rivals, j) ? _most / theirs : (1 - _most) / (1 - theirs);
        return Rows.Normalised(row, (j, k) => honest[k] * FactorOf(j));
    }
}

/// <summary>
/// Its row is the bid of the others: w_ij ~ n mu_j - s_i w_ij over its slots, from the last block. It judges no peer
/// itself.
/// </summary>
sealed class CopyWeights(NeuronPlan plan) : Strategy
{
    public override double[] Wanted(LedgerView view, double[] honest)
    {
        var block = view.Block;
        double Others(int k) => Math.Max(0, block.Count * block.RowMu[k] - block.MaskStake * block.Row.Values[k]);
        return Rows.Normalised(block.Row, (j, k) => j == plan.Id ? 0 : Others(k));
    }
}

/// <summary>Never submits, so that its row stays.</summary>
sealed class Lazy : Strategy
{
    public override double[] Wanted(LedgerView view, double[] honest) => view.Block.Row.Values.ToArray();
}

/// <summary>Gives all peers equal weight.</summary>
sealed class LazyUniform(NeuronPlan plan) : Strategy
{
    public override double[] Wanted(LedgerView view, double[] honest) =>
        Rows.Normalised(view.Block.Row, (j, _) => j == plan.Id ? 0 : 1);
}

/// <summary>
/// Moves to its targets in steps just below epsilon: |dW_i|_2 = pace epsilon, block after block, none of them refused.
/// </summary>
sealed class SlowWalk(ImmutableArray<int> targets, double pace) : Strategy
{
    public override double Pace => pace;

    public override double[] Wanted(LedgerView view, double[] honest) => Rows.On(view.Block.Row, targets);
}

/// <summary>
/// Puts all its stake on its targets: mu_j rises by s_i w_ij / n, and eq. (7) masks lower bids out there.
/// </summary>
sealed class Outbid(ImmutableArray<int> targets) : Strategy
{
    public override double[] Wanted(LedgerView view, double[] honest) => Rows.On(view.Block.Row, targets);
}

/// <summary>
/// Holds w_ii at one value; the rest of the row stays honest. Enough such neurons move sum(diag W), the input of the
/// controller of figure 5.
/// </summary>
sealed class TauGame(NeuronPlan plan, double diagonal) : Strategy
{
    public override double[] Wanted(LedgerView view, double[] honest)
    {
        var row = view.Block.Row;
        var rest = Rows.Sum(row, honest, j => j != plan.Id);
        var others = Math.Max(1, row.Count - 1);
        double ShareOf(int k) => rest > 0 ? honest[k] / rest : 1.0 / others;
        return Rows.Normalised(row, (j, k) => j == plan.Id ? diagonal : (1 - diagonal) * ShareOf(k));
    }
}

/// <summary>
/// Its row is the adversary's order for the open block: a step up sum_k P_k over the coalition. Without an order it
/// keeps its row.
/// </summary>
sealed class Adaptive : Strategy
{
    public override bool AwaitsOrders => true;

    public override double[] Wanted(LedgerView view, double[] honest) => view.Block.Row.Values.ToArray();
}

/// <summary>Rows that strategies are made of. Pure; shapes are those of the given row.</summary>
static class Rows
{
    /// <summary>
    /// Equal weight on these neurons as far as the row may name them; the row as it is when it may name none.
    /// </summary>
    public static double[] On(WeightRow row, ImmutableArray<int> targets) =>
        Normalised(row, (j, _) => Has(targets, j) ? 1 : 0);

    /// <summary>Scores as weights of sum 1; the row as it is when every score is 0.</summary>
    /// <param name="row">The row.</param>
    /// <param name="score">Score of (neuron, position), at least 0.</param>
    public static double[] Normalised(WeightRow row, Func<int, int, double> score)
    {
        var scores = new double[row.Count];
        double sum = 0;
        for (var k = 0; k < scores.Length; k++)
        {
            sum += scores[k] = score(row.Targets[k], k);
        }
        return sum > 0 && double.IsFinite(sum) ? Array.ConvertAll(scores, s => s / sum) : row.Values.ToArray();
    }

    /// <summary>Sum of the values whose neurons are such.</summary>
    public static double Sum(WeightRow row, double[] values, Func<int, bool> such)
    {
        double sum = 0;
        for (var k = 0; k < values.Length; k++)
        {
            sum += such(row.Targets[k]) ? values[k] : 0;
        }
        return sum;
    }

    /// <summary>Normal draws of this standard deviation.</summary>
    public static double[] Noise(RandomStream dice, int count, double deviation)
    {
        var noise = new double[count];
        for (var k = 0; k < count; k++)
        {
            noise[k] = deviation == 0 ? 0 : deviation * dice.NextNormal();
        }
        return noise;
    }

    /// <summary>True for a neuron of an ascending list.</summary>
    public static bool Has(ImmutableArray<int> neurons, int neuron) => neurons.BinarySearch(neuron) >= 0;
}
