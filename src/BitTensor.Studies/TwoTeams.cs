using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>
/// Honest neurons against one coalition for a single block (Opentensor Foundation, subtensor, "Yuma Consensus", its
/// two-team game). An honest voter gives W_H of its row to honest neurons and 1 - W_H to the coalition; a voter of the
/// coalition gives W_C to the coalition and 1 - W_C to honest neurons. Stake and weights are drawn once;
/// <see cref="HonestEmission"/> evaluates any W_H and W_C.
/// </summary>
public sealed class TwoTeams
{
    // First grid of the search for the least honest utility, and the number of bisections after it.
    const int Steps = 25;
    const int Halvings = 7;

    readonly bool[] _honest;
    readonly double[] _stake;
    readonly double[]?[] _appetite;
    readonly int[][] _targets;

    TwoTeams(bool[] honest, double[] stake, double[]?[] appetite, int[][] targets) =>
        (_honest, _stake, _appetite, _targets) = (honest, stake, appetite, targets);

    /// <summary>
    /// A draw of the published game: stake of a validator normal around 1, weights normal around 1, both at least 0.
    /// Then each team's stake is scaled to its share, and each quadrant of weights to its own. The honest share of
    /// validators and of all neurons is S_H, up to rounding and at least one neuron of each kind in each team. Neurons
    /// that receive votes hold no stake.
    /// </summary>
    /// <param name="spec">Sizes and the noise of stake.</param>
    /// <param name="honestStake">S_H, in (0, 1).</param>
    /// <param name="weightNoise">Standard deviation of a weight in units of its mean.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="trial">Number of the draw.</param>
    public static TwoTeams Draw(RetentionSpec spec, double honestStake, double weightNoise, ulong seed, int trial)
    {
        var (n, voters) = (spec.Neurons, spec.Validators);
        var honestVoters = Math.Clamp((int)Math.Round(honestStake * voters), 1, voters - 1);
        var honestServers = Math.Clamp((int)Math.Round(honestStake * n) - honestVoters, 1, n - voters - 1);
        bool[] honest = [
            .. Enumerable.Range(0, n).Select(i => i < voters ? i < honestVoters : i - voters < honestServers),
        ];
        var stakes = new RandomStream(seed, "retention-stake", trial);
        double[] stake = [
            .. Enumerable.Range(0, n)
                .Select(i => i < voters ? Math.Max(0, 1 + spec.StakeNoise * stakes.NextNormal()) : 0),
        ];
        Scale(stake, honest, honestStake);
        int[] servers = [.. Enumerable.Range(voters, n - voters)];
        return new TwoTeams(
            honest, stake,
            [
                .. Enumerable.Range(0, n).Select(i =>
                    i < voters
                        ? Appetite(servers.Length, weightNoise, new RandomStream(seed, "retention-weights", trial, i))
                        : null),
            ],
            [.. Enumerable.Range(0, n).Select(i => i < voters ? servers : [i])]);
    }

    /// <summary>
    /// A draw of a market in which all neurons vote and receive votes, with equal stake within each team. A voter gives
    /// W_H or W_C to the others of its team and the rest to all remaining neurons, itself included, as strategy
    /// <c>cartel</c> does.
    /// </summary>
    /// <param name="honest">Honest neurons, at least 2.</param>
    /// <param name="coalition">The others, at least 2.</param>
    /// <param name="honestStake">S_H.</param>
    /// <param name="weightNoise">As above.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="trial">Number of the draw.</param>
    public static TwoTeams DrawEqual(
        int honest, int coalition, double honestStake, double weightNoise, ulong seed, int trial)
    {
        var n = honest + coalition;
        bool[] team = [.. Enumerable.Range(0, n).Select(i => i < honest)];
        double[] stake = [.. Enumerable.Repeat(1.0, n)];
        Scale(stake, team, honestStake);
        return new TwoTeams(
            team, stake,
            [
                .. Enumerable.Range(0, n)
                    .Select(i => Appetite(n, weightNoise, new RandomStream(seed, "retention-weights", trial, i))),
            ],
            [.. Enumerable.Repeat<int[]>([.. Enumerable.Range(0, n)], n)]);
    }

    /// <summary>S_H.</summary>
    public double HonestStake => Share(_stake);

    /// <summary>E_H: the share of a block's emission paid to honest neurons.</summary>
    /// <param name="honestUtility">W_H, in [0, 1].</param>
    /// <param name="selfWeight">W_C, in [0, 1].</param>
    /// <param name="mechanism">Parameters of the mechanism.</param>
    public double HonestEmission(double honestUtility, double selfWeight, MechanismParameters mechanism)
    {
        var rows = new WeightRow[_honest.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = _appetite[i] is null
                ? WeightRow.Uniform(_targets[i])
                : Row(i, _honest[i] ? honestUtility : selfWeight);
        }
        return Share(Market.Genesis(rows, _stake, mechanism).Close([]).Emission);
    }

    /// <summary>The least W_H from which E_H is at least S_H; null when even W_H = 1 is not enough.</summary>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public double? LeastUtility(
        double selfWeight, MechanismParameters mechanism, CancellationToken cancellation = default)
    {
        // At a tie the rounding of sums would decide, so equality within it counts as retained.
        var wanted = HonestStake - 1e-12;
        bool Retains(double utility)
        {
            cancellation.ThrowIfCancellationRequested();
            return HonestEmission(utility, selfWeight, mechanism) >= wanted;
        }
        if (!Retains(1))
        {
            return null;
        }
        var (high, step) = (1.0, Steps - 1);
        while (step >= 0 && Retains((double)step / Steps))
        {
            high = (double)step-- / Steps;
        }
        var low = step < 0 ? high : (double)step / Steps;
        for (var k = 0; k < Halvings && low < high; k++)
        {
            var middle = (low + high) / 2;
            (low, high) = Retains(middle) ? (low, middle) : (middle, high);
        }
        return high;
    }

    WeightRow Row(int i, double toOwn)
    {
        var (targets, appetite) = (_targets[i], _appetite[i]!);
        bool Favours(int j) => j != i && _honest[j] == _honest[i];
        double own = 0, others = 0;
        for (var k = 0; k < targets.Length; k++)
        {
            (own, others) = Favours(targets[k]) ? (own + appetite[k], others) : (own, others + appetite[k]);
        }
        var values = new double[targets.Length];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = Favours(targets[k]) ? toOwn * appetite[k] / own : (1 - toOwn) * appetite[k] / others;
        }
        return WeightRow.Of(targets, values);
    }

    double Share(ReadOnlySpan<double> values)
    {
        double mine = 0, all = 0;
        for (var i = 0; i < values.Length; i++)
        {
            (mine, all) = (mine + (_honest[i] ? values[i] : 0), all + values[i]);
        }
        return mine / all;
    }

    static void Scale(double[] stake, bool[] honest, double share)
    {
        var sums = (Honest: stake.Where((_, i) => honest[i]).Sum(), Others: stake.Where((_, i) => !honest[i]).Sum());
        for (var i = 0; i < stake.Length; i++)
        {
            stake[i] *= honest[i] ? share / sums.Honest : (1 - share) / sums.Others;
        }
    }

    static double[] Appetite(int servers, double noise, RandomStream dice) =>
        [.. Enumerable.Range(0, servers).Select(_ => Math.Max(0, 1 + noise * dice.NextNormal()))];
}
