using System.Diagnostics;
using System.Runtime.InteropServices;
using BitTensor.Cli;

namespace BitTensor.Tests;

/// <summary>What a command said and how it ended.</summary>
sealed record Said(int Code, string Out, string Error)
{
    /// <summary>Fails unless the command ended like this, showing what it said instead.</summary>
    public Said Ends(int code)
    {
        Assert(Code == code, $"exit {Code} instead of {code}");
        return this;
    }

    /// <summary>Fails unless it complains in one line that holds all of these words.</summary>
    public void Complains(int code, params string[] words)
    {
        Ends(code);
        var lines = (Out + Error).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert(lines.Length == 1, $"{lines.Length} lines");
        Assert(!lines[0].Contains("   at ", StringComparison.Ordinal), "a stack trace");
        Assert(
            Array.TrueForAll(words, w => lines[0].Contains(w, StringComparison.OrdinalIgnoreCase)),
            $"not all of {string.Join(", ", words)}");
    }

    void Assert(bool holds, string what) => Xunit.Assert.True(holds, $"{what}\n--- out\n{Out}\n--- error\n{Error}");
}

/// <summary>The command <c>bta</c>, in this process or in one of its own, with a folder to play in.</summary>
sealed class Shell : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public string Path(params string[] parts) => System.IO.Path.Combine([_folder.Path, .. parts]);

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    /// <summary>A run of the small scenario in the folder <c>run</c>, unless there is one.</summary>
    public string SmallRun(params string[] arguments)
    {
        if (!Directory.Exists(Path("run")))
        {
            Bta([
                "run", Write("small.yaml", Stage.Small), "--out", Path("run"), "--set", "duration=3 blocks", "--set",
                "audit.every=2 blocks", .. arguments]).Ends(0);
        }
        return Path("run");
    }

    /// <summary>Runs the command in this process.</summary>
    public static Said Bta(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new CommandLine(new Terminal(output, error, Live: false, Color: false)).Invoke(arguments);
        return new Said(code, output.ToString(), error.ToString());
    }

    /// <summary>
    /// Runs the command as a person does. <paramref name="onError"/> sees each line of standard error and may send
    /// signals.
    /// </summary>
    public Said Process(Action<Process, string> onError, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [System.IO.Path.Combine(AppContext.BaseDirectory, "bta.dll"), .. arguments])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = new List<string>();
        while (process.StandardError.ReadLine() is { } line)
        {
            error.Add(line);
            onError(process, line);
        }
        process.WaitForExit();
        return new Said(process.ExitCode, output.GetAwaiter().GetResult(), string.Join('\n', error));
    }

    /// <summary>
    /// What Ctrl-C sends; SIGTERM where the processes of a background job inherit that they ignore Ctrl-C.
    /// </summary>
    public static void Interrupt(Process process) =>
        Xunit.Assert.Equal(0, Kill(process.Id, IgnoresInterrupt() ? 15 : 2));

    /// <summary>The exit code of a process that a second <see cref="Interrupt"/> ended at once.</summary>
    public static int EndedAtOnce => IgnoresInterrupt() ? 143 : 130;

    static bool IgnoresInterrupt() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))
            is { } ignored
        && (Convert.ToUInt64(ignored[7..].Trim(), 16) & 2) != 0;

    public void Dispose() => _folder.Dispose();

#pragma warning disable CA5392, SYSLIB1054 // The C library of the platform; one call without data.
    [DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int signal);
#pragma warning restore CA5392, SYSLIB1054
}
