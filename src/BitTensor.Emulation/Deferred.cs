namespace BitTensor.Emulation;

/// <summary>A value that is there, or that is computed when it is read.</summary>
/// <param name="value">The value; null when it is computed.</param>
/// <param name="compute">Computes it.</param>
public readonly struct Deferred<T>(T? value, Func<T>? compute)
    where T : class
{
    /// <summary>The value if it is there without computing; null otherwise.</summary>
    public T? Ready => value;

    /// <summary>The value. Reading it may wait for other threads.</summary>
    public T Read() => value ?? compute!();

    /// <summary>A value made from this one: at once if this one is there.</summary>
    public Deferred<TOther> Then<TOther>(Func<T, TOther> make)
        where TOther : class
    {
        var read = compute;
        return value is not null ? new(make(value), null) : new(null, () => make(read!()));
    }
}
