namespace BitTensor.Actors.View;

/// <summary>
/// What a neuron's iterations since its last submission show of its slots. A slot without an answer was zero input,
/// whose gradient is zero. Means are over all iterations, so a peer that answers half of the time counts for half.
/// </summary>
sealed class SlotEvidence(int slots)
{
    readonly double[] _gradient = new double[slots];
    readonly double[] _significance = new double[slots];
    int _iterations;

    /// <summary>True when no iteration was counted.</summary>
    public bool IsEmpty => _iterations == 0;

    /// <summary>Counts an iteration; calls of <see cref="Add"/> for its slots follow.</summary>
    public void Begin() => _iterations++;

    /// <summary>Adds dL/dw_ik and the significance of slot k, which answered in the iteration begun last.</summary>
    public void Add(int slot, double lossGradient, double significance)
    {
        _gradient[slot] += lossGradient;
        _significance[slot] += significance;
    }

    /// <summary>Mean dL/dw_ik per slot; 0 for a slot that never answered.</summary>
    public double[] MeanGradient() => Array.ConvertAll(_gradient, sum => sum / _iterations);

    /// <summary>Mean significance per slot; 0 for a slot that never answered.</summary>
    public double[] MeanSignificance() => Array.ConvertAll(_significance, sum => sum / _iterations);

    /// <summary>Forgets all iterations.</summary>
    public void Clear()
    {
        Array.Clear(_gradient);
        Array.Clear(_significance);
        _iterations = 0;
    }
}
