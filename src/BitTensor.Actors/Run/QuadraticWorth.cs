using System.Collections.Immutable;
using BitTensor.Learning;
using BitTensor.Mechanism;

namespace BitTensor.Actors.Run;

/// <summary>
/// The worth of each slot to a quadratic loss L = (m - m_ref)' H (m - m_ref). Its Hessian is 2 H and dF_k = -m_k, so
/// (2) reads 2 H_kk m_k^2. Read as the negative log-likelihood of a Gaussian its Fisher information is its Hessian, so
/// the two estimators agree by definition; Taylor expansion and path integral are the ablation.
/// </summary>
/// <param name="loss">L.</param>
/// <param name="ownSlot">The listener's own slot, where Shapley values are wanted; else null.</param>
sealed class QuadraticWorth(QuadraticLoss loss, int? ownSlot)
{
    /// <summary>The worth at these masked answers, one per slot.</summary>
    public ListenerAudit Of(double[] inputs)
    {
        var value = loss.Value(inputs);
        var (hessian, ablation) = (new double[inputs.Length], new double[inputs.Length]);
        for (var k = 0; k < inputs.Length; k++)
        {
            hessian[k] = 2 * loss.Significance(k) * inputs[k] * inputs[k];
            var kept = inputs[k];
            inputs[k] = 0;
            ablation[k] = loss.Value(inputs) - value;
            inputs[k] = kept;
        }
        return Audit(value, hessian, ablation, Shapley(inputs, ablation));
    }

    /// <summary>
    /// The mean over iterations. Patterns may be as many as iterations, so a removal is written out: L without slot k
    /// less L is H_kk m_k^2 - m_k dL/dm_k.
    /// </summary>
    public ListenerAudit Served(double[] inputs, ImmutableArray<ServicePattern> service)
    {
        var total = service.Sum(p => (double)p.Iterations);
        var significance = Enumerable.Range(0, inputs.Length).Select(loss.Significance).ToArray();
        var (value, hessian, ablation) = (0.0, new double[inputs.Length], new double[inputs.Length]);
        var shapley = ownSlot is null ? null : new double[inputs.Length];
        foreach (var pattern in service)
        {
            var m = (double[])inputs.Clone();
            foreach (var slot in pattern.Empty.Concat(pattern.Unasked))
            {
                m[slot] = 0;
            }
            var (weight, removal) = (pattern.Iterations / total, new double[m.Length]);
            var gradient = loss.Gradient(m);
            value += weight * loss.Value(m);
            for (var k = 0; k < m.Length; k++)
            {
                removal[k] = significance[k] * m[k] * m[k] - m[k] * gradient[k];
                hessian[k] += weight * 2 * significance[k] * m[k] * m[k];
                ablation[k] += weight * removal[k];
            }
            Add(shapley, Shapley(m, removal), weight);
        }
        return Audit(value, hessian, ablation, shapley);
    }

    /// <summary>
    /// Of a loss of second order the Shapley value is the mean of what a slot saves when it joins first and when it
    /// joins last. The own slot is always there.
    /// </summary>
    double[]? Shapley(double[] m, double[] last)
    {
        if (ownSlot is not { } own)
        {
            return null;
        }
        var alone = new double[m.Length];
        alone[own] = m[own];
        var gradient = loss.Gradient(alone);
        double First(int k) => -loss.Significance(k) * m[k] * m[k] - m[k] * gradient[k];
        return [.. m.Select((_, k) => k == own ? 0 : (First(k) + last[k]) / 2)];
    }

    static void Add(double[]? sums, double[]? terms, double weight)
    {
        for (var k = 0; sums is not null && k < sums.Length; k++)
        {
            sums[k] += weight * terms![k];
        }
    }

    static ListenerAudit Audit(double value, double[] hessian, double[] ablation, double[]? shapley) =>
        new(value, null, hessian, hessian, ablation) { Taylor = ablation, Path = ablation, Shapley = shapley };
}
