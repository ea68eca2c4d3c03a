using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace BitTensor.Scenarios.Tests;

/// <summary>
/// Just enough of JSON Schema 2020-12 for the exported schema: a keyword it does not know is a fault, so the schema
/// cannot outgrow it.
/// </summary>
static class SchemaCheck
{
    /// <summary>A YAML text as JSON: plain scalars that read as numbers are numbers, all others text.</summary>
    public static JsonNode? Load(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Convert(stream.Documents[0].RootNode);
    }

    /// <summary>Every way the value breaks the schema.</summary>
    public static IEnumerable<string> Faults(JsonNode schema, JsonNode? value, string at = "$")
    {
        foreach (var (keyword, rule) in schema.AsObject())
        {
            foreach (var fault in Faults(schema, keyword, rule!, value, at))
            {
                yield return fault;
            }
        }
    }

    static IEnumerable<string> Faults(JsonNode schema, string keyword, JsonNode rule, JsonNode? value, string at)
    {
        var (fields, items, number) = (value as JsonObject, value as JsonArray, NumberOf(value));
        var text = value is JsonValue v && v.TryGetValue<string>(out var s) ? s : null;
        return keyword switch
        {
            "$schema" or "title" or "description" or "then" or "else" => [],
            "if" => Faults(Faults(rule, value).Any() ? schema["else"]! : schema["then"]!, value, at),
            "type" => Say(IsOf((string)rule!, value), $"{at}: not of type {rule}"),
            "enum" => Say(
                rule.AsArray().Any(option => JsonNode.DeepEquals(option, value)),
                $"{at}: {value} is none of {rule.ToJsonString()}"),
            "const" => Say(JsonNode.DeepEquals(rule, value), $"{at}: {value} is not {rule}"),
            "pattern" =>
                Say(text is null || Regex.IsMatch(text, (string)rule!), $"{at}: '{text}' does not match {rule}"),
            "minimum" => Say(number is null || number >= (double)rule, $"{at}: {number} is below {rule}"),
            "maximum" => Say(number is null || number <= (double)rule, $"{at}: {number} is above {rule}"),
            "exclusiveMinimum" => Say(number is null || number > (double)rule, $"{at}: {number} is not above {rule}"),
            "exclusiveMaximum" => Say(number is null || number < (double)rule, $"{at}: {number} is not below {rule}"),
            "minItems" => Say(items is null || items.Count >= (int)rule, $"{at}: too few entries"),
            "required" =>
                rule.AsArray().Where(key => fields?.ContainsKey((string)key!) == false)
                    .Select(key => $"{at}: lacks {key}"),
            "items" => items is null ? [] : items.SelectMany((item, k) => Faults(rule, item, $"{at}[{k}]")),
            "properties" =>
                fields is null
                    ? []
                    : rule.AsObject().Where(p => fields.ContainsKey(p.Key))
                        .SelectMany(p => Faults(p.Value!, fields[p.Key], $"{at}.{p.Key}")),
            "additionalProperties" =>
                fields is null
                    ? []
                    : fields.Where(f => !schema["properties"]!.AsObject().ContainsKey(f.Key)).Select(f =>
                        $"{at}: unknown {f.Key}"),
            "anyOf" =>
                Say(
                    rule.AsArray().Any(option => !Faults(option!, value, at).Any()),
                    $"{at}: fits none of the alternatives"),
            _ => [$"{at}: the schema uses the keyword {keyword}"],
        };
    }

    static IEnumerable<string> Say(bool holds, string fault) => holds ? [] : [fault];

    static bool IsOf(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value is JsonValue text && text.TryGetValue<string>(out _),
        "number" => NumberOf(value) is not null,
        "integer" => NumberOf(value) is { } number && Math.Floor(number) == number,
        _ => false,
    };

    static double? NumberOf(JsonNode? value) =>
        value is JsonValue number && number.TryGetValue<double>(out var parsed) ? parsed : null;

    static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(c =>
                KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Convert(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar
            when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };
}
