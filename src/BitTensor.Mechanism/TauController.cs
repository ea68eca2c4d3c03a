using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>
/// The adaptive tau of figure 5: a proportional-integral controller of ln tau by the error e = ln(target / ratio) of
/// ratio = sum(diag W) / (sum W - sum(diag W)). tau' = tau exp(P (e' - e) + I e') within its bounds: more inflation
/// draws weight to the diagonal. In this velocity form no integral winds up at a bound, and the state is tau alone. A
/// small tau would make the steps of eq. (15) large without bound. Under a controller they follow the payoff in fixed
/// units: dW = c (-dL/dW + (tau / alpha) dR/dW), which is eq. (15) where alpha / tau = c = 10.
/// </summary>
public sealed record TauController
{
    /// <summary>c: the ratio alpha / tau at which a step is that of eq. (15).</summary>
    public const double StepScale = 10;

    /// <summary>The largest factor c tau / alpha of a step: beyond it a step may not be finite.</summary>
    public const double LargestFactor = 1e30;

    /// <summary>Ratio that it steers to; above 0.</summary>
    public double Target { get; init; } = 1;

    /// <summary>Lower bound of tau, where it begins; above 0.</summary>
    public double Least { get; init; } = 1e-3;

    /// <summary>Upper bound of tau, at least <see cref="Least"/>.</summary>
    public double Most { get; init; } = 10;

    /// <summary>P: change of ln tau per change of the error; at least 0.</summary>
    public double Proportional { get; init; } = 1;

    /// <summary>I: change of ln tau per step and unit of error; at least 0.</summary>
    public double Integral { get; init; } = 5e-4;

    /// <summary>True when steps stay finite with this alpha at every tau within the bounds; false for 0.</summary>
    public bool Bears(double alpha) => StepScale * Most / alpha <= LargestFactor;

    /// <summary>tau'.</summary>
    /// <param name="tau">tau, within the bounds.</param>
    /// <param name="share">sum(diag W) / sum W, in [0, 1].</param>
    /// <param name="before">The same of the step before.</param>
    public double Next(double tau, double share, double before)
    {
        var error = Error(share);
        return Math.Clamp(tau * Math.Exp(Proportional * (error - Error(before)) + Integral * error), Least, Most);
    }

    /// <summary>sum(diag W) / sum W, in [0, 1]; 0 when W is zero.</summary>
    public static double ShareOf(IReadOnlyList<WeightRow> rows)
    {
        double diagonal = 0, sum = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            diagonal += rows[i][i];
            foreach (var weight in rows[i].Values)
            {
                sum += weight;
            }
        }
        return sum > 0 ? diagonal / sum : 0;
    }

    /// <summary>The controller in one line, as the ledger keeps it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"target={Target:R} least={Least:R} most={Most:R} proportional={Proportional:R} integral={Integral:R}");

    /// <summary>Parses the text of <see cref="ToString"/>; null when it is something else.</summary>
    public static TauController? Parse(string text)
    {
        double[] numbers =
        [
            .. text.Split(' ').Select(word =>
                double.TryParse(word.Split('=')[^1], CultureInfo.InvariantCulture, out var number)
                    ? number
                    : double.NaN),
        ];
        if (numbers is not [var target and > 0, var least and > 0, var most, var proportional and >= 0,
            var integral and >= 0] || !(most >= least))
        {
            return null;
        }
        var controller = new TauController
        {
            Target = target, Least = least, Most = most, Proportional = proportional, Integral = integral,
        };
        return controller.ToString() == text ? controller : null;
    }

    /// <summary>ln(target / ratio), with the ratio clamped to 1e-6..1e6.</summary>
    double Error(double share) => Math.Log(Target) - Math.Log(Math.Clamp(share / (1 - share), 1e-6, 1e6));
}
