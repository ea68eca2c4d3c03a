using System.Text;
using BitTensor.Records;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>
/// Files that are not what they should be: one line, the right exit code, never a stack trace, and nothing changed.
/// </summary>
public sealed class HostileSpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    public static TheoryData<string, string> Texts => new()
    {
        { "nothing", "" },
        { "only a comment", "# hello\n" },
        { "a word", "hello" },
        { "a list", "- a\n- b\n" },
        { "deep", new string('[', 100_000) },
        { "an alias", "version: &v 1\nname: *v\n" },
        { "a tag", "version: !!int 1\n" },
        { "a merge key", "version: 1\n<<: { name: x }\n" },
        { "a tab", "version: 1\nname:\n\tx\n" },
        { "a NUL", "version: 1\0\n" },
        { "two documents", "version: 1\n---\nversion: 1\n" },
        { "unclosed", "version: [1\n" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_scenario_that_is_none_is_refused_with_a_place(string what, string text)
    {
        var file = _shell.Write("bad.yaml", text);
        var check = Shell.Bta("check", file).Ends(65);
        Assert.True(
            check.Out.Contains("bad.yaml:", StringComparison.Ordinal)
                && check.Out.Contains(": error BTA", StringComparison.Ordinal),
            $"{what}: {check.Out}");
        Assert.All(
            check.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(@"bad\.yaml:\d+:\d+: error BTA\d{3}: ", line));
        Shell.Bta("run", file, "--out", _shell.Path("run")).Ends(65);
        Assert.False(Directory.Exists(_shell.Path("run")));
    }

    [Fact]
    public void Line_ends_and_a_mark_of_other_systems_change_nothing()
    {
        File.WriteAllText(_shell.Path("windows.yaml"), "\uFEFF" + Stage.Small.ReplaceLineEndings("\r\n"));
        Shell.Bta("check", _shell.Path("windows.yaml")).Ends(0);
        File.WriteAllText(_shell.Path("utf16.yaml"), Stage.Small, Encoding.Unicode);
        Assert.Contains("UTF-8", Shell.Bta("check", _shell.Path("utf16.yaml")).Ends(65).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_any_size_is_refused_as_soon_as_it_is_too_large()
    {
        using (var huge = File.Create(_shell.Path("huge.yaml")))
        {
            huge.SetLength(100L << 20);
        }
        Shell.Bta("check", _shell.Path("huge.yaml")).Complains(65, "larger than 1 MiB");
        var junk = Enumerable.Range(0, 5000).Select(k => (byte)(k * 31 % 251)).ToArray();
        File.WriteAllBytes(_shell.Path("junk.yaml"), junk);
        Shell.Bta("check", _shell.Path("junk.yaml")).Complains(65, "UTF-8");
    }

    [Fact]
    public void Games_too_steep_for_doubles_are_an_error_of_the_scenario()
    {
        var file = Path.Combine(SourceTree.Root, "scenarios", "paper", "figure-4.yaml");
        var said = Shell.Bta(
            "run", file, "--set", "game.temperature=1E-30", "--set", "study.trials=3", "--out", _shell.Path("steep"));
        Assert.Contains("raise temperature", said.Ends(65).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_that_are_not_there_or_of_another_kind_are_input_and_output_errors()
    {
        Shell.Bta("check", _shell.Path("none.yaml")).Complains(74, "none.yaml");
        Shell.Bta("check", _shell.Path()).Complains(74, "folder");
        Shell.Bta("run", _shell.Path()).Complains(74, "folder");
        Shell.Bta("verify", _shell.Path("none")).Complains(74, "none");
        Shell.Bta("verify", _shell.Path()).Complains(74, "ledger.db");
        Shell.Bta("replay", _shell.Path("none")).Complains(74, "none");
        Shell.Bta("export", _shell.Path("none")).Complains(74, "none");
        Shell.Bta("export", _shell.Path()).Complains(74, "parquet");
    }

    [Fact]
    public void A_run_never_writes_over_anything()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        Shell.Bta("run", file, "--out", _shell.Path()).Complains(74, "not empty");
        Shell.Bta("run", file, "--out", file).Complains(74, "small.yaml");
        Assert.Equal(Stage.Small, File.ReadAllText(file));
    }

    [Fact]
    public void Of_many_commands_that_want_one_folder_at_the_same_time_one_gets_it()
    {
        const int contenders = 8;
        for (var turn = 0; turn < 20; turn++)
        {
            var (folder, won, lost) = (_shell.Path($"wanted{turn}"), 0, 0);
            using var line = new Barrier(contenders);
            Thread[] threads = [.. Enumerable.Range(0, contenders).Select(_ => new Thread(() =>
            {
                line.SignalAndWait();
                try
                {
                    RunFolders.Make(folder, "small", 1, RunFolder.ScenarioFile);
                    Interlocked.Increment(ref won);
                }
                catch (CommandException refused)
                {
                    Interlocked.Add(ref lost, refused.ExitCode == ExitCode.InputOutput ? 1 : 0);
                }
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Assert.Equal((1, contenders - 1), (won, lost));
            Assert.Equal([RunFolder.ScenarioFile], Directory.GetFiles(folder).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void The_run_that_comes_second_to_a_folder_leaves_the_first_alone()
    {
        var file = _shell.Write("game.yaml", Stage.Game);
        Said[] runs =
        [
            .. Enumerable.Range(0, 2).AsParallel().Select(_ =>
                Shell.Bta("run", file, "--out", _shell.Path("run"), "--set", "duration=3 blocks")),
        ];
        Assert.Contains("not empty", Assert.Single(runs, r => r.Code == 74).Error, StringComparison.Ordinal);
        Assert.Single(runs, r => r.Code is 0 or 1 or 2);
        Shell.Bta("verify", _shell.Path("run")).Ends(0);
        Assert.True(File.Exists(_shell.Path("run", RunFolder.VerdictFile)));
    }

    [Fact]
    public void A_data_set_that_is_absent_is_an_error_that_says_how_to_get_it()
    {
        var file = _shell.Write(
            "small.yaml",
            Stage.Small.Replace(
                "set: digits, examples: 300", $"set: fashion-mnist, folder: {_shell.Path("data")}",
                StringComparison.Ordinal));
        Shell.Bta("run", file, "--out", _shell.Path("run")).Complains(74, "dataset-fashion-mnist", "data.folder");
        Assert.False(Directory.Exists(_shell.Path("run")), "a run that cannot begin leaves no folder");
    }

    [Fact]
    public void A_damaged_run_folder_is_named_by_its_file()
    {
        var run = _shell.SmallRun();
        var files = Directory.GetFiles(run).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);
        void Damaged(string name, byte[]? bytes, string[] command, int code, params string[] words)
        {
            var path = Path.Combine(run, name);
            File.Delete(path);
            if (bytes is not null)
            {
                File.WriteAllBytes(path, bytes);
            }
            Shell.Bta([.. command, run]).Complains(code, words);
            File.WriteAllBytes(path, files[name]);
        }
        byte[] junk = [.. Enumerable.Range(0, 3000).Select(k => (byte)(k * 7))];
        Damaged("ledger.db", null, ["verify"], 74, "ledger.db");
        Damaged("ledger.db", [], ["verify"], 1, "ledger.db", "not a ledger");
        Damaged("ledger.db", junk, ["verify"], 1, "ledger.db", "not a ledger");
        Damaged("ledger.db", files["ledger.db"][..5000], ["verify"], 1, "wrong: ");
        Damaged("journal.jsonl", null, ["verify"], 74, "journal.jsonl");
        Damaged("journal.jsonl", junk, ["verify"], 74, "journal.jsonl", "not a journal record");
        Damaged("journal.jsonl", null, ["replay", "--cores", "1"], 74, "journal.jsonl");
        Damaged("verdict.json", null, ["replay"], 74, "verdict.json");
        Damaged("verdict.json", files["verdict.json"][..200], ["replay"], 74, "verdict.json");
        Damaged("verdict.json", "null"u8.ToArray(), ["replay"], 74, "verdict.json");
        Damaged("environment.json", junk, ["replay"], 74, "environment.json");
        Damaged("scenario.yaml", "[1"u8.ToArray(), ["replay"], 65, "scenario.yaml");
        Damaged("scenario.yaml", null, ["replay"], 74, "scenario.yaml");
        foreach (var table in new[] { "blocks", "neurons", "weights", "messages", "audit" })
        {
            var name = table + ".parquet";
            Damaged(name, null, ["export"], 74, name);
            Damaged(name, [], ["export"], 74, name);
            Damaged(name, junk, ["export"], 74, name);
            Damaged(name, files[name][..(files[name].Length / 2)], ["export"], 74, name);
            for (var k = 4; k < 200; k += 13)
            {
                var flipped = (byte[])files[name].Clone();
                flipped[^k] ^= 0xA5;
                ReadsOrIsNamed(Path.Combine(run, name), flipped);
            }
        }
        Assert.All(files, f => Assert.Equal(f.Value, File.ReadAllBytes(Path.Combine(run, f.Key))));
    }

    /// <summary>A changed bit may fall into a number, which no format notices; else the file is named.</summary>
    static void ReadsOrIsNamed(string path, byte[] bytes)
    {
        var copy = path + ".copy";
        File.WriteAllBytes(copy, bytes);
        try
        {
            using var reader = new TableReader(copy);
            _ = reader.Rows().Count();
        }
        catch (InvalidDataException named)
        {
            Assert.Contains(copy, named.Message, StringComparison.Ordinal);
        }
        File.Delete(copy);
    }
}
