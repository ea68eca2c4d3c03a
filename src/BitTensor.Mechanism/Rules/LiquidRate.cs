using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>
/// A rate of each bond's own: a_ij = low + (high - low) sigmoid(k (d_ij - 1/2)). A voter that buys (w_ij &gt;= B_ij)
/// has d_ij = w_ij - c_j, one that sells d_ij = B_ij - w_ij, each within [0, 1]: who departs from the consensus, or
/// sells much, moves fast (Opentensor Foundation, subtensor, "liquid alpha").
/// </summary>
/// <param name="Low">Least a, in [0, 1].</param>
/// <param name="High">Greatest a, in [<paramref name="Low"/>, 1].</param>
/// <param name="Steepness">k, above 0.</param>
public sealed record LiquidRate(double Low, double High, double Steepness)
{
    /// <summary>a_ij of w_ij, c_j and B_ij.</summary>
    public double Of(double weight, double consensus, double bond)
    {
        var distance = Math.Clamp(weight >= bond ? weight - consensus : bond - weight, 0, 1);
        return Low + (High - Low) / (1 + Math.Exp(-Steepness * (distance - 0.5)));
    }

    /// <summary>The words of the rate in the line of a rule.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $" alpha-low={Low:R} alpha-high={High:R} steepness={Steepness:R}");
}
