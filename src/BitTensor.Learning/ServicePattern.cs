using System.Collections.Immutable;

namespace BitTensor.Learning;

/// <summary>Iterations of a listener that used answers of the same peers.</summary>
/// <param name="Empty">
/// Slots whose answers it asked for and did not use, ascending: no answer, a refused one, or one too late.
/// </param>
/// <param name="Iterations">Number of these iterations, at least 1.</param>
public sealed record ServicePattern(ImmutableArray<int> Empty, int Iterations)
{
    /// <summary>Slots that it did not ask, ascending; none of a listener that asks all its peers.</summary>
    public ImmutableArray<int> Unasked { get; init; } = [];
}
