namespace BitTensor.Mechanism.Equilibrium;

/// <summary>Which changes of a row a neuron may choose among in the study of section 6.5.</summary>
public enum RegretRule
{
    /// <summary>
    /// The letter of the theorem: any change of the length of the gradient step; rows may leave the simplex.
    /// </summary>
    Free,

    /// <summary>
    /// Rows stay on the simplex: the step is Proj(W_i + lambda dW_i) - W_i, the alternatives are the admissible changes
    /// that are not longer. To first order this step follows the gradient's projection on the admissible directions,
    /// which no admissible direction of its length beats, so the theorem carries over.
    /// </summary>
    Simplex,
}

/// <summary>
/// Ex-post regret (28) of one step of descent at one lambda, in units of P_i, largest over the neurons.
/// </summary>
/// <param name="Lambda">The step length lambda.</param>
/// <param name="Random">Against the best of the random alternatives.</param>
/// <param name="Adversarial">Against the best alternative found by ascent.</param>
public sealed record RegretAtStep(double Lambda, double Random, double Adversarial)
{
    /// <summary>Regret per unit of step; by theorem 6.5 it vanishes with lambda.</summary>
    public double PerLambda => Math.Max(Random, Adversarial) / Lambda;
}

/// <summary>
/// Theorem 6.5 as a measurement: for small lambda no change of the length of neuron i's gradient step raises P_i more
/// than the gradient step does, in expectation over the moves of the others. Each of the others moves by lambda times a
/// random direction of the length of its own gradient. The gradient is taken before all moves, the payoff after them. A
/// regret below the rounding of P_i counts as 0: divided by a small lambda it would grow without meaning.
/// </summary>
public sealed class Regret
{
    const int Ascents = 30;

    /// <summary>Rounding of the payoff, relative to it or to 1.</summary>
    const double Rounding = 1e-15;

    readonly Theta _theta;
    readonly double[] _reference;
    readonly double[] _weights;
    readonly double[] _gradient;
    readonly RegretRule _rule;

    /// <summary>Regret at <paramref name="weights"/>, row-major, shape n x n, rows on the simplex.</summary>
    public Regret(Theta theta, double[] weights, RegretRule rule)
    {
        var game = new ConvergenceGame(theta);
        (_theta, _weights, _rule) = (theta, weights, rule);
        (_reference, _gradient) = (game.Reference.ToArray(), game.Gradient(weights));
    }

