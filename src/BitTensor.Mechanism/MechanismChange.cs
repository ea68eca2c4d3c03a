namespace BitTensor.Mechanism;

/// <summary>
/// Numbers of the mechanism that a ledger sets while it runs; null leaves a number as it is. Ranges are those of
/// <see cref="MechanismParameters"/>.
/// </summary>
public sealed record MechanismChange
{
    /// <summary>alpha of eq. (22).</summary>
    public double? Alpha { get; init; }

    /// <summary>tau of eq. (6).</summary>
    public double? Tau { get; init; }

    /// <summary>lambda of eq. (13).</summary>
    public double? Step { get; init; }

    /// <summary>Largest |dW_i|_2 of one row in one block.</summary>
    public double? Epsilon { get; init; }

    /// <summary>T of eq. (8).</summary>
    public double? Temperature { get; init; }

    /// <summary>Norm of eq. (6).</summary>
    public InflationNorm? Norm { get; init; }

    /// <summary>The scores in the place of R.</summary>
    public RankRule? Rule { get; init; }

    /// <summary>True when it changes nothing.</summary>
    public bool IsEmpty => this == new MechanismChange();

    /// <summary>The parameters with this change.</summary>
    public MechanismParameters Apply(MechanismParameters to) => to with
    {
        Alpha = Alpha ?? to.Alpha,
        Tau = Tau ?? to.Tau,
        Step = Step ?? to.Step,
        Epsilon = Epsilon ?? to.Epsilon,
        Temperature = Temperature ?? to.Temperature,
        Norm = Norm ?? to.Norm,
        Rule = Rule ?? to.Rule,
    };

    /// <summary>What leads from one set of parameters to another; null when nothing does.</summary>
    public static MechanismChange? Between(MechanismParameters from, MechanismParameters to)
    {
        static double? Other(double old, double value) => old.Equals(value) ? null : value;
        var change = new MechanismChange
        {
            Alpha = Other(from.Alpha, to.Alpha),
            Tau = Other(from.Tau, to.Tau),
            Step = Other(from.Step, to.Step),
            Epsilon = Other(from.Epsilon, to.Epsilon),
            Temperature = Other(from.Temperature, to.Temperature),
            Norm = from.Norm == to.Norm ? null : to.Norm,
            Rule = from.Rule.Equals(to.Rule) ? null : to.Rule,
        };
        return change.IsEmpty ? null : change;
    }
}
