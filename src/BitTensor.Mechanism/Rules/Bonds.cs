namespace BitTensor.Mechanism;

/// <summary>What a rule makes of a block.</summary>
/// <param name="Scores">Scores in the place of R in eq. (6), shape n, each at least 0.</param>
/// <param name="State">The rule's state after the block, such as B; null for a rule without one.</param>
public sealed record RulePay(double[] Scores, object? State)
{
    /// <summary>B after the block; null for a rule without bonds.</summary>
    public Bonds? Bonds => State as Bonds;

    /// <summary>What is minted, shape n, of a rule that says so; null where eq. (6) does.</summary>
    public double[]? Emission { get; init; }

    /// <summary>I, for what neurons are given, shape n, of sum 1 or all zero; empty for a rule without bonds.</summary>
    public double[] Incentive { get; init; } = [];

    /// <summary>D, for what neurons give, shape n, of sum 1 or all zero; empty for a rule without bonds.</summary>
    public double[] Dividend { get; init; } = [];
}

/// <summary>
/// B (n x n, sparse): what voter i holds of neuron j, each at least 0. It follows from W and S of all blocks, so that a
/// ledger computes it again from its chain. A value: it never changes.
/// </summary>
public sealed class Bonds
{
    readonly WeightRow[] _rows;

    internal Bonds(WeightRow[] rows) => _rows = rows;

    /// <summary>n.</summary>
    public int Count => _rows.Length;

    /// <summary>B_i, what voter i holds.</summary>
    public WeightRow Row(int voter) => _rows[voter];

    /// <summary>The bonds without those that these neurons hold, and without those on them.</summary>
    internal Bonds Without(IReadOnlySet<int> gone) => gone.Count == 0 ? this : new(
        [.. _rows.Select((row, i) => gone.Contains(i) ? WeightRow.Empty : Kept(row, gone))]);

    static WeightRow Kept(WeightRow row, IReadOnlySet<int> gone)
    {
        int[] kept = [.. Enumerable.Range(0, row.Count).Where(k => !gone.Contains(row.Targets[k]))];
        return kept.Length == row.Count
            ? row
            : WeightRow.Of(Array.ConvertAll(kept, k => row.Targets[k]), Array.ConvertAll(kept, k => row.Values[k]));
    }

    /// <summary>B_ij / sum_k B_kj: every column sums to 1. A column without bonds stays 0.</summary>
    internal Bonds PerColumn()
    {
        var sums = new double[Count];
        Each((_, j, bond) => sums[j] += bond);
        return Map((_, j, bond) => bond > 0 ? bond / sums[j] : 0);
    }

    /// <summary>Bonds by (voter, neuron, bond).</summary>
    internal Bonds Map(Func<int, int, double, double> bond)
    {
        var rows = new WeightRow[Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var values = _rows[i].Values.ToArray();
            for (var k = 0; k < values.Length; k++)
            {
                values[k] = bond(i, _rows[i].Targets[k], values[k]);
            }
            rows[i] = _rows[i].With(values);
        }
        return new Bonds(rows);
    }

    /// <summary>Bonds by (voter, neuron, bond of this, bond of the other), over what either names.</summary>
    internal Bonds With(Bonds other, Func<int, int, double, double, double> bond)
    {
        var rows = new WeightRow[Count];
        for (var i = 0; i < rows.Length; i++)
        {
            int[] targets = [.. Union(_rows[i].Targets, other._rows[i].Targets)];
            var values = Array.ConvertAll(targets, j => 0.0);
            for (var k = 0; k < values.Length; k++)
            {
                values[k] = bond(i, targets[k], _rows[i][targets[k]], other._rows[i][targets[k]]);
            }
            rows[i] = WeightRow.Of(targets, values);
        }
        return new Bonds(rows);
    }

    /// <summary>sum_j B_ij v_j of each voter, shape n.</summary>
    internal double[] Times(double[] values)
    {
        var sums = new double[Count];
        Each((i, j, bond) => sums[i] += bond * values[j]);
        return sums;
    }

    void Each(Action<int, int, double> bond)
    {
        for (var i = 0; i < _rows.Length; i++)
        {
            for (var k = 0; k < _rows[i].Count; k++)
            {
                bond(i, _rows[i].Targets[k], _rows[i].Values[k]);
            }
        }
    }

    static int[] Union(ReadOnlySpan<int> a, ReadOnlySpan<int> b) =>
        a.SequenceEqual(b) ? a.ToArray() : [.. new SortedSet<int>([.. a, .. b])];
}
