namespace BitTensor.Parcels;

/// <summary>An arrival, whatever its message is.</summary>
public interface IArrival
{
    /// <summary>Address of the sender.</summary>
    int From { get; }

    /// <summary>Purpose of the parcel.</summary>
    ParcelKind Kind { get; }

    /// <summary>The message.</summary>
    object Content { get; }

    /// <summary><see cref="Parcel.Sequence"/> of the parcel; 0 over a wire between processes.</summary>
    long Number { get; }
}

/// <summary>A parcel as its receiver gets it.</summary>
/// <param name="From">Address of the sender, as the emulated network knows it.</param>
/// <param name="Kind">Purpose of the parcel.</param>
/// <param name="Message">The message.</param>
public record Arrival<T>(int From, ParcelKind Kind, T Message) : IArrival
    where T : class
{
    /// <inheritdoc/>
    public long Number { get; init; }

    /// <inheritdoc/>
    public object Content => Message;
}
