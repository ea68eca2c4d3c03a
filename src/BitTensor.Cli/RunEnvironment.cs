using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitTensor.Actors;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Records;

namespace BitTensor.Cli;

/// <summary>Where and how a run was carried out: <c>environment.json</c>. Nothing in it changes what a virtual run computes.</summary>
/// <param name="Program">Version of this program.</param>
/// <param name="DotNet">.NET runtime.</param>
/// <param name="LibTorch">Version of libtorch; null where nothing is learned.</param>
/// <param name="OperatingSystem">Operating system.</param>
/// <param name="Architecture">Processor architecture.</param>
/// <param name="Processors">Processors the process may use.</param>
/// <param name="Cores">Threads that computed.</param>
/// <param name="Time">virtual or wall; null where no time passes.</param>
/// <param name="StartedUtc">When the run started.</param>
/// <param name="ElapsedSeconds">How long it took; null while it runs.</param>
/// <param name="PeakMemoryMiB">Peak working set of the process, MiB; null while it runs.</param>
sealed record RunEnvironment(
    string Program, string DotNet, string? LibTorch, string OperatingSystem, string Architecture, int Processors, int Cores, TimeMode? Time,
    DateTimeOffset StartedUtc, double? ElapsedSeconds, double? PeakMemoryMiB)
{
    /// <summary>The environment of a run that starts now.</summary>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static RunEnvironment Now(RunOptions options) => new(
        ProgramVersion, RuntimeInformation.FrameworkDescription, TorchRuntime.Version, RuntimeInformation.OSDescription,
        RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, options.Cores, options.Time, WallClock.UtcNow, null, null);

    /// <summary>The environment of formulas that are evaluated from now on, without torch and without time.</summary>
    public static RunEnvironment OfFormulas(int cores) => new(
        ProgramVersion, RuntimeInformation.FrameworkDescription, null, RuntimeInformation.OSDescription,
        RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, cores, null, WallClock.UtcNow, null, null);

    /// <summary>Peak working set of this process, MiB.</summary>
    public static double PeakMemory()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1048576.0, 1);
    }

    /// <summary>Version of this program.</summary>
    public static string ProgramVersion =>
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Writes it into a run folder.</summary>
    public void Write(string folder) =>
        File.WriteAllText(Path.Combine(folder, RunFolder.EnvironmentFile), JsonSerializer.Serialize(this, CliJson.Default.RunEnvironment) + "\n");

    /// <summary>Reads it from a run folder; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static RunEnvironment? Read(string folder)
    {
        var path = Path.Combine(folder, RunFolder.EnvironmentFile);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), CliJson.Default.RunEnvironment) : null;
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} cannot be read: {damage.Message}", damage);
        }
    }
}
