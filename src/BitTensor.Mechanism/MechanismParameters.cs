namespace BitTensor.Mechanism;

/// <summary>The norm that divides the rank in eq. (6).</summary>
public enum InflationNorm
{
    /// <summary>Euclidean norm, the paper's: the mint per block lies between tau and tau * sqrt(n).</summary>
    L2,

    /// <summary>Sum of absolute values: the mint per block is exactly tau.</summary>
    L1,
}

/// <summary>The stake that enters the mask of eq. (7).</summary>
public enum StakeScale
{
    /// <summary>s_i as recorded on the ledger: masks sharpen as stake grows.</summary>
    Raw,

    /// <summary>s_i * n / sum(S): the scale of the mask does not change while stake is minted.</summary>
    Share,
}

/// <summary>The numbers of theta (section 2.2) that the mechanism itself needs.</summary>
public sealed record MechanismParameters
{
    /// <summary>Price of one unit of loss, alpha in eq. (22); at least 0.</summary>
    public double Alpha { get; init; } = 10;

    /// <summary>Inflation rate tau of eq. (6), stake per block; above 0.</summary>
    public double Tau { get; init; } = 0.1;

    /// <summary>What moves tau from block to block, from its lower bound; null for a tau that stays.</summary>
    public TauController? Adaptive { get; init; }

    /// <summary>Step lambda of eq. (13); above 0.</summary>
    public double Step { get; init; } = 0.005;

    /// <summary>
    /// Factor of every step along eq. (15): c tau / alpha under a <see cref="TauController"/>, 1 otherwise.
    /// </summary>
    public double StepFactor => Adaptive is null ? 1 : TauController.StepScale * Tau / Alpha;

    /// <summary>Largest |dW_i|_2 of one row in one block, section 1.3; above 0.</summary>
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Temperature T of eq. (8); above 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>The scores in the place of R in eq. (6); the paper's rule is R itself.</summary>
    public RankRule Rule { get; init; } = new RankRule.Paper();

    /// <summary>Whose rows count for the scores; the paper counts all.</summary>
    public VoterRoles Roles { get; init; } = VoterRoles.None;

    /// <summary>Norm of eq. (6).</summary>
    public InflationNorm Norm { get; init; } = InflationNorm.L2;

    /// <summary>Stake of eq. (7).</summary>
    public StakeScale StakeScale { get; init; } = StakeScale.Raw;

    /// <summary>False freezes S, for comparisons with the formula: rank is computed, nothing is minted.</summary>
    public bool Emission { get; init; } = true;

    /// <summary>
    /// Blocks from the commitment to a row to the row itself, at least 0; 0, the paper's, takes rows without
    /// commitments. A row that is hidden for k blocks can be copied k blocks later at the earliest (Opentensor
    /// Foundation, subtensor, "commit reveal").
    /// </summary>
    public int RevealAfter { get; init; }

    /// <summary>
    /// Stake destroyed when an identity changes its row for the first time, or in an open network when it registers, at
    /// least 0; 0 is the paper's (Opentensor Foundation, subtensor, "burned registration").
    /// </summary>
    public double RegistrationCost { get; init; }

    /// <summary>
    /// The rules of an open network, in which neurons register while it runs; null for a closed one, in which everybody
    /// is registered from the start to the end.
    /// </summary>
    public MembershipRules? Membership { get; init; }
}
