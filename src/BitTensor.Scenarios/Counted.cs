using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>A number of things in words for people.</summary>
public static class Counted
{
    /// <summary>The number with its noun: <c>1 block</c>, <c>21 blocks</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="noun">The noun for one of them; its plural ends with an s.</param>
    public static string Of(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
