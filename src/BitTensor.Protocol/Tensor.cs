namespace BitTensor.Protocol;

/// <summary>
/// A matrix of float32 as it travels: row-major values of shape rows x columns. A value that compares by content; it
/// holds no native handle. Whoever makes one hands the array over and does not write to it again.
/// </summary>
public sealed class Tensor : IEquatable<Tensor>
{
    readonly float[] _values;

    /// <summary>Wraps <paramref name="values"/> without copying.</summary>
    /// <exception cref="ArgumentException">The values are not rows x columns.</exception>
    public Tensor(int rows, int columns, float[] values)
    {
        if (rows < 0 || columns < 0 || (long)rows * columns != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not form a {rows} x {columns} tensor.");
        }
        Rows = rows;
        Columns = columns;
        _values = values;
    }

    /// <summary>Number of rows: examples of a batch.</summary>
    public int Rows { get; }

    /// <summary>Number of columns: features or representation width.</summary>
    public int Columns { get; }

    /// <summary>Row-major values. The array is shared, not copied: read only.</summary>
    public float[] Values => _values;

    /// <summary>Bytes of the payload.</summary>
    public int Bytes => _values.Length * sizeof(float);

    /// <inheritdoc/>
    public bool Equals(Tensor? other) =>
        other is not null && Rows == other.Rows && Columns == other.Columns
            && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Tensor);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rows, Columns, _values.Length > 0 ? _values[0] : 0f);
}
