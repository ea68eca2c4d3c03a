namespace BitTensor.Emulation;

/// <summary>A value that is there, or that is computed when it is read.</summary>
public readonly struct Deferred<T>
    where T : class
{
    readonly T? _value;
    readonly Func<T>? _compute;

    /// <summary>A value that is there.</summary>
    public Deferred(T value) => _value = value;

    /// <summary>A value that is computed when it is read.</summary>
    public Deferred(Func<T> compute) => _compute = compute;

    /// <summary>The value if it is there without computing; null otherwise.</summary>
    public T? Ready => _value;

    /// <summary>The value. Reading it may wait for other threads.</summary>
    public T Read() => _value ?? _compute!();
}
