using System.Diagnostics;
using System.Globalization;
using BitTensor.Fuzzing;
using BitTensor.Scenarios;
using BitTensor.Tests;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>
/// Whatever is done to a shipped scenario, it ends in a verdict, or in errors with their places. The short form makes
/// some dozens of edits; <c>BTA_EDITS=FIRST-LAST</c> asks for others, whose large runs then get a process of their own.
/// </summary>
public sealed class EditedScenarioStory(ITestOutputHelper output) : IDisposable
{
    const int Few = 24;
    const int MostSeconds = 60;

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scenarios");
    static readonly int[] Endings = [0, 1, 2, 64, 65];

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void An_edited_scenario_ends_in_a_verdict_or_in_errors_with_places()
    {
        var asked = Environment.GetEnvironmentVariable("BTA_EDITS") is { Length: > 0 } range
            ? range.Split('-').Select(t => int.Parse(t, CultureInfo.InvariantCulture)).ToArray()
            : LongStories.Wanted ? [0, 999] : [0, Few - 1];
        string[] files = [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order()];
        var cuts = new string?[files.Length];
        File.Copy(Path.Combine(Folder, "paper", "theta.json"), _shell.Path("theta.json"));
        var faults = new List<string>();
        var endings = new SortedDictionary<string, int>();
        for (var number = asked[0]; number <= asked[1]; number++)
        {
            // The stride is prime to the number of files, so that neighbours are of other kinds.
            var k = (int)(number * 7919L % files.Length);
            var (text, done) = ScenarioEdits.Of(cuts[k] ??= ScenarioEdits.Cut(files[k]), number);
            var file = _shell.Write("edited.yaml", text);
            var ending = End(file, text, asked.Length > 0 && asked[1] >= Few);
            endings[ending] = endings.GetValueOrDefault(ending) + 1;
            if (!Endings.Any(e => ending.EndsWith($" {e}", StringComparison.Ordinal)))
            {
                faults.Add($"{number} {Path.GetFileName(files[k])}: {done}: {ending}\n{_said}");
                output.WriteLine(faults[^1]);
            }
        }
        output.WriteLine(string.Join(", ", endings.Select(e => $"{e.Key}: {e.Value}")));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    string _said = "";

    /// <summary>Checks a file and, when it is right, runs it.</summary>
    /// <returns>What was done, and the exit code.</returns>
    string End(string file, string text, bool all)
    {
        var check = Shell.Bta("check", file);
        _said = check.Error;
        if (check.Code != 0)
        {
            return $"check {check.Code}";
        }
        var scenario = ScenarioFile.Parse(text, file, []).Value;
        if (scenario is not null && !RunSize.Of(scenario).IsSmall)
        {
            return all ? RunApart(file) : "check only 0";
        }
        var folder = _shell.Path("run");
        var run = Shell.Bta("run", file, "--out", folder);
        _said = run.Error;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        return $"run {run.Code}";
    }

    /// <summary>A run that may be long: after a minute it is asked to end, and it must.</summary>
    string RunApart(string file)
    {
        var folder = _shell.Path("apart");
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "bta.dll"), "run", file, "--out", folder])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x100000000";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExit(TimeSpan.FromSeconds(MostSeconds));
        if (!ended)
        {
            Shell.Terminate(process);
            if (!process.WaitForExit(TimeSpan.FromSeconds(MostSeconds)))
            {
                process.Kill();
                return "hangs";
            }
        }
        _said = error.GetAwaiter().GetResult() + said.GetAwaiter().GetResult();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        return ended ? $"large run {process.ExitCode}"
            : process.ExitCode is 0 or 1 or 2 or 130 or 143 ? "long run, ended by SIGTERM 0"
            : $"long run, after SIGTERM: {process.ExitCode}";
    }
}
