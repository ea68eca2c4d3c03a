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
/// some dozens of edits; <c>BTA_EDITS=FIRST-LAST</c> asks for others. A run that would be long has one block, or, where
/// that is long too, a process of its own that is asked to end.
/// </summary>
public sealed class EditedScenarioStory : IDisposable
{
    const int Few = 24;
    const int PatienceSeconds = 15;
    const int MostSeconds = 60;
    const int NoMemory = 71;

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scenarios");
    static readonly int[] Endings = [0, 1, 2, 64, 65];

    readonly string[] _files = [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Order()];
    readonly Shell _shell = new();
    readonly List<string> _faults = [];
    readonly SortedDictionary<string, int> _endings = [];
    readonly ITestOutputHelper _output;
    string _said = "";

    public EditedScenarioStory(ITestOutputHelper output)
    {
        _output = output;
        File.Copy(Path.Combine(Folder, "paper", "theta.json"), _shell.Path("theta.json"));
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void An_edited_scenario_ends_in_a_verdict_or_in_errors_with_places()
    {
        var asked = Environment.GetEnvironmentVariable("BTA_EDITS") is { Length: > 0 } range
            ? range.Split('-').Select(t => int.Parse(t, CultureInfo.InvariantCulture)).ToArray()
            : LongStories.Wanted ? [0, 999] : [0, Few - 1];
        var cuts = new string?[_files.Length];
        for (var number = asked[0]; number <= asked[1]; number++)
        {
            // The stride is prime to the number of files, so that neighbours are of other kinds.
            var k = (int)(number * 7919L % _files.Length);
            cuts[k] ??= ScenarioEdits.Cut(_files[k]);
            var (text, done) = ScenarioEdits.Of(cuts[k]!, number);
            Try($"{number} {Path.GetFileName(_files[k])}: {done}", text, asked[1] >= Few);
        }
        AllEnded();
    }

    /// <summary>Each number of the format where a shipped scenario states it first, at each end of its range.</summary>
    [Fact]
    public void A_number_at_an_end_of_its_range_ends_in_a_verdict_or_in_errors_with_places()
    {
        var (known, tried) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var file in LongStories.Wanted ? _files : [.. _files.Where((_, k) => k % Few == 0)])
        {
            var text = ScenarioEdits.Cut(file);
            foreach (var number in ScenarioCorners.Of(text).Where(n => known.Add(n.Key)))
            {
                foreach (var end in number.Ends.Where(_ => LongStories.Wanted || tried++ % Few == 0))
                {
                    var set = $"{number.Path}={end}";
                    Try($"{Path.GetFileName(file)}: {set}", text, LongStories.Wanted, "--set", set);
                }
            }
        }
        AllEnded();
    }

    /// <summary>Notes how a scenario ends, and when it ends as none should.</summary>
    void Try(string name, string text, bool all, params string[] set)
    {
        var ending = End(_shell.Write("edited.yaml", text), text, all, set);
        _endings[ending] = _endings.GetValueOrDefault(ending) + 1;
        if (!Endings.Any(e => ending.EndsWith($" {e}", StringComparison.Ordinal)))
        {
            _faults.Add($"{name}: {ending}\n{_said}");
            _output.WriteLine(_faults[^1]);
        }
    }

    void AllEnded()
    {
        _output.WriteLine(string.Join(", ", _endings.Select(e => $"{e.Key}: {e.Value}")));
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
    }

    /// <summary>Checks a file and, when it is right, runs it.</summary>
    /// <returns>What was done, and the exit code.</returns>
    string End(string file, string text, bool all, string[] set)
    {
        var check = Shell.Bta(["check", file, .. set]);
        _said = check.Error;
        if (check.Code != 0)
        {
            return $"check {check.Code}";
        }
        if (IsSmall(text, file, set) == false)
        {
            var isStudy = text.Contains("equilibrium", StringComparison.Ordinal);
            string[] shorter = [.. set, "--set", isStudy ? "study.trials=1" : "duration=1 blocks"];
            if (IsSmall(text, file, shorter) != true)
            {
                return all ? RunApart(file, set) : "check only 0";
            }
            set = shorter;
        }
        var folder = _shell.Path("run");
        var run = Shell.Bta(["run", file, "--out", folder, .. set]);
        _said = run.Error;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        return $"run {run.Code}";
    }

    /// <summary>True for a run or a study of seconds; null for what is wrong with these values.</summary>
    static bool? IsSmall(string text, string file, string[] set)
    {
        var overrides = set.Where((_, k) => k % 2 == 1).Select(s => new ScenarioOverride(s));
        var read = ScenarioFile.Parse(text, file, [.. overrides]);
        return read.Value is { } network ? RunSize.Of(network).IsSmall
            : read.Equilibrium is { } formulas ? StudySize.Of(formulas).IsSmall
            : null;
    }

    /// <summary>A run that may be long: after some seconds it is asked to end, and it must.</summary>
    string RunApart(string file, string[] set)
    {
        var folder = _shell.Path("apart");
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "bta.dll"), "run", file, "--out", folder, .. set])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x100000000";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEndAsync();
        var ended = process.WaitForExit(TimeSpan.FromSeconds(PatienceSeconds));
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
        // The bound on memory is this story's own.
        return process.ExitCode == NoMemory ? "large run, too little memory 0"
            : ended ? $"large run {process.ExitCode}"
            : process.ExitCode is 0 or 1 or 2 or 130 or 143 ? "long run, ended by SIGTERM 0"
            : $"long run, after SIGTERM: {process.ExitCode}";
    }
}