    /// <summary>The regret of one step of length lambda.</summary>
    /// <param name="lambda">Above 0.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="draws">Draws of the others' moves, over which the expectation is taken; at least 1.</param>
    /// <param name="directions">Random alternatives per neuron and draw; at least 1.</param>
    /// <param name="cancellation">Ends the search early.</param>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public RegretAtStep At(
        double lambda, ulong seed, int draws, int directions, CancellationToken cancellation = default)
    {
        double random = 0, adversarial = 0;
        for (var i = 0; i < _theta.Count; i++)
        {
            double ofRandom = 0, ofAdversarial = 0;
            for (var draw = 0; draw < draws; draw++)
            {
                var dice = new RandomStream(seed, "regret", i, draw);
                var (r, a) = OfNeuron(i, lambda, directions, dice, cancellation);
                ofRandom += r / draws;
                ofAdversarial += a / draws;
            }
            (random, adversarial) = (Math.Max(random, ofRandom), Math.Max(adversarial, ofAdversarial));
        }
        return new RegretAtStep(lambda, random, adversarial);
    }

    (double Random, double Adversarial) OfNeuron(
        int i, double lambda, int directions, RandomStream dice, CancellationToken cancellation)
    {
        var n = _theta.Count;
        var payoff = new RowPayoff(_theta, _reference, OthersMoved(i, lambda, dice), i);
        var row = _weights.AsSpan(i * n, n);
        var chosen = _rule == RegretRule.Free
            ? Ahead(row, _gradient.AsSpan(i * n, n), lambda)
            : Simplex.Step(row, _gradient.AsSpan(i * n, n), lambda);
        var length = Distance(row, chosen);
        if (length == 0)
        {
            return (0, 0);
        }
        var slope = new double[n];
        var earned = payoff.At(chosen, slope);
        var best = (At: chosen, Value: earned);
        for (var k = 0; k < directions; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            var alternative = Alternative(row, length, dice);
            var value = payoff.At(alternative, slope);
            best = value > best.Value ? (alternative, value) : best;
        }
        return (Above(earned, best.Value), Above(earned, Adversary(payoff, row, length, best.At)));
    }

    static double Above(double earned, double best) =>
        best - earned > Rounding * Math.Max(1, Math.Abs(earned)) ? best - earned : 0;

    /// <summary>
    /// Ascent over the changes of at most this length: each turn goes to the best change for the payoff's slope at the
    /// present one.
    /// </summary>
    double Adversary(RowPayoff payoff, ReadOnlySpan<double> row, double length, double[] start)
    {
        var slope = new double[row.Length];
        var best = payoff.At(start, slope);
        for (var k = 0; k < Ascents; k++)
        {
            best = Math.Max(best, payoff.At(Farthest(row, slope, length), slope));
        }
        return best;
    }

    /// <summary>
    /// The admissible row at most <paramref name="length"/> away that goes farthest along <paramref name="slope"/>.
    /// </summary>
    double[] Farthest(ReadOnlySpan<double> row, ReadOnlySpan<double> slope, double length)
    {
        var norm = Ranking.Norm(slope, InflationNorm.L2);
        if (norm == 0)
        {
            return row.ToArray();
        }
        if (_rule == RegretRule.Free)
        {
            return Ahead(row, slope, length / norm);
        }
        // |Proj(x + t slope) - x| grows with t: bisect for the length.
        double low = 0, high = length / norm;
        for (var k = 0; k < 60 && Distance(row, Simplex.Step(row, slope, high)) < length; k++)
        {
            (low, high) = (high, 2 * high);
        }
        for (var k = 0; k < 60; k++)
        {
            var middle = (low + high) / 2;
            (low, high) = Distance(row, Simplex.Step(row, slope, middle)) <= length ? (middle, high) : (low, middle);
        }
        return Simplex.Step(row, slope, low);
    }

    double[] Alternative(ReadOnlySpan<double> row, double length, RandomStream dice)
    {
        if (_rule == RegretRule.Free)
        {
            return Ahead(row, Direction(dice, row.Length), length);
        }
        var corner = new double[row.Length];
        foreach (ref var weight in corner.AsSpan())
        {
            weight = dice.NextExponential();
        }
        return Simplex.Bounded(row, Scaled(corner, 1 / corner.Sum()), length);
    }

    double[] OthersMoved(int self, double lambda, RandomStream dice)
    {
        var n = _theta.Count;
        var moved = (double[])_weights.Clone();
        for (var k = 0; k < n; k++)
        {
            var length = lambda * Ranking.Norm(_gradient.AsSpan(k * n, n), InflationNorm.L2);
            var there = Ahead(_weights.AsSpan(k * n, n), Direction(dice, n), length);
            if (k != self)
            {
                (_rule == RegretRule.Free ? there : Simplex.Project(there)).CopyTo(moved, k * n);
            }
        }
        return moved;
    }

    static double[] Direction(RandomStream dice, int n)
    {
        var direction = new double[n];
        foreach (ref var entry in direction.AsSpan())
        {
            entry = dice.NextNormal();
        }
        return Scaled(direction, 1 / Ranking.Norm(direction, InflationNorm.L2));
    }

    static double[] Scaled(double[] vector, double factor) => Array.ConvertAll(vector, x => x * factor);

    static double[] Ahead(ReadOnlySpan<double> from, ReadOnlySpan<double> direction, double step)
    {
        var there = new double[from.Length];
        for (var j = 0; j < there.Length; j++)
        {
            there[j] = from[j] + step * direction[j];
        }
        return there;
    }

    static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        Ranking.Norm(Ahead(a, b, -1), InflationNorm.L2);
}
