using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Records;

namespace BitTensor.Actors.Run;

/// <summary>
/// What each neuron is worth: 1/n times the sum, over the listeners other than itself, of the value of its slot to
/// them. One entry per neuron.
/// </summary>
/// <param name="Hessian">By the exact Hessian.</param>
/// <param name="Fisher">By Fisher information.</param>
/// <param name="Ablation">The true change.</param>
/// <param name="Taylor">Its Taylor expansion.</param>
/// <param name="Path">Its path integral.</param>
/// <param name="Shapley">Shapley values; null where none were measured.</param>
/// <param name="Agreement">Of the estimators with ablation, over pairs of listener and peer.</param>
sealed record WorthSums(
    double[] Hessian, double[] Fisher, double[] Ablation, double[] Taylor, double[] Path, double[]? Shapley,
    PairAgreement Agreement)
{
    /// <summary>The sums over what the listeners' losses say; null when they say nothing.</summary>
    /// <param name="plans">All neurons.</param>
    /// <param name="market">The market: those who are not registered neither listen nor serve.</param>
    /// <param name="heard">The measurement of each.</param>
    /// <param name="measured">Which of a listener's measurements; null where it has none.</param>
    public static WorthSums? Of(
        IReadOnlyList<NeuronPlan> plans, Market market, IReadOnlyList<Heard> heard,
        Func<Heard, ListenerAudit?> measured)
    {
        var pairs = new List<(int Server, ListenerAudit Audit, int Slot)>();
        foreach (var plan in plans.Where(p => market.IsMember(p.Id)))
        {
            if (measured(heard[plan.Id]) is { } audit)
            {
                pairs.AddRange(
                    plan.Slots.Index().Where(s => s.Item != plan.Id && market.IsMember(s.Item))
                        .Select(s => (s.Item, audit, s.Index)));
            }
        }
        if (pairs.Count == 0 && heard.Index().All(h => !market.IsMember(h.Index) || measured(h.Item) is null))
        {
            return null;
        }
        double[]? Sum(Func<ListenerAudit, double[]?> of)
        {
            var sums = new double[plans.Count];
            foreach (var (server, audit, slot) in pairs)
            {
                if (of(audit) is not { } values)
                {
                    return null;
                }
                sums[server] += values[slot] / market.Members;
            }
            return sums;
        }
        double? Agreement(Func<ListenerAudit, double[]?> of)
        {
            if (pairs.Exists(p => of(p.Audit) is null))
            {
                return null;
            }
            var (left, right) = (
                pairs.ConvertAll(p => of(p.Audit)![p.Slot]), pairs.ConvertAll(p => p.Audit.Ablation[p.Slot]));
            var pearson = Correlation.Pearson([.. left], [.. right]);
            return double.IsNaN(pearson) ? null : pearson;
        }
        return new WorthSums(
            Sum(a => a.Hessian)!, Sum(a => a.Fisher)!, Sum(a => a.Ablation)!, Sum(a => a.Taylor)!, Sum(a => a.Path)!,
            Sum(a => a.Shapley),
            new(
                Agreement(a => a.Hessian), Agreement(a => a.Fisher), Agreement(a => a.Taylor), Agreement(a => a.Path))
            {
                Shapley = Agreement(a => a.Shapley),
            });
    }
}
