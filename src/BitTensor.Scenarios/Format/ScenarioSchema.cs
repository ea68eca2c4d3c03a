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

    /// <summary>
    /// The schema, draft 2020-12, indented: what <c>kind</c> says decides which of the two formats holds.
    /// </summary>
    public static string Json()
    {
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "BitTensor.Actors scenario, version 1",
            ["if"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = "equilibrium" } },
                ["required"] = new JsonArray("kind"),
            },
            ["then"] = SchemaOf(EquilibriumFormat.Root, "equilibrium"),
            ["else"] = SchemaOf(ScenarioFormat.Root, "network"),
        };
        return root.ToJsonString(Readable) + "\n";
    }

    static JsonObject SchemaOf(Section section, string kind)
    {
        var schema = section.Schema();
        schema["properties"]!["version"]!["enum"] = new JsonArray(1);
        schema["properties"]!["kind"]!["enum"] = new JsonArray(kind);
        return schema;
    }
}
