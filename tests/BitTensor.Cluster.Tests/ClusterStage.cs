using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>A real process of the command, what it says, and what can be done to it.</summary>
sealed partial class BtaProcess : IDisposable
{
    readonly Process _process;
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly List<string> _said = [];

    public BtaProcess(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "bta.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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

    public string Said => string.Join('\n', _said);

    /// <summary>Waits until a line matches; returns its first group.</summary>
    public async Task<string> Says(string pattern)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(patience.Token);
                _said.Add(line);
                if (Regex.Match(line, pattern) is { Success: true } match)
                {
                    return match.Groups[1].Value;
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"The process ended or took too long before it said '{pattern}':\n{Said}", end);
        }
    }

    /// <summary>Waits for its end; returns the exit code.</summary>
    public async Task<int> Ends()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(patience.Token);
        while (_lines.Reader.TryRead(out var line))
        {
            _said.Add(line);
        }
        return _process.ExitCode;
    }

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

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
            _lines.Writer.TryComplete();
        }
        else
        {
            _lines.Writer.TryWrite(line);
        }
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

/// <summary>A cluster of real processes on loopback and one run on it.</summary>
sealed class ClusterStage : IDisposable
{
    /// <summary>Seven small neurons on the digits, a block a second, latency and loss on every link.</summary>
    const string Scenario =
        """
        version: 1
        name: cluster
        seed: 11
        duration: 14 blocks
        mechanism: { block-interval: 1 s, temperature: 0.1 }
        data: { set: digits, examples: 600 }
        populations:
          - name: honest
            count: 6
            model: { kind: mlp, representation: 4, hidden: 8 }
            training: { iteration-interval: 250 ms, reply-timeout: 200 ms }
          - name: free-riding
            count: 1
            strategy: free-ride
            model: { kind: mlp, representation: 4, hidden: 8 }
            training: { iteration-interval: 250 ms, reply-timeout: 200 ms }
        network: { default: { latency: { distribution: lognormal, median: 5 ms, sigma: 0.5 }, loss: 2% } }
        audit: { every: 4 blocks }
        expect:
          - { property: mean loss of honest < 2.25, holds: at end }
          - { property: rank-share of free-riding < mean rank-share of honest, holds: at end }
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("bta-cluster-").FullName;
    readonly Dictionary<string, string> _environment = [];
    readonly List<BtaProcess> _processes = [];
    string? _seed;

    public ClusterStage(string? ledger)
    {
        if (ledger is not null)
        {
            _environment["BTA_LEDGER"] = ledger;
        }
        File.WriteAllText(Path.Combine(_folder, "scenario.yaml"), Scenario);
    }

    public string RunFolder => Path.Combine(_folder, "run");

    /// <summary>Starts a node and waits until it listens; the first one begins the cluster.</summary>
    public async Task<BtaProcess> Node(string name)
    {
        var node = Start([
            "node", "--name", name, "--cores", "1", "--log", Path.Combine(_folder, $"{name}.clef"), .. _seed is null ? (string[])[] : ["--join", _seed],
        ]);
        var address = await node.Says(@"^node \S+ at (\S+)$");
        _seed ??= address;
        return node;
    }

    /// <summary>Starts the run.</summary>
    public BtaProcess Run(int nodes, params string[] more) => Start([
        "run", Path.Combine(_folder, "scenario.yaml"), "--cluster", "--name", "laboratory", "--cores", "1", "--expect-nodes",
        nodes.ToString(CultureInfo.InvariantCulture), "--out", RunFolder, .. _seed is null ? (string[])[] : ["--join", _seed], .. more,
    ]);

    /// <summary>The run's ledger, verified; fails the test if anything in it is wrong.</summary>
    public LedgerVerification Verified()
    {
        var found = LedgerVerifier.Verify(Path.Combine(RunFolder, "ledger.db"));
        Assert.True(found.Ok, found.Problem);
        return found;
    }

    /// <summary>Times at which the laboratory saw blocks close, from its log.</summary>
    public IReadOnlyList<(long Block, DateTimeOffset At)> Blocks() =>
        [.. Log("run/log.clef").Where(e => e.TryGetProperty("Block", out _) && e.TryGetProperty("AtMs", out _))
            .Select(e => (e.GetProperty("Block").GetInt64(), e.GetProperty("@t").GetDateTimeOffset()))];

    /// <summary>The longest time between two blocks, as the laboratory saw it.</summary>
    public TimeSpan Outage()
    {
        var blocks = Blocks();
        return blocks.Zip(blocks.Skip(1), (a, b) => b.At - a.At).Max();
    }

    /// <summary>What a process logged.</summary>
    public IEnumerable<JsonElement> Log(string file) =>
        File.ReadLines(Path.Combine(_folder, file)).Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>Epochs that began, in the logs of all processes.</summary>
    public int Epochs() =>
        Directory.EnumerateFiles(_folder, "*.clef", SearchOption.AllDirectories)
            .Sum(f => Log(Path.GetRelativePath(_folder, f)).Count(e => e.GetProperty("@mt").GetString()!.Contains("begins at block", StringComparison.Ordinal)));

    public void Dispose()
    {
        _processes.ForEach(p => p.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    BtaProcess Start(string[] arguments)
    {
        var process = new BtaProcess(_environment, arguments);
        _processes.Add(process);
        return process;
    }
}
