using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BitTensor.Cli.Run;

/// <summary>Writes the verdict of a run for programs.</summary>
static class VerdictOutput
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the verdict with the run folder as its first member.</summary>
    /// <param name="terminal">Where it is written.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="verdict">Text of <c>verdict.json</c>.</param>
    public static void WriteJson(Terminal terminal, string folder, string verdict)
    {
        var json = JsonNode.Parse(verdict)!.AsObject();
        json.Insert(0, "folder", folder);
        terminal.Out.WriteLine(json.ToJsonString(Indented));
    }
}
