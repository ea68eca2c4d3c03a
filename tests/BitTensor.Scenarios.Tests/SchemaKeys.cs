using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios.Tests;

/// <summary>The keys of the exported schema that hold a scalar, and their places in a document.</summary>
static class SchemaKeys
{
    static readonly string[] Texts =
    [
        "2 blocks", "1 block", "never", "3 s", "20 ms", "1 us", "5 kB/s", "7 kB", "any", "ledger", "neuron 1",
        "neurons 0,1", "a", "b", "2 per s", "0-1 1-2", "always", "seed", "50%", "max rank > 0", "max pearson > 0.25",
        "20 22",
    ];

    static readonly double[] Steps = [0, 0.25, 1, 2, 5, 11];

    /// <summary>Every key, by its place in the schema.</summary>
    public static IEnumerable<string> All(JsonNode schema, string at) => Options(schema).SelectMany(option =>
        option["properties"] is JsonObject properties
            ? Stated(properties).SelectMany(p => Below(p.Value!, $"{Named(option, at)}.{p.Key}"))
            : option["items"] is { } items ? All(items, at) : []);

    /// <summary>
    /// Every key that may stand in a document: its place in the schema, its path for an override, values to try.
    /// </summary>
    public static IEnumerable<(string Key, string Path, string[] Values)> In(
        JsonNode schema, JsonNode? value, string at, string path = "") =>
        Options(schema).SelectMany(option => (option["properties"], option["items"], value) switch
        {
            (JsonObject properties, _, JsonObject or null) when IsOption(option, value) => Stated(properties)
                .SelectMany(p => InKey(
                    p.Value!, value?[p.Key], $"{Named(option, at)}.{p.Key}", $"{path}.{p.Key}".TrimStart('.'))),
            (_, JsonNode items, JsonArray list) => list.SelectMany((item, k) => In(items, item, at, $"{path}[{k}]")),
            _ => [],
        });

    static IEnumerable<string> Below(JsonNode schema, string at) =>
        All(schema, at).Concat(Values(schema).Length > 0 ? [at] : []);

    /// <summary>The keys without the discriminator, whose value names the variant.</summary>
    static IEnumerable<KeyValuePair<string, JsonNode?>> Stated(JsonObject properties) =>
        properties.Where(p => p.Value!["const"] is null);

    static IEnumerable<(string, string, string[])> InKey(JsonNode schema, JsonNode? value, string at, string path) =>
        In(schema, value, at, path).Concat(Values(schema) is { Length: > 0 } values ? [(at, path, values)] : []);

    static IEnumerable<JsonNode> Options(JsonNode schema) =>
        schema["anyOf"] is JsonArray options ? options.SelectMany(o => Options(o!)) : [schema];

    static KeyValuePair<string, JsonNode?> Discriminator(JsonNode option) =>
        option["properties"]!.AsObject().FirstOrDefault(p => p.Value!["const"] is not null);

    /// <summary>A variant is one declaration wherever it stands, so only the key above it names its place.</summary>
    static string Named(JsonNode option, string at) =>
        Discriminator(option) is { Value: { } chosen } ? $"{at[(at.LastIndexOf('.') + 1)..]} {chosen["const"]}" : at;

    static bool IsOption(JsonNode option, JsonNode? value) =>
        Discriminator(option) is not { Value: { } chosen, Key: var key }
        || (string?)chosen["const"] == (string?)value?[key];

    static string[] Values(JsonNode schema) =>
    [
        .. Options(schema).SelectMany(option => option switch
        {
            JsonObject o when o["enum"] is JsonArray words => words.Select(w => $"{w}"),
            JsonObject o when (string?)o["type"] is "integer" or "number" =>
                Steps.Select(n => FormattableString.Invariant($"{((double?)o["minimum"] ?? 0) + n}")),
            JsonObject o when o["pattern"] is { } pattern => Texts.Where(t => Regex.IsMatch(t, (string)pattern!)),
            _ => [],
        }),
    ];
}
