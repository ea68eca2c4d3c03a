namespace BitTensor.Actors.View;

/// <summary>
/// What a neuron's iterations show of its slots: those since its last submission, or the newest on data kept aside. A
/// slot without an answer was zero input, whose gradient is zero. Means are over the iterations in which the slot was
/// asked, so a peer that answers half of the time counts for half.
/// </summary>
sealed class SlotEvidence(int slots)
{
    readonly double[] _gradient = new double[slots];
    readonly double[] _significance = new double[slots];
    readonly int[] _asked = new int[slots];
    readonly double[] _importance = new double[slots];
    int _iterations;

    /// <summary>True when no iteration was counted.</summary>
    public bool IsEmpty => _iterations == 0;

    /// <summary>Iterations in which a slot was asked; the own slot always is.</summary>
    public int Asked(int slot) => _asked[slot];

    /// <summary>Counts an iteration; calls of <see cref="Add"/> for its slots follow.</summary>
    /// <param name="asked">The slots that were asked; null for all.</param>
    /// <param name="importance">Mean weight of the trained gate per slot; null without one.</param>
    public void Begin(bool[]? asked = null, double[]? importance = null)
    {
        _iterations++;
        for (var k = 0; importance is not null && k < importance.Length; k++)
        {
            _importance[k] += importance[k];
        }
        for (var k = 0; k < _asked.Length; k++)
        {
            _asked[k] += asked is null || asked[k] ? 1 : 0;
        }
    }

    /// <summary>Adds dL/dw_ik and the significance of slot k, which answered in the iteration begun last.</summary>
    public void Add(int slot, double lossGradient, double significance)
    {
        _gradient[slot] += lossGradient;
        _significance[slot] += significance;
    }

    /// <summary>Adds the iterations of another.</summary>
    public void AddAll(SlotEvidence other)
    {
        _iterations += other._iterations;
        for (var k = 0; k < _asked.Length; k++)
        {
            _gradient[k] += other._gradient[k];
            _significance[k] += other._significance[k];
            _asked[k] += other._asked[k];
            _importance[k] += other._importance[k];
        }
    }

    /// <summary>Mean dL/dw_ik per slot; 0 for a slot that never answered.</summary>
    public double[] MeanGradient() => Means(_gradient);

    /// <summary>Mean significance per slot; 0 for a slot that never answered.</summary>
    public double[] MeanSignificance() => Means(_significance);

    /// <summary>Mean weight of the trained gate per slot, over all iterations.</summary>
    public double[] MeanImportance() => Array.ConvertAll(_importance, sum => sum / _iterations);

    /// <summary>Forgets all iterations.</summary>
    public void Clear()
    {
        Array.Clear(_importance);
        Array.Clear(_gradient);
        Array.Clear(_significance);
        Array.Clear(_asked);
        _iterations = 0;
    }

    double[] Means(double[] sums)
    {
        var means = new double[sums.Length];
        for (var k = 0; k < means.Length; k++)
        {
            means[k] = _asked[k] > 0 ? sums[k] / _asked[k] : 0;
        }
        return means;
    }
}
