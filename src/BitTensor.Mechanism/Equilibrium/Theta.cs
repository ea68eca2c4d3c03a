namespace BitTensor.Mechanism.Equilibrium;

/// <summary>The inputs at which a loss is least: F_W0 of eq. (16), as masks m_ref.</summary>
public enum LossReference
{
    /// <summary>
    /// m_ref = 1: at the minimum every input arrives unmasked. The only reference with the behaviour the paper
    /// describes.
    /// </summary>
    Connected,

    /// <summary>m_ref = the masks at the initial weights W_0: the letter of eq. (16).</summary>
    Initial,

    /// <summary>No minimum but a gain: U = +1/2 m' H m. Written as the loss L = -1/2 m' H m.</summary>
    Gain,
}

/// <summary>
/// One game of section 2.2: theta = [alpha, tau, lambda, n, T, S, W, H]. Arrays are read, never written.
/// <see cref="ThetaCheck"/> judges a game from outside before it is solved.
/// </summary>
public sealed record Theta
{
    /// <summary>Number of neurons n; at least 2.</summary>
    public required int Count { get; init; }

    /// <summary>Price of one unit of loss, alpha in eq. (22); at least 0.</summary>
    public double Alpha { get; init; } = 10;

    /// <summary>Inflation tau; above 0. Only alpha / tau enters eq. (15).</summary>
    public double Tau { get; init; } = 1;

    /// <summary>Step lambda of eq. (13); above 0. The paper uses 0.005.</summary>
    public double Lambda { get; init; } = 0.005;

    /// <summary>Temperature T of eq. (8); above 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Which inputs the loss is least at.</summary>
    public LossReference Reference { get; init; } = LossReference.Connected;

    /// <summary>Step limit of descent; null is the paper's 1000 n.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>The residual max |Proj(W + dW) - W| at which a point counts as an equilibrium; at least 0.</summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Stake S, shape n; each at least 0.</summary>
    public required double[] Stake { get; init; }

    /// <summary>Initial weights W_0, row-major, shape n x n; every row on the probability simplex,
    /// or zeros.</summary>
    public required double[] Weights { get; init; }

    /// <summary>H_i of every neuron.</summary>
    public required Hessians Hessians { get; init; }

    /// <summary>The step limit in force: <see cref="MaxSteps"/> or 1000 n.</summary>
    public int StepLimit => MaxSteps ?? 1000 * Count;

    /// <summary>
    /// A random game of section 3: Hessians by <see cref="Equilibrium.Hessians.Draw"/>, W_0 with uniform entries
    /// divided by their row's sum, every stake 1. The game of (<paramref name="seed"/>, <paramref name="trial"/>) does
    /// not depend on alpha, tau or T, so that ratios compare on equal draws.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="trial">Which trial; each draws from its own streams.</param>
    /// <param name="count">n, at least 2.</param>
    /// <param name="sigma">
    /// Spread of the importance of peers, which all neurons share; 0 makes peers exchangeable.
    /// </param>
    /// <param name="rank">r, columns of A_i; null for n.</param>
    /// <param name="form">Dense matrices or factors; the same draws either way.</param>
    /// <param name="cancellation">Ends the draw early.</param>
    /// <exception cref="OperationCanceledException">The draw was cancelled.</exception>
    public static Theta Draw(
        ulong seed, int trial, int count, double sigma, int? rank = null, HessianForm form = HessianForm.Dense,
        CancellationToken cancellation = default)
    {
        var weights = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            DrawRow(new RandomStream(seed, "theta-weights", trial, i), weights.AsSpan(i * count, count));
        }
        var stake = new double[count];
        Array.Fill(stake, 1.0);
        return new Theta
        {
            Count = count,
            Stake = stake,
            Weights = weights,
            Hessians = Hessians.Draw(seed, trial, count, sigma, rank ?? count, form, cancellation),
        };
    }

    static void DrawRow(RandomStream dice, Span<double> row)
    {
        double sum = 0;
        foreach (ref var weight in row)
        {
            weight = dice.NextDouble();
            sum += weight;
        }
        foreach (ref var weight in row)
        {
            weight /= sum;
        }
    }
}
