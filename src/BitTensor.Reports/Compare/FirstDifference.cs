using BitTensor.Records;

namespace BitTensor.Reports.Compare;

/// <summary>The first block in which two runs of one seed differ by more than rounding.</summary>
/// <param name="Block">Height.</param>
/// <param name="Quantity">The quantity that differs.</param>
/// <param name="Neuron">The neuron in which it differs most; null for a quantity of the network.</param>
/// <param name="Population">The neuron's population.</param>
/// <param name="Left">Value in the first run; null where it has none.</param>
/// <param name="Right">Value in the second.</param>
/// <param name="Neurons">Number of neurons in which it differs.</param>
public sealed record FirstDifference(
    long Block, string Quantity, int? Neuron, string? Population, double? Left, double? Right, int Neurons)
{
    // Sums in another order differ in their last digits; what matters is larger.
    const double Rounding = 1e-9;
    const double LeastScale = 1e-3;

    static readonly (string Name, Func<RunBlock, int, double?> Of)[] OfNeurons =
    [
        ("stake", (b, i) => b.Ledger.Stake[i]),
        ("rank", (b, i) => b.Ledger.Rank[i]),
        ("emission", (b, i) => b.Ledger.Emission[i]),
        ("self-weight", (b, i) => b.Rows[i][i]),
        ("iterations", (b, i) => b.Reports[i]?.Iterations),
        ("loss", (b, i) => b.Reports[i]?.Loss),
        ("mask", (b, i) => b.Reports[i]?.Mask),
    ];

    /// <summary>The first difference; null when there is none in the blocks that both have.</summary>
    /// <param name="left">The first run.</param>
    /// <param name="right">The second, with as many neurons.</param>
    public static FirstDifference? Between(RunData left, RunData right)
    {
        foreach (var (a, b) in left.Blocks().Zip(right.Blocks()))
        {
            if (Of(left, a, b) is { } difference)
            {
                return difference;
            }
        }
        return null;
    }

    static FirstDifference? Of(RunData run, RunBlock a, RunBlock b)
    {
        if (Differ(a.Ledger.AtMs, b.Ledger.AtMs))
        {
            return new FirstDifference(
                a.Ledger.Height, "time of the close, ms", null, null, a.Ledger.AtMs, b.Ledger.AtMs, 0);
        }
        foreach (var (name, of) in OfNeurons)
        {
            var differing = Enumerable.Range(0, run.Count).Where(i => Differ(of(a, i), of(b, i))).ToArray();
            if (differing.Length > 0)
            {
                var most = differing.MaxBy(i => Math.Abs((of(a, i) ?? 0) - (of(b, i) ?? 0)));
                return new FirstDifference(
                    a.Ledger.Height, name, most, run.PopulationOf[most], of(a, most), of(b, most), differing.Length);
            }
        }
        return OfRows(run, a, b);
    }

    /// <summary>Weights on others: two rows may agree on the diagonal alone.</summary>
    static FirstDifference? OfRows(RunData run, RunBlock a, RunBlock b)
    {
        for (var i = 0; i < run.Count; i++)
        {
            var (left, right) = (a.Rows[i], b.Rows[i]);
            if (left.Targets.SequenceEqual(right.Targets) && left.Values.SequenceEqual(right.Values))
            {
                continue;
            }
            for (var j = 0; j < run.Count; j++)
            {
                if (Differ(left[j], right[j]))
                {
                    return new FirstDifference(
                        a.Ledger.Height, $"weight on neuron {j}", i, run.PopulationOf[i], left[j], right[j], 1);
                }
            }
        }
        return null;
    }

    static bool Differ(double? a, double? b) => (a, b) switch
    {
        (null, null) => false,
        ({ } x, { } y) => !x.Equals(y) && !(Math.Abs(x - y) <= Rounding * Scale(x, y)),
        _ => true,
    };

    static double Scale(double x, double y) => Math.Max(LeastScale, Math.Max(Math.Abs(x), Math.Abs(y)));
}
