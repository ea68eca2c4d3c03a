using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>
/// A value given beside the file: <c>mechanism.tau=0.2</c>, <c>populations.honest.count=20</c>,
/// <c>populations[0].stake=5</c>. Steps are keys, or within a list or table a position from 0 or the name of
/// an entry. Missing keys and sections are made.
/// </summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Origin">Where: named as the file of its errors.</param>
public sealed partial record ScenarioOverride(string Text, string Origin = "--set")
{
    /// <summary>The origin of what a point of a sweep sets.</summary>
    public const string OfSweep = "sweep.vary";

    [GeneratedRegex("\\[(\\d+)\\]")]
    private static partial Regex Position();

    internal void Apply(YamlNode tree, ErrorList errors)
    {
        var sign = Text.IndexOf('=', StringComparison.Ordinal);
        var at = new Place(1, 1, Origin);
        if (sign <= 0)
        {
            errors.Add(
                at, ErrorCodes.Override, $"'{Shorten.Of(Text)}' is not path=value", "write it like mechanism.tau=0.2");
            return;
        }
        if (string.IsNullOrWhiteSpace(Text[(sign + 1)..]))
        {
            errors.Add(
                at.Right(sign + 1), ErrorCodes.Empty, $"'{Shorten.Of(Text)}' has no value",
                "write a value behind '='; a section that is to be empty is {}");
            return;
        }
        var faults = errors.Count;
        var value = YamlTree.Read(Text[(sign + 1)..], errors, at.Right(sign + 1));
        if (value is null || errors.Count > faults)
        {
            return;
        }
        var steps = Position().Replace(Text[..sign], ".$1").Split('.');
        var node = tree;
        var column = 0;
        for (var k = 0; k < steps.Length; k++)
        {
            var next = Step(node, steps[k], k == steps.Length - 1 ? value : null, at.Right(column));
            if (next is null)
            {
                errors.Add(
                    at.Right(column), ErrorCodes.Override,
                    $"the scenario has no place '{Shorten.Of(string.Join('.', steps[..(k + 1)]))}'", RemedyFor(node));
                return;
            }
            if (k < steps.Length - 1 && TableFile.IsNamed(next) && !TableFile.Reference.Has(steps[k + 1]))
            {
                // A value of a row: the list has the table's rows from now on.
                if (TableFile.Load(next, errors)?.Rows is not { } rows)
                {
                    return;
                }
                next = Step(node, steps[k], rows, at)!;
            }
            node = next;
            column += steps[k].Length + 1;
        }
    }

    /// <summary>
    /// One step down; sets <paramref name="value"/> there when it is the last. Null when there is no such place.
    /// </summary>
    static YamlNode? Step(YamlNode node, string step, YamlNode? value, Place at)
    {
        switch (node)
        {
            case YamlMap map:
                var entry = map.Entries.FindIndex(e => e.Key.Text == step);
                if (entry < 0)
                {
                    map.Entries.Add((new YamlScalar(at, step, step), value ?? new YamlMap(at)));
                    return map.Entries[^1].Value;
                }
                if (value is not null)
                {
                    map.Entries[entry] = (map.Entries[entry].Key, value);
                }
                return map.Entries[entry].Value;
            case YamlList list:
                var position = int.TryParse(step, out var number)
                    ? number
                    : list.Items.FindIndex(i => NameOf(i) == step);
                if (position < 0 || position >= list.Items.Count)
                {
                    return null;
                }
                list.Items[position] = value ?? list.Items[position];
                return list.Items[position];
            default:
                return null;
        }
    }

    static string RemedyFor(YamlNode node) => node is YamlList list
        ? "entries are " + string.Join(", ", list.Items.Select((i, k) => NameOf(i) ?? $"[{k}]"))
        : "keys stand below sections only";

    /// <summary>What an entry of a list is called; null when it has no name.</summary>
    internal static string? NameOf(YamlNode node) =>
        node is YamlMap map && map["name"] is YamlScalar name ? name.Text : null;
}
