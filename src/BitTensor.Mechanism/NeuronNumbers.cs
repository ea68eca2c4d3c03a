namespace BitTensor.Mechanism;

/// <summary>The numbers of the mechanism that a neuron acts by, as a ledger announces them.</summary>
/// <param name="Alpha">alpha of eq. (22).</param>
/// <param name="Tau">tau of eq. (6).</param>
/// <param name="Step">lambda of eq. (13), times <see cref="MechanismParameters.StepFactor"/>.</param>
/// <param name="Epsilon">Largest |dW_i|_2 of one row in one block.</param>
/// <param name="Temperature">T of eq. (8).</param>
public sealed record NeuronNumbers(double Alpha, double Tau, double Step, double Epsilon, double Temperature)
{
    /// <summary>Those of some parameters.</summary>
    public static NeuronNumbers Of(MechanismParameters p) => new(
        p.Alpha, p.Tau, p.Step * p.StepFactor, p.Epsilon, p.Temperature);

    /// <summary>The parameters with these numbers.</summary>
    public MechanismParameters Apply(MechanismParameters to) =>
        to with
        {
            Alpha = Alpha, Tau = Tau, Step = Step, Epsilon = Epsilon, Temperature = Temperature, Adaptive = null,
        };
}
