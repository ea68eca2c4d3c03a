using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>One key of the format.</summary>
/// <param name="Key">Key.</param>
/// <param name="Type">What its value may be.</param>
/// <param name="Doc">What it means, one sentence.</param>
/// <param name="Default">Value when it is left out, as it would be written; null for none.</param>
/// <param name="Required">True when it may not be left out.</param>
sealed record Field(string Key, FieldType Type, string Doc, string? Default = null, bool Required = false);

/// <summary>A mapping with these keys and no others.</summary>
/// <param name="Key">Key it stands under, or the value of its discriminator.</param>
/// <param name="Title">Title in the documentation.</param>
/// <param name="Doc">What it is for.</param>
/// <param name="Fields">Its keys.</param>
sealed record Section(string Key, string Title, string Doc, params Field[] Fields)
{
    public string Anchor => Title.ToLowerInvariant().Replace(' ', '-').Replace(":", "").Replace("`", "");

    public JsonObject Schema(string? discriminator = null)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        if (discriminator is not null)
        {
            properties[discriminator] = new JsonObject { ["const"] = Key };
            required.Add(discriminator);
        }
        foreach (var field in Fields)
        {
            var schema = field.Type.Schema();
            schema["description"] = field.Default is null ? field.Doc : $"{field.Doc} Default: {field.Default}.";
            properties[field.Key] = schema;
            if (field.Required)
            {
                required.Add(field.Key);
            }
        }
        var section = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Count > 0)
        {
            section["required"] = required;
        }
        return section;
    }
}
