using System.Diagnostics;
using System.Text.Json;
using BitTensor.Records;

namespace BitTensor.Benchmarks;

/// <summary>A run of <c>bta</c> as a person starts it, in a process of its own, tables and figures included.</summary>
static class WholeRun
{
    /// <summary>Seconds and peak memory as the run itself noted them.</summary>
    /// <param name="scenario">Path below <c>scenarios/</c>.</param>
    public static (double Seconds, double PeakMiB) Of(string scenario)
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "bta.dll"), "run",
            Path.Combine(AppContext.BaseDirectory, "scenarios", scenario),
            "--out", folder.Path,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"bta run {scenario} ended with {process.ExitCode}: {output}");
        }
        using var noted = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, RunFolder.EnvironmentFile)));
        return (
            noted.RootElement.GetProperty("elapsedSeconds").GetDouble(),
            noted.RootElement.GetProperty("peakMemoryMiB").GetDouble());
    }
}
