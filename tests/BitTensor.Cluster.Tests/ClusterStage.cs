using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BitTensor.Records;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Cluster.Tests;

/// <summary>A cluster of real processes and one run on it.</summary>
sealed class ClusterStage : IDisposable
{
    /// <summary>
    /// Four small neurons on the digits, a block a second, latency and loss on every link. The run has no end of its
    /// own in any time that a test may take: the story ends it, so that no machine is too slow for what the story does
    /// before.
    /// </summary>
    const string Small =
        """
        version: 1
        name: cluster
        seed: 11
        duration: 1000000 blocks
        mechanism: { block-interval: 1 s, temperature: 0.1 }
        data: { set: digits, examples: 600 }
        populations:
          - name: honest
            count: 3
            model: { kind: mlp, representation: 4, hidden: 8 }
            training: { iteration-interval: 500 ms, reply-timeout: 200 ms }
          - name: free-riding
            count: 1
            strategy: free-ride
            model: { kind: mlp, representation: 4, hidden: 8 }
            training: { iteration-interval: 500 ms, reply-timeout: 200 ms }
        network: { default: { latency: { distribution: lognormal, median: 5 ms, sigma: 0.5 }, loss: 2% } }
        audit: { every: 4 blocks }
        expect:
          - { property: mean loss of honest < 2.25, holds: at end }
          - { property: rank-share of free-riding < mean rank-share of honest, holds: at end }
        """;

    static readonly SemaphoreSlim Starting = new(Environment.ProcessorCount);

    static readonly TimeSpan HeartbeatPause = TimeSpan.FromSeconds(4);

    readonly string _folder = Directory.CreateTempSubdirectory("bta-cluster-").FullName;
    readonly SchedulingLag _lag = new();
    readonly PostgresServer? _server;
    readonly ITestOutputHelper _output;
    readonly string _scenario;
    readonly List<BtaProcess> _processes = [];
    string? _seed;

    /// <param name="server">Where the ledger is; null for the run folder.</param>
    /// <param name="output">Told every line the nodes said; a test that fails shows them.</param>
    /// <param name="scenario">A shipped scenario; null for the small one.</param>
    public ClusterStage(PostgresServer? server, ITestOutputHelper output, string? scenario = null)
    {
        _server = server;
        _output = output;
        _scenario = scenario is null
            ? Path.Combine(_folder, "scenario.yaml")
            : Path.Combine(AppContext.BaseDirectory, "scenarios", scenario);
        if (scenario is null)
        {
            File.WriteAllText(_scenario, Small);
        }
    }

    public string Folder => _folder;

    /// <summary>The scenario, as a file.</summary>
    public string Scenario => _scenario;

    public string RunFolder => Path.Combine(_folder, "run");

    /// <summary>Hosts the processes run on; null for all on this one.</summary>
    public Lan? Hosts { get; init; }

