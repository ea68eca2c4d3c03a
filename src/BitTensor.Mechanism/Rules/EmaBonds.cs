namespace BitTensor.Mechanism;

/// <summary>
/// Bonds as a moving average of what voters buy: dB_ij = s_i w~_ij / sum_k s_k w~_kj of w~ = (1 - beta) w + beta
/// min(w, c), and B' = (1 - a) B + a dB, every column divided by its sum. The first block has B' = dB. Dividends are
/// D_i = sum_j B'_ij I_j, divided by their sum (Opentensor Foundation, subtensor, "Yuma Consensus").
/// </summary>
/// <inheritdoc cref="BondRule"/>
public sealed record EmaBonds(double Kappa, double Share, double Average, double Penalty, LiquidRate? Liquid = null)
    : BondRule(Kappa, Share, Average, Penalty, Liquid)
{
    private protected override string Name => "yuma-ema";

    private protected override Bonds Next(
        Bonds backed, double[] stake, Bonds? before, Func<int, int, double, double> rate)
    {
        var bought = backed.Map((i, _, w) => stake[i] * w).PerColumn();
        return before is null
            ? bought
            : before.With(bought, (i, j, old, delta) => rate(i, j, old) is var a ? (1 - a) * old + a * delta : 0)
                .PerColumn();
    }

    private protected override double[] Dividends(Bonds bonds, double[] stake, double[] incentive) =>
        bonds.Times(incentive);
}
