using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>The JSON Schema of the format, for editors.</summary>
public static class ScenarioSchema
{
    static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema, draft 2020-12, indented.</summary>
    public static string Json()
    {
        var schema = ScenarioFormat.Root.Schema();
        schema["properties"]!["version"]!["enum"] = new JsonArray(1);
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "BitTensor.Actors scenario, version 1",
        };
        foreach (var (key, value) in schema.ToArray())
        {
            schema.Remove(key);
            root[key] = value;
        }
        return root.ToJsonString(Readable) + "\n";
    }
}
