using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Records;

namespace BitTensor.Cli.Run;

/// <summary>This process and its machine, as the environment of the runs in it.</summary>
static class HostEnvironment
{
    /// <summary>The environment of a network's run that starts now.</summary>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static RunEnvironment OfNetwork(RunOptions options) => new(
        ProgramVersion, RuntimeInformation.FrameworkDescription, TorchRuntime.Version,
        RuntimeInformation.OSDescription, RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount, options.Cores, options.Time, WallClock.UtcNow, null, null)
    {
        Extensions = Extensions.Files.IsEmpty ? null : Extensions.Files,
    };

    /// <summary>The environment of formulas that are evaluated from now on, without torch and without time.</summary>
    public static RunEnvironment OfFormulas(int cores) => new(
        ProgramVersion, RuntimeInformation.FrameworkDescription, null,
        RuntimeInformation.OSDescription, RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount, cores, null, WallClock.UtcNow, null, null);

    /// <summary>The environment of a run that ends now, with its duration and the peak working set.</summary>
    /// <param name="environment">The environment at the start.</param>
    /// <param name="start">Reading of the wall clock at the start.</param>
    public static RunEnvironment Ended(this RunEnvironment environment, TimeSpan start) => environment with
    {
        ElapsedSeconds = Math.Round((WallClock.Elapsed - start).TotalSeconds, 3),
        PeakMemoryMiB = PeakMemory(),
    };

    /// <summary>Version of this program.</summary>
    public static string ProgramVersion => typeof(HostEnvironment).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    static double PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1048576.0, 1);
    }
}
