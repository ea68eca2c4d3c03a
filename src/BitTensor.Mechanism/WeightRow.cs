namespace BitTensor.Mechanism;

/// <summary>
/// One row of the weight matrix W (section 1.3): the weights that neuron <c>i</c> gives. Stored sparsely; a neuron that
/// the row does not name has weight zero. A value: it never changes and compares by content.
/// </summary>
public sealed class WeightRow : IEquatable<WeightRow>
{
    /// <summary>Largest distance of a row's sum from 1 that still counts as "on the simplex".</summary>
    public const double SumTolerance = 1e-9;

    readonly int[] _targets;
    readonly double[] _values;

    WeightRow(int[] targets, double[] values)
    {
        _targets = targets;
        _values = values;
    }

    /// <summary>The row of nobody: it names no neuron.</summary>
    public static WeightRow Empty { get; } = new([], []);

    /// <summary>Named neurons, ascending, each at most once.</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>Weights, one per entry of <see cref="Targets"/>.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Number of neurons the row names.</summary>
    public int Count => _targets.Length;

    /// <summary>True when no weight is above 0: the row of a neuron that has not voted.</summary>
    public bool IsZero => !_values.AsSpan().ContainsAnyExcept(0.0);

    /// <summary>The weight given to neuron <paramref name="target"/>; zero when the row does not name it.</summary>
    public double this[int target]
    {
        get
        {
            var at = Array.BinarySearch(_targets, target);
            return at < 0 ? 0.0 : _values[at];
        }
    }

    /// <summary>
    /// Wraps targets and values without judging the values: a row as received, for <see cref="Admission"/> to check.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ, or the targets do not ascend strictly.</exception>
    public static WeightRow Of(ReadOnlySpan<int> targets, ReadOnlySpan<double> values)
    {
        if (targets.Length != values.Length)
        {
            throw new ArgumentException(
                $"A row has {targets.Length} targets and {values.Length} values; it needs one value per target.");
        }
        for (var k = 1; k < targets.Length; k++)
        {
            if (targets[k] <= targets[k - 1])
            {
                throw new ArgumentException(
                    $"A row's targets must ascend strictly; entry {k} is {targets[k]} after {targets[k - 1]}.");
            }
        }
        return new WeightRow(targets.ToArray(), values.ToArray());
    }

    /// <summary>A row that names neurons 0..n-1 with the given weights.</summary>
    public static WeightRow Dense(ReadOnlySpan<double> values)
    {
        var targets = new int[values.Length];
        for (var j = 0; j < targets.Length; j++)
        {
            targets[j] = j;
        }
        return new WeightRow(targets, values.ToArray());
    }

    /// <summary>Equal weight on each of the ascending <paramref name="targets"/>.</summary>
    public static WeightRow Uniform(ReadOnlySpan<int> targets)
    {
        var values = new double[targets.Length];
        Array.Fill(values, 1.0 / values.Length);
        return Of(targets, values);
    }

    /// <summary>The same targets with other values.</summary>
    public WeightRow With(ReadOnlySpan<double> values) => Of(_targets, values);

    /// <summary>
    /// The row of neuron <paramref name="self"/> without entries for these neurons: the others are scaled up to the sum
    /// of 1. It is on the neuron itself when no weight is left, and stays without weight when it had none.
    /// </summary>
    public WeightRow Without(int self, IReadOnlySet<int> gone)
    {
        if (!_targets.Any(gone.Contains))
        {
            return this;
        }
        int[] kept = [.. Enumerable.Range(0, Count).Where(k => !gone.Contains(_targets[k]))];
        var sum = kept.Sum(k => _values[k]);
        return sum > 0 || (IsZero && kept.Length > 0)
            ? new WeightRow(
                Array.ConvertAll(kept, k => _targets[k]), Array.ConvertAll(kept, k => sum > 0 ? _values[k] / sum : 0))
            : Uniform([self]);
    }

    /// <summary>
    /// The Euclidean distance |a - b|_2 over all neurons either row names: the size of a change, section 1.3.
    /// </summary>
    public static double Distance(WeightRow a, WeightRow b)
    {
        double sum = 0;
        int p = 0, q = 0;
        while (p < a.Count || q < b.Count)
        {
            var ta = p < a.Count ? a._targets[p] : int.MaxValue;
            var tb = q < b.Count ? b._targets[q] : int.MaxValue;
            var d = (ta <= tb ? a._values[p] : 0.0) - (tb <= ta ? b._values[q] : 0.0);
            sum += d * d;
            p += ta <= tb ? 1 : 0;
            q += tb <= ta ? 1 : 0;
        }
        return Math.Sqrt(sum);
    }

    /// <inheritdoc/>
    public bool Equals(WeightRow? other) =>
        other is not null && _targets.AsSpan().SequenceEqual(other._targets)
            && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WeightRow);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var target in _targets)
        {
            hash.Add(target);
        }
        foreach (var value in _values)
        {
            hash.Add(value);
        }
        return hash.ToHashCode();
    }
}
