namespace BitTensor.Learning;

/// <summary>
/// How a neuron estimates what its slots are worth on a batch of its own: eq. (3), one number per slot.
/// </summary>
public enum WorthMeasure
{
    /// <summary>The Fisher information along the removal of the slot, from labels that are drawn.</summary>
    Fisher,

    /// <summary>The rise of the loss without the slot.</summary>
    Ablation,

    /// <summary>
    /// The rise of the loss without the slot, and half of what each pair with another slot costs beyond the two alone:
    /// the Shapley value of a loss without interactions of three.
    /// </summary>
    Synergy,
}
