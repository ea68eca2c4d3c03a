using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Records;

/// <summary>The clock of a run.</summary>
public enum TimeMode
{
    /// <summary>Virtual time: same seed, same bytes, as fast as the machine computes.</summary>
    [JsonStringEnumMemberName("virtual")]
    Virtual,

    /// <summary>Wall time: the same actors on Akka's own dispatchers.</summary>
    [JsonStringEnumMemberName("wall")]
    Wall,
}

/// <summary>
/// The machine, versions and clock of a run: <c>environment.json</c>. It changes nothing that a virtual run computes.
/// </summary>
/// <param name="Program">Version of this program.</param>
/// <param name="DotNet">.NET runtime.</param>
/// <param name="LibTorch">Version of libtorch; null where nothing is learned.</param>
/// <param name="OperatingSystem">Operating system.</param>
/// <param name="Architecture">Processor architecture.</param>
/// <param name="Processors">Processors the process may use.</param>
/// <param name="Cores">Threads that computed.</param>
/// <param name="Time">The clock; null for formulas, which take no time.</param>
/// <param name="StartedUtc">Start of the run.</param>
/// <param name="ElapsedSeconds">Duration of the run, seconds; null while it runs.</param>
/// <param name="PeakMemoryMiB">Peak working set of the process, MiB; null while it runs.</param>
public sealed record RunEnvironment(
    string Program, string DotNet, string? LibTorch, string OperatingSystem, string Architecture, int Processors,
    int Cores, TimeMode? Time, DateTimeOffset StartedUtc, double? ElapsedSeconds, double? PeakMemoryMiB)
{
    /// <summary>Libraries of one's own that extended the run; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExtensionFile>? Extensions { get; init; }

    /// <summary>Writes the environment into a run folder.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string folder)
    {
        var text = JsonSerializer.Serialize(this, EnvironmentJson.Default.RunEnvironment);
        File.WriteAllText(Path.Combine(folder, RunFolder.EnvironmentFile), text + "\n");
    }

    /// <summary>Reads the environment from a run folder; null when the folder has none.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public static RunEnvironment? Read(string folder)
    {
        var path = Path.Combine(folder, RunFolder.EnvironmentFile);
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllText(path), EnvironmentJson.Default.RunEnvironment)
                : null;
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} cannot be read: {damage.Message}", damage);
        }
    }
}

/// <summary>A library of one's own.</summary>
/// <param name="Name">Name of its file.</param>
/// <param name="Sha256">SHA-256 of its file, lowercase hex.</param>
public sealed record ExtensionFile(string Name, string Sha256);

/// <summary>Serialization of <c>environment.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunEnvironment))]
sealed partial class EnvironmentJson : JsonSerializerContext;
