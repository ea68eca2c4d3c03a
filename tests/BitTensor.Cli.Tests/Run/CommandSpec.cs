using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitTensor.Cli;
using BitTensor.Cluster;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>The command as people and scripts use it: what it prints where, what it leaves, and how it ends.</summary>
public sealed class CommandSpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(ExitCode.Pass, "delivered > 0.5", Outcome.Pass)]
    [InlineData(ExitCode.Fail, "delivered > 1.5", Outcome.Fail)]
    [InlineData(ExitCode.Unknown, "mean ablation of honest > 0", Outcome.Unknown)]
    public void A_run_exits_by_its_verdict(int code, string property, Outcome outcome)
    {
        var file = _shell.Write("x.yaml", Stage.Small);
        var said = Shell.Bta(
            "run", file, "--out", _shell.Path("run"), "--set", "duration=1 blocks", "--set", "audit.every=never",
                "--set", $"expect[0].property={property}", "--set", "expect[0].holds=at end").Ends(code);
        Assert.Contains($"verdict  {OutcomeWords.Of(outcome)} after 1 blocks", said.Out, StringComparison.Ordinal);
        Assert.Equal(outcome, RunVerdict.Read(_shell.Path("run")).Verdict);
    }

    [Fact]
    public void The_result_goes_to_standard_output_and_the_progress_to_standard_error()
    {
        var file = _shell.Write("x.yaml", Stage.Small);
        var said = Shell.Bta("run", file, "--out", _shell.Path("run"), "--set", "duration=2 blocks", "--format", "json")
            .Ends(0);
        using var json = JsonDocument.Parse(said.Out);
        Assert.Equal(_shell.Path("run"), json.RootElement.GetProperty("folder").GetString());
        Assert.Equal("pass", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal(11, json.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal(64, json.RootElement.GetProperty("journalHash").GetString()!.Length);
        Assert.Contains("block 2/2", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", said.Out + said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_holds_everything_and_runs_again_by_itself()
    {
        var run = _shell.SmallRun("--seed", "31", "--set", "populations.honest.count=3", "--set", "mechanism.tau=0.25");
        var files = Directory.GetFiles(run).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "audit.parquet", "blocks.parquet", "environment.json", "journal.jsonl", "latencies.parquet", "ledger.db",
                "log.clef", "losses.png", "losses.svg", "messages.parquet", "neurons.parquet", "ranks.png", "ranks.svg",
                "report.html", "scenario.yaml", "verdict.json", "weights.parquet",
            ],
            files);
        Assert.All(Directory.GetFiles(run), f => Assert.True(new FileInfo(f).Length > 100, f));
        Assert.All(
            new[] { "ranks.png", "losses.png" },
            f =>
                Assert.Equal(
                    "\u0089PNG", string.Concat(File.ReadAllBytes(_shell.Path("run", f))[..4].Select(b => (char)b))));
        Assert.All(File.ReadAllLines(_shell.Path("run", "log.clef")), line => JsonDocument.Parse(line).Dispose());
        using var environment = JsonDocument.Parse(File.ReadAllText(_shell.Path("run", "environment.json")));
        Assert.Equal("virtual", environment.RootElement.GetProperty("time").GetString());
        Assert.True(environment.RootElement.GetProperty("elapsedSeconds").GetDouble() > 0);

        var first = RunVerdict.Read(run);
        Assert.Equal((31UL, 3L, false), (first.Seed, first.Blocks, first.Interrupted));
        Shell.Bta("run", _shell.Path("run", "scenario.yaml"), "--out", _shell.Path("again"), "--cores", "1").Ends(0);
        var second = RunVerdict.Read(_shell.Path("again"));
        Assert.Equal((first.JournalHash, first.AuditHash), (second.JournalHash, second.AuditHash));
        Assert.Equal(
            File.ReadAllBytes(_shell.Path("run", "scenario.yaml")),
            File.ReadAllBytes(_shell.Path("again", "scenario.yaml")));
        Assert.Equal(
            File.ReadAllBytes(_shell.Path("run", "journal.jsonl")),
            File.ReadAllBytes(_shell.Path("again", "journal.jsonl")));
    }

    [Fact]
    public void A_replay_says_same_wherever_the_folder_lies()
    {
        Directory.Move(_shell.SmallRun(), _shell.Path("moved"));
        var said = Shell.Bta("replay", _shell.Path("moved"), "--cores", "2").Ends(0);
        Assert.StartsWith("same", said.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(
            Shell.Bta("replay", _shell.Path("moved"), "--format", "json", "--cores", "1").Ends(0).Out);
        Assert.True(json.RootElement.GetProperty("same").GetBoolean());
        Assert.Equal(
            json.RootElement.GetProperty("journalHash").GetString(),
            json.RootElement.GetProperty("replayHash").GetString());
    }

    public static TheoryData<string, Func<List<string>, List<string>>, string> Tamperings => new()
    {
        {
            "another loss",
            lines => Change(lines, "\"neuron\",\"block\":2,\"neuron\":3", "\"iterations\":", "\"iterations\":1"),
            "block 2, neuron 3"},
        { "a blank more", lines => Change(lines, "\"block\":1,\"neuron\":2", "}", " }"), "block 1, neuron 2" },
        { "another rank", lines => Change(lines, "\"height\":1,", "\"rank\":[", "\"rank\":[0.5,"), "block 1" },
        {
            "another count",
            lines =>
                Change(lines, "\"block\":3,\"kind\":\"forward\",\"outcome\":\"sent\"", "\"count\":", "\"count\":9"),
            "block 3"},
        {
            "another audit", lines => Change(lines, "\"record\":\"audit\"", "\"ablation\":", "\"ablation\":9"),
            "block 0, neuron 0"},
        { "no JSON", lines => Change(lines, "\"block\":2,\"neuron\":1", "{", "["), "block 2, neuron 1" },
        {
            "cut off",
            lines => [.. lines.TakeWhile(l => !l.Contains("\"block\":3,\"neuron\":0", StringComparison.Ordinal))],
            "block 3, neuron 0"},
        { "a line too many", lines => [.. lines, lines[^1]], "outside of any block" },
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public void A_replay_names_the_place_of_the_first_difference(
        string what, Func<List<string>, List<string>> tamper, string place)
    {
        var journal = Path.Combine(_shell.SmallRun(), RunFolder.JournalFile);
        File.WriteAllLines(journal, tamper([.. File.ReadAllLines(journal)]));
        var said = Shell.Bta("replay", _shell.Path("run")).Ends(1);
        Assert.True(said.Out.Contains($"first    {place}: ", StringComparison.Ordinal), $"{what}: {said.Out}");
    }

    [Fact]
    public void A_replay_is_not_fooled_by_a_claimed_hash_and_refuses_impossible_lengths()
    {
        var file = Path.Combine(_shell.SmallRun(), RunFolder.VerdictFile);
        var verdict = File.ReadAllText(file);
        var hash = RunVerdict.Read(_shell.Path("run")).JournalHash;
        File.WriteAllText(file, verdict.Replace(hash, new string('0', 64), StringComparison.Ordinal));
        Assert.Contains(
            "claims another hash", Shell.Bta("replay", _shell.Path("run")).Ends(1).Out, StringComparison.Ordinal);
        foreach (var blocks in new[] { "-1", "4", "4294967299" })
        {
            File.WriteAllText(
                file, verdict.Replace("\"blocks\": 3", $"\"blocks\": {blocks}", StringComparison.Ordinal));
            Shell.Bta("replay", _shell.Path("run")).Complains(74, "verdict.json", "blocks");
        }
    }

    [Fact]
    public void A_run_can_be_replayed_up_to_a_block()
    {
        var run = _shell.SmallRun();
        Assert.Contains(
            "through block 2", Shell.Bta("replay", run, "--to-block", "2").Ends(0).Out, StringComparison.Ordinal);
        var journal = Path.Combine(run, RunFolder.JournalFile);
        File.WriteAllLines(
            journal,
            Change(
                [.. File.ReadAllLines(journal)], "\"neuron\",\"block\":3,\"neuron\":1", "\"iterations\":",
                "\"iterations\":1"));
        Shell.Bta("replay", run, "--to-block", "2").Ends(0);
        Assert.Contains(
            "first    block 3, neuron 1: ", Shell.Bta("replay", run, "--to-block", "3").Ends(1).Out,
            StringComparison.Ordinal);
        Shell.Bta("replay", run, "--to-block", "4").Complains(64, "--to-block", "from 1 to 3");
    }

    [Fact]
    public void The_difference_of_two_runs_is_named_to_the_field()
    {
        var run = _shell.SmallRun();
        Shell.Bta("run", _shell.Path("run", "scenario.yaml"), "--out", _shell.Path("same")).Ends(0);
        Assert.Contains("the same, byte for "
            + "byte", Shell.Bta("diff", run, _shell.Path("same")).Ends(0).Out, StringComparison.Ordinal);

        Shell.Bta(
            "run", _shell.Path("run", "scenario.yaml"), "--out", _shell.Path("other"), "--set",
            "network.default.loss=6%").Ends(0);
        var said = Shell.Bta("diff", run, _shell.Path("other")).Ends(1).Out;
        Assert.Contains("- network.default.loss: 0.05", said, StringComparison.Ordinal);
        Assert.Contains("+ network.default.loss: 0.06", said, StringComparison.Ordinal);

        var journal = Path.Combine(_shell.Path("same"), RunFolder.JournalFile);
        File.WriteAllLines(
            journal,
            Change(
                [.. File.ReadAllLines(journal)], "\"neuron\",\"block\":2,\"neuron\":3", "\"iterations\":",
                "\"iterations\":1"));
        said = Shell.Bta("diff", run, _shell.Path("same")).Ends(1).Out;
        Assert.Matches(@"differs first at block 2, neuron 3 \(honest\)\n +iterations: [0-9]+ against 1[0-9]+", said);
        Shell.Bta("diff", run, _shell.Path("nowhere")).Complains(74, "nowhere");
    }

    [Fact]
    public void Verify_recomputes_the_ledger_and_notices_a_history_cut_short()
    {
        var run = _shell.SmallRun();
        var said = Shell.Bta("verify", run).Ends(0);
        Assert.Contains("ok: 4 blocks", said.Out, StringComparison.Ordinal);
        using (
            var json = JsonDocument.Parse(
                Shell.Bta("verify", Path.Combine(run, RunFolder.LedgerFile), "--format", "json").Ends(0).Out))
        {
            Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
            Assert.Equal(4, json.RootElement.GetProperty("blocks").GetInt64());
        }
        using (
            var connection = new Microsoft.Data.Sqlite.SqliteConnection(
                $"Data Source={Path.Combine(run, RunFolder.LedgerFile)};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM submissions WHERE height = 3; DELETE FROM blocks WHERE height = 3";
            command.ExecuteNonQuery();
        }
        Assert.Contains(
            "the ledger ends at block 2, but the journal at block 3", Shell.Bta("verify", run).Ends(1).Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Check_says_where_or_what()
    {
        var good = _shell.Write("good.yaml", Stage.Small);
        Assert.Contains(
            "good.yaml: ok: 5 neurons (4 honest, 1 free-riding), 6 blocks", Shell.Bta("check", good).Ends(0).Out,
            StringComparison.Ordinal);
        var bad = _shell.Write("bad.yaml", Stage.Small.Replace("seed: 11", "sed: 11", StringComparison.Ordinal));
        var said = Shell.Bta("check", bad).Ends(65);
        Assert.Matches(@"bad\.yaml:3:1: error BTA\d{3}: .*; ", said.Out);
        Assert.Empty(said.Error);
        using var json = JsonDocument.Parse(Shell.Bta("check", bad, "--format", "json").Ends(65).Out);
        Assert.Contains(
            json.RootElement.EnumerateArray(),
            e => e.GetProperty("line").GetInt32() == 3 && e.GetProperty("column").GetInt32() == 1);
        var run = Shell.Bta("run", bad, "--out", _shell.Path("none")).Ends(65);
        Assert.Contains("bad.yaml:3:1: error BTA", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_shell.Path("none")));
    }

    [Fact]
    public void Check_reads_every_point_of_a_sweep()
    {
        const string sweep = "\nsweep: { seeds: 2, vary: [{ path: mechanism.tau, values: '0.1,0.2' }, { path: "
            + "network.default.loss, values: '0%,LOSS' }] }\n";
        Shell.Bta("check",
            _shell.Write("sweep.yaml", Stage.Small + sweep.Replace("LOSS", "20%", StringComparison.Ordinal))).Ends(0);
        var said = Shell.Bta(
            "check", _shell.Write("sweep.yaml", Stage.Small + sweep.Replace("LOSS", "200%", StringComparison.Ordinal)))
            .Ends(65);
        Assert.Matches(@"^sweep\.vary:1:22: error BTA\d{3}: 200% is out of range; .*\n$", said.Out);
    }

    [Fact]
    public void New_writes_a_scenario_once_that_checks()
    {
        var file = _shell.Path("mine.yaml");
        Assert.Equal(file + "\n", Shell.Bta("new", "mine", "--out", file).Ends(0).Out.ReplaceLineEndings("\n"));
        Shell.Bta("check", file).Ends(0);
        Shell.Bta("new", "mine", "--out", file).Complains(74, "exists");
        Shell.Bta("new", "../mine").Complains(64, "'../mine' cannot name a scenario");
        Assert.Equal(File.ReadAllText(file), Shell.Bta("new", "mine", "--out", "-").Ends(0).Out);
    }

    [Fact]
    public void Schema_and_doctor_speak_both_forms()
    {
        JsonDocument.Parse(Shell.Bta("schema").Ends(0).Out).Dispose();
        Assert.StartsWith("# ", Shell.Bta("schema", "--format", "markdown").Ends(0).Out, StringComparison.Ordinal);
        using var findings = JsonDocument.Parse(Shell.Bta("doctor", "--format", "json").Ends(0).Out);
        Assert.Contains(
            findings.RootElement.EnumerateArray(),
            f => f.GetProperty("name").GetString() == "short run" && f.GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("walk")]
    [InlineData("run")]
    [InlineData("run x.yaml --fast")]
    [InlineData("run x.yaml --cores 0")]
    [InlineData("run x.yaml --cores many")]
    [InlineData("run x.yaml --seed 1e3")]
    [InlineData("run x.yaml --time slow")]
    [InlineData("run x.yaml --format xml")]
    [InlineData("export x --table secrets")]
    [InlineData("check a.yaml b.yaml")]
    [InlineData("run x.yaml --join 127.0.0.1:4053")]
    [InlineData("run x.yaml --local-nodes 2")]
    [InlineData("node --port 99999")]
    [InlineData("node --link-port -1")]
    [InlineData("node --join 127.0.0.1")]
    [InlineData("node --join foo:bar")]
    [InlineData("node --name al:pha")]
    [InlineData("node --certs certs")]
    [InlineData("certs certs ../x")]
    public void A_command_that_cannot_be_understood_ends_with_64_and_says_where_help_is(string line)
    {
        var said = Shell.Bta(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Ends(64);
        Assert.Empty(said.Out);
        Assert.Contains("error: ", said.Error, StringComparison.Ordinal);
        Assert.Contains("--help", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SCENARIO", "check", "")]
    [InlineData("SCENARIO", "check", " ")]
    [InlineData("SCENARIO", "run", "")]
    [InlineData("--out", "run", "x.yaml", "--out", "")]
    [InlineData("--out", "sweep", "x.yaml", "--out", "", "--resume")]
    [InlineData("--vary", "sweep", "x.yaml", "--vary", "")]
    [InlineData("--out", "export", "run", "--out", "")]
    [InlineData("RUN", "verify", "")]
    [InlineData("B", "diff", "run", "")]
    [InlineData("NAME", "new", "")]
    [InlineData("FOLDER", "study", "attacks", "")]
    [InlineData("--set", "check", "x.yaml", "--set", "")]
    [InlineData("--seed", "run", "x.yaml", "--seed", "")]
    [InlineData("--cores", "run", "x.yaml", "--cores", " ")]
    [InlineData("--format", "run", "x.yaml", "--format", "")]
    public void What_is_given_empty_is_an_error_of_usage_in_every_command(string name, params string[] line)
    {
        var said = Shell.Bta(line).Ends(64);
        Assert.StartsWith($"error: {name} is empty", said.Error, StringComparison.Ordinal);
        Assert.Contains("--help", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seed does not take '9223372036854775808'", "run x.yaml --seed 9223372036854775808")]
    [InlineData("--seed does not take '1.5'. Write a whole number.", "run x.yaml --seed 1.5")]
    [InlineData("--format does not take 'xml'", "run x.yaml --format xml")]
    [InlineData("--time does not take 'x'", "run x.yaml --time x")]
    [InlineData("--neuron does not take 'x'", "trace run --neuron x")]
    public void A_word_that_an_option_does_not_take_is_told_without_the_names_of_types(string says, string line)
    {
        var said = Shell.Bta(line.Split(' ')).Ends(64).Error;
        Assert.Contains(says, said, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"System\.|BitTensor\.", said);
    }

    [Theory]
    [InlineData("check absent.yaml")]
    [InlineData("run --nonsense")]
    public void A_standard_error_that_takes_nothing_more_leaves_the_exit_code(string line)
    {
        using var full = new FullWriter();
        var terminal = new Terminal(TextWriter.Null, full, Live: false, Color: false);
        Assert.Equal(74, new CommandLine(terminal).Invoke(line.Split(' ')));
    }

    /// <summary>As <c>/dev/full</c> is.</summary>
    sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }

    [Theory]
    [InlineData("nonsense", "initialization string")]
    [InlineData("Database=bta", "names no Host")]
    public void A_database_that_cannot_be_one_ends_with_64_and_names_the_option(string ledger, string words)
    {
        var file = _shell.Write("x.yaml", Stage.Small);
        Shell.Bta("node", "--ledger", ledger).Complains(64, "--ledger cannot be read", words);
        Shell.Bta("run", file, "--cluster", "--ledger", ledger, "--out", _shell.Path("run")).Complains(
            64, "--ledger cannot be read", words);
        Assert.False(Directory.Exists(_shell.Path("run")));
    }

    [Fact]
    public void A_cluster_has_no_virtual_time() =>
        Shell.Bta("run", _shell.Write("x.yaml", Stage.Small), "--cluster", "--time", "virtual", "--out",
            _shell.Path("run")).Complains(64, "--time virtual");

    [Theory]
    [InlineData("--port")]
    [InlineData("--link-port")]
    public void A_port_that_is_taken_ends_with_74_and_leaves_no_run_folder(string option)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var taken = socket.LocalEndPoint!.ToString()!;
        var said = Shell.Bta(
            "run", _shell.Write("x.yaml", Stage.Small), "--cluster", option, taken.Split(':')[1], "--out",
            _shell.Path("run"));
        said.Complains(74, $"{option}: {taken} cannot be listened at");
        Assert.False(Directory.Exists(_shell.Path("run")));
    }

    [Fact]
    public void Help_is_for_every_command_and_tells_the_exit_codes()
    {
        Assert.Contains("130 interrupted", Shell.Bta("--help").Ends(0).Out, StringComparison.Ordinal);
        foreach (
            var command in new[] { "run", "cluster", "check", "replay", "verify", "export", "new", "schema", "doctor" })
        {
            Assert.Contains(
                "Example: bta " + command,
                Shell.Bta(command, "--help").Ends(0).Out.ReplaceLineEndings(" ")
                    .Replace("  ", " ", StringComparison.Ordinal),
                StringComparison.Ordinal);
        }
    }

    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new InvalidOperationException("odd"), ExitCode.Internal, "please report" },
        { new EmulationException("stuck"), ExitCode.Internal, "stuck" },
        {
            new EmulationException(
                "outer", new EmulationException("inner", new LedgerException("Block 3 cannot be written: disk full"))),
            ExitCode.InputOutput, "disk full"},
        {
            new EmulationException("outer", new IOException("No space left on device")), ExitCode.InputOutput,
            "No space left"},
        { new DataSetException("no data"), ExitCode.InputOutput, "no data" },
        { new UnauthorizedAccessException("denied"), ExitCode.InputOutput, "denied" },
        { new CommandException(ExitCode.Usage, "how?"), ExitCode.Usage, "how?" },
        { new PartedException("n1", NodeExit.NotJoined, begun: false), ExitCode.NotJoined, "was not found" },
        { new PartedException("n1", NodeExit.NameTaken, begun: false), ExitCode.InputOutput, "name n1 is taken" },
        { new PartedException("n1", NodeExit.Untrusted, begun: false), ExitCode.InputOutput, "certificate" },
        {
            new PartedException("n1", NodeExit.Downed, begun: true), ExitCode.InputOutput,
            "parted from its cluster (Downed); the ledger has every block"},
        { new OperationCanceledException(), ExitCode.Interrupted, "before the first block" },
#pragma warning disable CA2201 // They stand for those that the runtime and libtorch throw.
        { new EmulationException("outer", new OutOfMemoryException()), ExitCode.NoMemory, "too little memory" },
        {
            new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
            ExitCode.NoMemory, "too little memory"
        },
#pragma warning restore CA2201
        { new EmulationException("outer", new RepeatException("line 2")), ExitCode.Fail, "line 2" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_has_an_exit_code_and_words(Exception failure, int code, string words)
    {
        var (explained, message) = Failure.Explain(failure);
        Assert.Equal(code, explained);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    static List<string> Change(List<string> lines, string of, string what, string by)
    {
        var at = lines.FindIndex(l => l.Contains(of, StringComparison.Ordinal));
        var where = lines[at].IndexOf(what, StringComparison.Ordinal);
        lines[at] = lines[at][..where] + by + lines[at][(where + what.Length)..];
        return lines;
    }
}
