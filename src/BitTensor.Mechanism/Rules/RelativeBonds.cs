namespace BitTensor.Mechanism;

/// <summary>
/// Bonds between 0 and 1 that do not depend on stake: each moves towards 1 by at most a w~_ij a block and decays by a,
/// B' = (1 - a) B + min(a w~, 1 - (1 - a) B) of w~ = (1 - beta) w + beta min(w, c), from B = 0. Dividends are
/// D_i = s_i sum_j (B'_ij / sum_k B'_kj) I_j, divided by their sum (Opentensor Foundation, subtensor, relative bonds of
/// <c>epoch</c>; bactensor, yuma-simulation, "Yuma 3").
/// </summary>
/// <inheritdoc cref="BondRule"/>
public sealed record RelativeBonds(
    double Kappa, double Share, double Average, double Penalty, LiquidRate? Liquid = null)
    : BondRule(Kappa, Share, Average, Penalty, Liquid)
{
    private protected override string Name => "yuma-relative";

    private protected override Bonds Next(
        Bonds backed, double[] stake, Bonds? before, Func<int, int, double, double> rate) =>
        (before ?? backed.Map((_, _, _) => 0)).With(backed, (i, j, old, weight) =>
        {
            var a = rate(i, j, old);
            var left = (1 - a) * old;
            return left + Math.Min(a * weight, 1 - left);
        });

    private protected override double[] Dividends(Bonds bonds, double[] stake, double[] incentive)
    {
        var sums = bonds.PerColumn().Times(incentive);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] *= stake[i];
        }
        return sums;
    }
}
