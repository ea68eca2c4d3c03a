using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>A real process of the command, what it says, and what can be done to it.</summary>
sealed partial class BtaProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Settings of the runtime for a process that lives for seconds among many on few cores: it does not measure its
    /// code, compiles it a second time only after many calls, writes it where it runs, and its idle threads sleep at
    /// once.
    /// </summary>
    static readonly Dictionary<string, string> ShortLived = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountThreshold"] = "1000",
        ["DOTNET_EnableWriteXorExecute"] = "0",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    readonly Process _process;
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly List<string> _said = [];
    readonly List<string> _passed = [];

    /// <param name="within">
    /// A command that runs the process somewhere else, e.g. on another host; empty for here.
    /// </param>
    /// <param name="environment">Variables beside this process's own.</param>
    /// <param name="arguments">Arguments of the command.</param>
    public BtaProcess(
        IReadOnlyList<string> within, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        string[] command = [.. within, "dotnet", Path.Combine(AppContext.BaseDirectory, "bta.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in ShortLived)
        {
            start.Environment[name] = value;
        }
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Every line so far, of both outputs.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_said)
            {
                return [.. _said];
            }
        }
    }

    public string Said => string.Join('\n', Lines);

    /// <summary>Memory of it that is in use now, bytes.</summary>
    public long ResidentBytes =>
        File.ReadLines($"/proc/{_process.Id}/status").Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(
                l =>
                    1024 * long.Parse(
                        l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).Single();

    /// <summary>
    /// Waits until a line matches, be it one said before; returns its first group. A line is an answer once: the next
    /// that matches is the answer after it. What is said from several threads comes in any order, so lines that did not
    /// match are kept for later.
    /// </summary>
    public async Task<string> Says(string pattern)
    {
        if (_passed.FindIndex(line => Regex.IsMatch(line, pattern)) is >= 0 and var heard)
        {
            var line = _passed[heard];
            _passed.RemoveAt(heard);
            return Regex.Match(line, pattern).Groups[1].Value;
        }
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(patience.Token);
                if (Regex.Match(line, pattern) is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
                _passed.Add(line);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException(
                $"The process ended or took too long before it said '{pattern}':\n{Said}", end);
        }
    }

    /// <summary>From now on, what was said before is no answer any more.</summary>
    public void Forget()
    {
        _passed.Clear();
        while (_lines.Reader.TryRead(out _))
        {
            // Said before.
        }
    }

    /// <summary>Waits for its end; returns the exit code.</summary>
    public async Task<int> Ends()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>True when it was stopped by a signal: what it says of its own delays is the story's doing.</summary>
    public bool WasStopped { get; private set; }

    public void Signal(int signal)
    {
        WasStopped |= signal == Cluster.Tests.Signal.Stop;
        Assert.Equal(0, Kill(_process.Id, signal));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }

    void Hear(string? line)
    {
        if (line is null)
        {
            // One of its two outputs has ended; nothing is waited for after that.
            _lines.Writer.TryComplete();
            return;
        }
        lock (_said)
        {
            _said.Add(line);
        }
        _lines.Writer.TryWrite(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}

/// <summary>Numbers of signals on Linux.</summary>
static class Signal
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;
}
