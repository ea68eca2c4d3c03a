using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// An entry of <c>network.tables</c>: latencies that were measured, or a distribution table of tc-netem.
/// </summary>
/// <param name="Name">Name, unique among the tables.</param>
/// <param name="File">File of the values, as the scenario names it; null for none.</param>
/// <param name="Sha256">SHA-256 of the bytes of that file, hex; null without a file.</param>
/// <param name="Values">
/// The values, 1 to <see cref="MostValues"/>: milliseconds, or <see cref="NetemScale"/>ths of a standard deviation.
/// </param>
public sealed record DelayTableSpec(string Name, string? File, string? Sha256, ImmutableArray<double> Values)
{
    /// <summary>The most values: as many as tc-netem takes.</summary>
    public const int MostValues = 16_384;

    /// <summary>The value of one standard deviation in a table of tc-netem.</summary>
    public const double NetemScale = 8192;

    /// <inheritdoc/>
    public bool Equals(DelayTableSpec? other) =>
        other is not null && (Name, File, Sha256) == (other.Name, other.File, other.Sha256)
            && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, File, Sha256, Values.Length);
}
