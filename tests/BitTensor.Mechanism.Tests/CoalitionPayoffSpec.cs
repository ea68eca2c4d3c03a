using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>
/// The gradient of a coalition's joint payoff is that of the payoff itself, and for a coalition of one that of eq.
/// (15).
/// </summary>
public sealed class CoalitionPayoffSpec
{
    const int N = 5;
    static readonly MechanismParameters Parameters = new() { Alpha = 2, Tau = 0.3, Temperature = 0.2 };
    static readonly double[] Stake = [1, 2, 0.5, 1.5, 1];

    [Fact]
    public void The_gradient_is_the_slope_of_the_joint_payoff()
    {
        var dice = new RandomStream(4, "coalition-payoff");
        var weights = Enumerable.Range(0, N)
            .Select(_ => Simplex.Project([.. Enumerable.Range(0, N).Select(_ => dice.NextDouble())])).ToArray();
        var losses = Enumerable.Range(0, N).Select(i => Loss(i)).ToArray();
        int[] members = [0, 1, 3];
        var gradient = CoalitionPayoff.Gradient(
            [.. members.Select(k => Member(k, weights, losses[k]))], N, Parameters.Alpha, Parameters.Tau);
        for (var at = 0; at < members.Length; at++)
        {
            for (var j = 0; j < N; j++)
            {
                double Moved(double by)
                {
                    var moved = weights.Select(w => w.ToArray()).ToArray();
                    moved[members[at]][j] += by;
                    return members.Sum(
                        k => Payoff.Value(
                        losses[k].Value(Masks(k, moved)), Rank(k, moved), Parameters.Alpha, Parameters.Tau));
                }
                // The step is in units of tau, as in eq. (15).
                Assert.Equal((Moved(1e-6) - Moved(-1e-6)) / 2e-6 / Parameters.Tau, gradient[at][j], 1e-6);
            }
        }
    }

    [Fact]
    public void A_coalition_of_one_ascends_as_a_neuron_does()
    {
        var weights = Enumerable.Range(0, N).Select(_ => Enumerable.Repeat(0.2, N).ToArray()).ToArray();
        var loss = Loss(2);
        var masks = Masks(2, weights);
        var slope = loss.Gradient(masks)
            .Select((g, j) => g * Masking.MaskDerivative(masks[j], Stake[2], N, Parameters.Temperature)).ToArray();
        var own = Payoff.Gradient(2, [0, 1, 2, 3, 4], slope, Stake[2], N, Parameters.Alpha, Parameters.Tau);
        var joint = CoalitionPayoff.Gradient([Member(2, weights, loss)], N, Parameters.Alpha, Parameters.Tau)[0];
        Assert.Equal(own.Select(g => Math.Round(g, 12)), joint.Select(g => Math.Round(g, 12)));
    }

    static QuadraticLoss Loss(int neuron) =>
        QuadraticLoss.Draw(
            new RandomStream(9, "hessian", neuron), [0, 1, 2, 3, 4],
            QuadraticLoss.Importance(new RandomStream(9, "importance"), N, 0.5), 3);

    static CoalitionMember Member(int k, double[][] weights, QuadraticLoss loss)
    {
        var masks = Masks(k, weights);
        var effect =
            loss.Gradient(masks).Select((g, j) => g * masks[j] * (1 - masks[j]) / Parameters.Temperature).ToArray();
        return new CoalitionMember(k, WeightRow.Dense(weights[k]), Stake[k], Stake[k], effect);
    }

    static double[] Masks(int k, double[][] weights) =>
        [
            .. Enumerable.Range(0, N)
                .Select(j => Masking.Mask(Stake[k], weights[k][j], Rank(j, weights), Parameters.Temperature)),
        ];

    static double Rank(int j, double[][] weights) => Enumerable.Range(0, N).Sum(i => Stake[i] * weights[i][j]) / N;
}
