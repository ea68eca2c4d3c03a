using System.Text.Json;
using System.Text.RegularExpressions;
using BitTensor.Mechanism;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary><c>bta run --resume</c> of a network: after kills at random moments, and where it cannot go on.</summary>
public sealed class ResumedCommandSpec : IDisposable
{
    const int Blocks = 12;

    readonly Shell _shell = new();

    static string[] Longer => ["--set", $"duration={Blocks} blocks"];

    static int Kills => LongStories.Wanted ? 20 : 2;

    public void Dispose() => _shell.Dispose();

    /// <summary>The process gets SIGKILL, which no program hears, while blocks close and files are written.</summary>
    [Fact]
    public void A_run_that_was_killed_ends_as_one_that_was_not()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        Shell.Bta(["run", file, "--out", _shell.Path("whole"), .. Longer]).Ends(0);
        var whole = File.ReadAllBytes(_shell.Path("whole", RunFolder.JournalFile));
        for (var k = 0; k < Kills; k++)
        {
            var (folder, isKilled) = ($"killed-{k}", false);
            var block = new RandomStream(22, "killed", k).NextInt(Blocks);
            _shell.Process(
                (process, line) =>
                {
                    if (!isKilled && Regex.Match(line, "^block ([0-9]+)/") is { Success: true } at
                        && int.Parse(at.Groups[1].Value, null) >= block)
                    {
                        isKilled = true;
                        process.Kill();
                    }
                },
                ["run", file, "--out", folder, .. Longer]).Ends(137);
            Assert.False(File.Exists(_shell.Path(folder, RunFolder.VerdictFile)));

            Shell.Bta("run", "--resume", _shell.Path(folder)).Ends(0);
            Assert.Equal(whole, File.ReadAllBytes(_shell.Path(folder, RunFolder.JournalFile)));
            Assert.Equal(VerdictOf("whole"), VerdictOf(folder));
            Assert.Contains(
                $"ok: {Blocks + 1} blocks", Shell.Bta("verify", _shell.Path(folder)).Ends(0).Out,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_run_that_does_not_repeat_is_a_difference_and_stays_as_it_is()
    {
        var run = _shell.SmallRun();
        Shell.Bta("run", run, "--resume").Complains(64, "has come to its end");
        File.Delete(Path.Combine(run, RunFolder.VerdictFile));
        Shell.Bta("run", run, "--resume", "--seed", "12").Complains(64, "another scenario or seed", "--resume");
        Shell.Bta("run", run, "--resume", "--time", "wall").Complains(64, "only runs in virtual time repeat");

        var journal = Path.Combine(run, RunFolder.JournalFile);
        var text = File.ReadAllText(journal);
        var changed = text.Replace("\"seed\":11,", "\"seed\":12,", StringComparison.Ordinal);
        File.WriteAllText(journal, changed);
        var said = Shell.Bta("run", run, "--resume").Ends(1);
        Assert.Contains("another line 1", said.Error, StringComparison.Ordinal);
        Assert.Equal(changed, File.ReadAllText(journal));

        File.WriteAllText(journal, text);
        Shell.Bta("run", run, "--resume").Ends(0);
        Assert.Equal(text, File.ReadAllText(journal));
    }

    [Fact]
    public void A_folder_without_a_run_and_a_run_in_wall_time_are_not_gone_on_with()
    {
        Directory.CreateDirectory(_shell.Path("empty"));
        var file = _shell.Write("small.yaml", Stage.Small);
        Shell.Bta("run", file, "--out", _shell.Path("empty"), "--resume").Complains(74, "holds no run");
        Shell.Bta("run", file, "--resume").Complains(64, "--resume needs --out");
        var run = _shell.SmallRun();
        Shell.Bta("run", file, "--out", run).Complains(74, "is not empty", "--resume goes on with the run in it");

        File.Delete(Path.Combine(run, RunFolder.VerdictFile));
        var environment = Path.Combine(run, RunFolder.EnvironmentFile);
        var virtually = File.ReadAllText(environment);
        File.WriteAllText(environment, virtually.Replace("\"virtual\"", "\"wall\"", StringComparison.Ordinal));
        Shell.Bta("run", run, "--resume").Complains(2, "ran in wall time");
        File.WriteAllText(
            environment, virtually.Replace("\"program\": \"", "\"program\": \"0.", StringComparison.Ordinal));
        var said = Shell.Bta("run", run, "--resume").Ends(0);
        Assert.Contains("note: the run was begun by version 0.", said.Error, StringComparison.Ordinal);
    }

    /// <summary>The verdict as text.</summary>
    string VerdictOf(string folder) =>
        JsonSerializer.Serialize(JsonDocument.Parse(File.ReadAllText(_shell.Path(folder, RunFolder.VerdictFile))));
}
