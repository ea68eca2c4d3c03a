using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>A value of the scenario that a sweep varies.</summary>
/// <param name="Path">Path of keys, as <c>--set</c> takes it.</param>
/// <param name="Values">Its values, as the file would write them; at least one.</param>
public sealed record SweepAxis(string Path, ImmutableArray<string> Values)
{
    /// <summary>Reads <c>path=value,value</c>; null when it has no path or no value.</summary>
    public static SweepAxis? Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
        {
            return null;
        }
        var values = Split(text[(sign + 1)..]);
        return values.IsEmpty ? null : new SweepAxis(text[..sign].Trim(), values);
    }

    /// <summary>
    /// Values separated by commas; those within brackets, braces and quotes belong to a value. Empty when one is empty.
    /// </summary>
    public static ImmutableArray<string> Split(string text)
    {
        var values = ImmutableArray.CreateBuilder<string>();
        var (start, depth, quote) = (0, 0, '\0');
        for (var k = 0; k <= text.Length; k++)
        {
            var c = k < text.Length ? text[k] : ',';
            if (quote != '\0')
            {
                quote = c == quote && k < text.Length ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            depth += quote != '\0' ? 0 : c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
            if (k == text.Length || (c == ',' && depth == 0 && quote == '\0'))
            {
                values.Add(text[start..k].Trim());
                start = k + 1;
            }
        }
        return values.Contains("") ? [] : values.ToImmutable();
    }
}

/// <summary>Section <c>sweep</c>: many runs of one scenario.</summary>
/// <param name="Seeds">Seeds per point, at least 1: the scenario's own and those after it.</param>
/// <param name="Sample">Points drawn from the grid without repetition; null for the whole grid.</param>
/// <param name="Vary">Values that are varied; none runs one point.</param>
public sealed record SweepSpec(int Seeds, int? Sample, ImmutableArray<SweepAxis> Vary)
{
    /// <summary>An empty section.</summary>
    public static SweepSpec Default => SweepFormat.Section.Default;
}
