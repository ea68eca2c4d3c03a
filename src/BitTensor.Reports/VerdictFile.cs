using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>Reads the file <c>verdict.json</c> of any kind of run.</summary>
static class VerdictFile
{
    /// <summary>Reads the verdict of a run folder.</summary>
    /// <param name="folder">Run folder.</param>
    /// <param name="type">JSON type of the content.</param>
    /// <param name="what">Name of the content in error messages.</param>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static T Read<T>(string folder, JsonTypeInfo<T> type, string what)
        where T : class
    {
        var path = Path.Combine(folder, RunFolder.VerdictFile);
        if (Directory.Exists(folder) && !File.Exists(path))
        {
            throw new FileNotFoundException(
                $"{folder} has no {RunFolder.VerdictFile}: the run did not come to its end. `bta verify` checks what "
                + "is there; to have the whole, run it again.",
                path);
        }
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type)
                ?? throw new InvalidDataException($"{path} holds no verdict.");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} is not {what}: {damage.Message}", damage);
        }
    }
}
