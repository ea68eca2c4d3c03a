namespace BitTensor.Mechanism;

/// <summary>
/// The empirical loss of eq. (16): L_i = (m - m_ref)' H (m - m_ref) over the masks m of the slots a neuron listens to,
/// with H = D A A' D / r positive semi-definite, A standard normal of shape k x r and D diagonal. H is kept as its
/// factor D A, so a product costs 2 k r multiplications. A value: threads may share it.
/// </summary>
public sealed class QuadraticLoss
{
    readonly double[] _factor;
    readonly double[] _reference;
    readonly int _rank;

    /// <summary>A loss from the factor B of H = B B'.</summary>
    /// <param name="factor">B, row-major, shape k x r.</param>
    /// <param name="rank">r, at least 1.</param>
    /// <param name="reference">m_ref, shape k: the masks at the minimum (1 where every input is connected).</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public QuadraticLoss(double[] factor, int rank, double[] reference)
    {
        if (rank < 1 || factor.Length != reference.Length * rank)
        {
            throw new ArgumentException($"Factor of length {factor.Length} is not {reference.Length} x {rank}.");
        }
        _factor = factor;
        _rank = rank;
        _reference = reference;
    }

    /// <summary>Number of slots k.</summary>
    public int Count => _reference.Length;

    /// <summary>
    /// Draws H over <paramref name="slots"/>: A from <paramref name="stream"/>, D = diag(importance), trace normalised
    /// to 1/n.
    /// </summary>
    /// <param name="stream">Dice of this neuron.</param>
    /// <param name="slots">The neurons this neuron listens to.</param>
    /// <param name="importance">
    /// exp(sigma z), one per neuron of the network, shared by all: the importance of each peer.
    /// </param>
    /// <param name="rank">r.</param>
    public static QuadraticLoss Draw(
        RandomStream stream, ReadOnlySpan<int> slots, ReadOnlySpan<double> importance, int rank)
    {
        var factor = new double[slots.Length * rank];
        double trace = 0;
        for (var k = 0; k < slots.Length; k++)
        {
            for (var r = 0; r < rank; r++)
            {
                var entry = importance[slots[k]] * stream.NextNormal();
                factor[k * rank + r] = entry;
                trace += entry * entry;
            }
        }
        var scale = 1 / Math.Sqrt(trace * importance.Length);
        for (var k = 0; k < factor.Length; k++)
        {
            factor[k] *= scale;
        }
        var reference = new double[slots.Length];
        Array.Fill(reference, 1.0);
        return new QuadraticLoss(factor, rank, reference);
    }

    /// <summary>exp(sigma z_j) for j in 0..n-1, one draw shared by all neurons.</summary>
    public static double[] Importance(RandomStream stream, int count, double sigma)
    {
        var importance = new double[count];
        for (var j = 0; j < count; j++)
        {
            importance[j] = Math.Exp(sigma * stream.NextNormal());
        }
        return importance;
    }

    /// <summary>L of eq. (16) at masks <paramref name="m"/>, shape k.</summary>
    public double Value(ReadOnlySpan<double> m)
    {
        double sum = 0;
        foreach (var p in Project(m))
        {
            sum += p * p;
        }
        return sum;
    }

    /// <summary>dL/dm = 2 H (m - m_ref), shape k.</summary>
    public double[] Gradient(ReadOnlySpan<double> m)
    {
        var projection = Project(m);
        var gradient = new double[Count];
        for (var k = 0; k < Count; k++)
        {
            double sum = 0;
            for (var r = 0; r < _rank; r++)
            {
                sum += _factor[k * _rank + r] * projection[r];
            }
            gradient[k] = 2 * sum;
        }
        return gradient;
    }

    /// <summary>
    /// The change of L when slot k is removed from fully connected inputs, up to the factor 1/2 of eq. (18): H_kk.
    /// </summary>
    public double Significance(int slot)
    {
        double sum = 0;
        for (var r = 0; r < _rank; r++)
        {
            sum += _factor[slot * _rank + r] * _factor[slot * _rank + r];
        }
        return sum;
    }

    /// <summary>B' (m - m_ref), shape r.</summary>
    double[] Project(ReadOnlySpan<double> m)
    {
        var projection = new double[_rank];
        for (var k = 0; k < Count; k++)
        {
            var d = m[k] - _reference[k];
            for (var r = 0; r < _rank; r++)
            {
                projection[r] += _factor[k * _rank + r] * d;
            }
        }
        return projection;
    }
}