    /// <summary>
    /// Starts a node and waits until it is a member; the first one begins the cluster. The authority is at the oldest
    /// member that can seat it: of those started here, the first.
    /// </summary>
    /// <param name="name">Its name, and the host it runs on if there are hosts.</param>
    /// <param name="ledger">False for a node that is not told of the database.</param>
    public async Task<BtaProcess> Node(string name, bool ledger = true)
    {
        // Nodes that start are busy: of all stories together a few start at once.
        await Starting.WaitAsync();
        try
        {
            var node = Start(name, ledger, ["node", "--name", name, "--cores", "1", .. Joining()]);
            var address = await node.Says(@"^node \S+ at (\S+)$");
            _seed ??= address;
            await node.Says($"^node {name} has joined$");
            return node;
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>From now on nodes join at this one.</summary>
    public void JoinAt(BtaProcess node) =>
        _seed = node.Lines.Select(l => Regex.Match(l, @"^node \S+ at (\S+)$")).First(m => m.Success).Groups[1].Value;

    /// <summary>Starts the run, in a process of its own that hosts neurons too.</summary>
    public BtaProcess Run(int nodes, params string[] more) => Start("laboratory", ledger: true, [
        "run", _scenario, "--cluster", "--name", "laboratory", "--cores", "1", "--expect-nodes",
        nodes.ToString(CultureInfo.InvariantCulture), "--out", RunFolder, .. Joining(), .. more,
    ]);

    /// <summary>A run on two nodes and its own process, with blocks closing; the ledger is at the first.</summary>
    /// <param name="more">Further arguments of the run.</param>
    public async Task<(BtaProcess First, BtaProcess Second, BtaProcess Run)> RunningOnThree(params string[] more)
    {
        var first = await Node("first");
        var second = await Node("second");
        var run = Run(nodes: 3, more);
        await Progress(run);
        return (first, second, run);
    }

    /// <summary>Waits for a further sign that blocks close; returns the block.</summary>
    public static async Task<int> Progress(BtaProcess run) =>
        int.Parse(await run.Says(@"^block (\d+)/"), CultureInfo.InvariantCulture);

    /// <summary>
    /// Waits until blocks close from now on. What was said before is forgotten; the first line after that may have been
    /// in the pipe.
    /// </summary>
    public static async Task GoesOn(BtaProcess run)
    {
        run.Forget();
        for (var k = 0; k < 3; k++)
        {
            await Progress(run);
        }
    }

    /// <summary>
    /// Ends the run by SIGTERM and asserts what must hold whatever happened (<see cref="AssertSound"/>). Properties are
    /// not asserted: faults were done to the run. Returns the height of the last block.
    /// </summary>
    public async Task<int> End(BtaProcess run)
    {
        run.Signal(Signal.Terminate);
        var code = await run.Ends();
        Assert.True(code == 130, $"the run ended with {code}:\n{run.Said}");
        var blocks = Journal().OfType<JournalRecord.BlockClosed>().Count() - 1;
        AssertSound(blocks);
        return blocks;
    }

    /// <summary>Ends nodes by SIGTERM, one after another, and asserts that each leaves its cluster in order.</summary>
    public static async Task Leave(params BtaProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            node.Signal(Signal.Terminate);
            Assert.True(await node.Ends() == 0, node.Said);
        }
    }

    /// <summary>Properties with their outcomes, in order.</summary>
    public static IReadOnlyList<string> Outcomes(string folder)
    {
        using var verdict = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "verdict.json")));
        return [
            .. verdict.RootElement.GetProperty("properties").EnumerateArray()
                .Select(p => $"{p.GetProperty("name")}: {p.GetProperty("outcome")}"),
        ];
    }

    /// <summary>
    /// Skips the rest of a story about what neurons learn in real time where this machine skipped more than a twentieth
    /// of the iterations that were due, because the ones before still ran.
    /// </summary>
    public void SkipIfBehind()
    {
        var journal = Journal().ToList();
        var skipped = journal.OfType<JournalRecord.TrafficCounted>()
            .Where(t => (t.Kind, t.Outcome) == ("iteration", "skipped")).Sum(t => t.Count);
        var due = skipped + journal.OfType<JournalRecord.NeuronReported>().Sum(r => r.Iterations);
        Skip.If(20 * skipped > due, $"the machine is too slow: it skipped {skipped} of {due} iterations");
    }

    /// <summary>
    /// Skips the rest of a story about what neurons learn in real time where a neuron got no time to iterate in the
    /// last block.
    /// </summary>
    public void SkipIfIdle(long block) => Skip.If(
        Journal().OfType<JournalRecord.NeuronReported>().Any(r => r.Block == block && r.Iterations == 0),
        $"the machine is too slow: a neuron did not iterate in block {block}");

    /// <summary>
    /// Tells a story about who is held for dead. Where it fails on a machine that kept the processes waiting for half
    /// as long as the cluster's failure detector waits (<c>acceptable-heartbeat-pause</c>) or longer, it is skipped:
    /// whom a node suspects there says nothing about the product.
    /// </summary>
    /// <param name="story">The story.</param>
    /// <param name="cut">
    /// The time for which the story itself keeps heartbeats from arriving: it leaves less to the machine.
    /// </param>
    public async Task Tell(Func<Task> story, TimeSpan cut = default)
    {
        var most = (HeartbeatPause - cut) / 2;
        try
        {
            await story();
        }
        catch (Exception failure) when (failure is not SkipException && LongestWait() >= most)
        {
            _output.WriteLine($"{failure}");
            Skip.If(
                true,
                $"the machine is too slow: it kept a process waiting for {LongestWait().TotalSeconds:0.0} s, and the "
                + $"story can bear {most.TotalSeconds:0.0} s");
        }
    }

    /// <summary>
    /// The longest time for which a thread of this process or a heartbeat of another one that was not stopped had to
    /// wait.
    /// </summary>
    TimeSpan LongestWait() => _processes.Where(p => !p.WasStopped).SelectMany(p => p.Lines)
        .Concat(File.Exists(LogFile) ? File.ReadLines(LogFile) : [])
        .Select(l => Regex.Match(l, @"heartbeat was delayed\. Previous heartbeat was sent \[([0-9.]+)\] ms ago"))
        .Where(m => m.Success)
        .Select(m => TimeSpan.FromMilliseconds(double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)))
        .Append(_lag.Longest).Max();

    /// <summary>
    /// What must hold whatever happened: the ledger verifies and has this many blocks after genesis; every block that
    /// was ever announced is in it, with the hash it was announced by, once; and each epoch began above the one before
    /// it and not below its blocks.
    /// </summary>
    public void AssertSound(int blocks)
    {
        var found = LedgerVerifier.Verify(Path.Combine(RunFolder, "ledger.db"));
        Assert.True(found.Ok, found.Problem);
        Assert.Equal(blocks + 1, found.Blocks);
        using var ledger = LedgerReader.Open(new LedgerPlace.File(Path.Combine(RunFolder, "ledger.db")));
        Assert.Equal(
            ledger.Blocks().Select(b => (b.Height, b.Hash)),
            Journal().OfType<JournalRecord.BlockClosed>().Select(b => (b.Height, b.Hash)));
        var epochs = Epochs();
        Assert.Equal(
            epochs.Select(e => e.Epoch).Distinct().Order(),
            epochs.OrderBy(e => e.Block).ThenBy(e => e.Epoch).Select(e => e.Epoch));
    }

    /// <summary>
    /// Skips the rest of a story about exact counts where nodes that left in order were too slow for it: a neuron that
    /// moved reported after the journal had stopped waiting, or a parcel to a node that left was given up although its
    /// acknowledgement was still to come. The journal says each of these. Exact counts are no reason to skip.
    /// </summary>
    public void SkipIfCutShort()
    {
        var records = Journal().OfType<JournalRecord.TrafficCounted>().ToList();
        var missing = records.Where(t => (t.Kind, t.Outcome) == ("report", "missing")).Sum(t => t.Count);
        var givenUp = records.Where(t => t.Outcome == "dropped/unreachable").Sum(t => t.Count);
        Skip.If(
            missing + givenUp > 0 && Traffic(records).Values.Any(p => p.Uncounted != 0),
            $"the machine is too slow: {missing} reports came too late, {givenUp} parcels to nodes that left were given up");
    }

    /// <summary>Every parcel that was sent is counted where it ended, exactly.</summary>
    public void AssertEveryParcelEnded()
    {
        var records = Journal().OfType<JournalRecord.TrafficCounted>().ToList();
        var counts = Traffic(records);
        Assert.Equal(5, counts.Count);
        foreach (var (kind, parcels) in counts.Where(c => c.Value.Uncounted != 0))
        {
            var outcomes = records.Where(r => r.Kind == kind).GroupBy(r => r.Outcome)
                .Select(g => $"{g.Key} {g.Sum(r => r.Count)}");
            Assert.Fail($"{kind}: {parcels}: {string.Join(", ", outcomes.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>
    /// Who served whom reached the audit: where all iterate and most answers arrive, all are served, and nobody is
    /// worth nothing.
    /// </summary>
    public void AssertAuditedAsServed()
    {
        var audits = Journal().OfType<JournalRecord.Audited>().Where(a => a.Block > 0).ToList();
        Assert.NotEmpty(audits);
        Assert.All(audits, a => Assert.InRange(a.Served!.Value, 0.01, 1));
        Assert.All(audits, a => Assert.NotEqual(0, a.Ablation!.Value));
        Assert.All(audits, a => Assert.NotNull(a.HeldOutLoss));
    }

    /// <summary>The journal as far as it is written.</summary>
    public IEnumerable<JournalRecord> Journal() => JournalReader.Read(Path.Combine(RunFolder, "journal.jsonl"));

    /// <summary>What became of the parcels of each kind.</summary>
    public static SortedDictionary<string, Parcels> Traffic(IEnumerable<JournalRecord.TrafficCounted> records)
    {
        var sums = new SortedDictionary<string, Parcels>(StringComparer.Ordinal);
        foreach (var t in records.Where(t =>
            t.Kind is "forward" or "forward-reply" or "backward" or "submission" or "receipt"))
        {
            sums[t.Kind] = sums.GetValueOrDefault(t.Kind) + t;
        }
        return sums;
    }

    /// <summary>Epochs that began and the block each began at, in the words of every process.</summary>
    public IReadOnlyList<(long Epoch, long Block)> Epochs() =>
        [.. Everything().Select(l => Regex.Match(l, @"epoch (\d+) begins at block (\d+)")).Where(m => m.Success)
            .Select(m => (long.Parse(m.Groups[1].Value), long.Parse(m.Groups[2].Value)))];

    /// <summary>Nodes that have seated the authority.</summary>
    public IReadOnlyList<string> Authorities() =>
        [
            .. Everything().Select(l => Regex.Match(l, @"The authority is at node (\S+)")).Where(m => m.Success)
                .Select(m => m.Groups[1].Value).Distinct(),
        ];

    /// <summary>How often a process found another one unreachable.</summary>
    public int Unreachable() => Everything().Count(l => l.Contains("as UNREACHABLE", StringComparison.Ordinal));

    /// <summary>The longest time between two blocks from one height to another, by the database's own clock.</summary>
    public TimeSpan Outage(long from = 0, long to = int.MaxValue)
    {
        var times = _server!.CommitTimes(RunId()).Where((_, height) => height >= from && height <= to).ToList();
        return times.Zip(times.Skip(1), (a, b) => b - a).Max();
    }

    /// <summary>The run's ledger where it is kept.</summary>
    public LedgerPlace Ledger() => new LedgerPlace.Database(_server!.Connection, RunId());

    /// <summary>What the process of the run logged.</summary>
    public IEnumerable<JsonElement> Log() =>
        File.ReadLines(LogFile).Where(l => l.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement);

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
            _output.WriteLine(process.Said);
        }
        _lag.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    string LogFile => Path.Combine(RunFolder, BitTensor.Records.RunFolder.LogFile);

    string RunId() => Everything().Select(l => Regex.Match(l, @"Run (\S+): ")).First(m => m.Success).Groups[1].Value;

    /// <summary>Every line a process has said or logged.</summary>
    IEnumerable<string> Everything() =>
        _processes.SelectMany(p => p.Lines).Concat(
            File.Exists(LogFile) ? Log().Select(TextOf) : []);

    /// <summary>A logged event as a line of text.</summary>
    static string TextOf(JsonElement logged) => Regex.Replace(
        logged.GetProperty("@mt").GetString()!, @"\{(\w+)\}",
        m => logged.TryGetProperty(m.Groups[1].Value, out var value) ? value.ToString() : m.Value);

    string[] Joining() => _seed is null ? [] : ["--join", _seed];

    BtaProcess Start(string name, bool ledger, string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = _folder };
        if (_server is not null && ledger)
        {
            environment["BTA_LEDGER"] = Hosts is null ? _server.Connection : Hosts.StoreConnection;
        }
        var process = new BtaProcess(
            Hosts?.Within(name) ?? [], environment, [.. arguments, .. Hosts?.Arguments(name) ?? []]);
        _processes.Add(process);
        return process;
    }
}

/// <summary>What became of parcels.</summary>
readonly record struct Parcels(long Sent, long Delivered, long Dropped)
{
    /// <summary>Those whose end is not counted (yet); below 0 while ends were reported before the sendings.</summary>
    public long Uncounted => Sent - Delivered - Dropped;

    public static Parcels operator +(Parcels sum, JournalRecord.TrafficCounted t) => t.Outcome switch
    {
        _ when t.Outcome == "sent" || t.Outcome.StartsWith("sent/", StringComparison.Ordinal) =>
            sum with { Sent = sum.Sent + t.Count },
        _ when t.Outcome.StartsWith("delivered/", StringComparison.Ordinal) =>
            sum with { Delivered = sum.Delivered + t.Count },
        _ when t.Outcome.StartsWith("dropped/", StringComparison.Ordinal) =>
            sum with { Dropped = sum.Dropped + t.Count },
        _ => sum,
    };

    public static Parcels operator +(Parcels a, Parcels b) =>
        new(a.Sent + b.Sent, a.Delivered + b.Delivered, a.Dropped + b.Dropped);
}
