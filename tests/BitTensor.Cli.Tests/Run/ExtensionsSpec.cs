using BitTensor.Actors.Context;
using BitTensor.Actors.Strategies;
using BitTensor.Mechanism;
using BitTensor.Records;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>Libraries of one's own. This one has the rule of <c>docs/samples/own-rule.cs</c>, and a strategy.</summary>
public sealed class ExtensionsSpec : IDisposable
{
    const string Mine =
        """
        version: 1
        name: mine
        seed: 2
        duration: 6 blocks
        mechanism:
          rule: { kind: smoothed-rank, keep: 0.75 }
          alpha: 1
          step: 0.5
        populations:
          - { name: honest, count: 4, model: { kind: quadratic }, stake: [1, 2, 3, 4] }
          - { name: silent, count: 1, model: { kind: quadratic } }
        audit: { every: never }
        expect:
          - { property: mint > 0, holds: always }
        """;

    static readonly string Library = typeof(ExtensionsSpec).Assembly.Location;

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    /// <summary>Neurons of the population <c>silent</c> ask nobody.</summary>
    public sealed class Silence : IRunExtension
    {
        public RunExtensions Extend(RunExtensions to, Scenario scenario) =>
            scenario.Populations.Any(p => p.Name == "silent")
                ? to with { Strategies = to.Strategies.SetItem("silent", _ => new Idle()) }
                : to;

        sealed class Idle : Strategy
        {
            public override bool Asks => false;
        }
    }

    [Fact]
    public void A_rule_and_a_strategy_of_a_library_run_and_are_verified_and_replayed()
    {
        var (file, run) = (_shell.Write("mine.yaml", Mine), _shell.Path("run"));
        Shell.Bta("run", file, "--out", run, "--extensions", Library).Ends(0);
        Assert.Contains("ok: 7 blocks", Shell.Bta("verify", run, "--extensions", Library).Ends(0).Out);
        Assert.Contains("same", Shell.Bta("replay", run, "--extensions", Library).Ends(0).Out);

        using var reader = LedgerReader.Open(System.IO.Path.Combine(run, RunFolder.LedgerFile));
        var rows = reader.Header.Neurons.Select(n => n.Row).ToArray();
        double[]? before = null;
        foreach (var block in reader.Blocks())
        {
            foreach (var entry in block.Submissions.Where(e => e.Refused is null))
            {
                rows[entry.Submission.Neuron] = entry.Submission.Row;
            }
            var rank = Ranking.Rank(rows, block.Stake.AsSpan());
            before = before is null ? rank : [.. before.Zip(rank, (old, now) => 0.75 * old + (1 - 0.75) * now)];
            Assert.Equal(before, block.Rank);
        }
        var asked = JournalReader.Read(System.IO.Path.Combine(run, RunFolder.JournalFile))
            .OfType<JournalRecord.NeuronReported>().ToLookup(r => r.Neuron, r => r.Queries);
        Assert.Equal(0, asked[4].Sum());
        Assert.True(asked[0].Sum() > 0);
    }

    [Fact]
    public void Without_its_library_a_run_is_not_checked_verified_or_replayed_and_the_remedy_is_named()
    {
        var (file, run) = (_shell.Write("mine.yaml", Mine), _shell.Path("run"));
        Shell.Bta("run", file, "--out", run, "--extensions", Library).Ends(0);
        // A process of their own, which has loaded nothing.
        var check = _shell.Process((_, _) => { }, "check", file).Ends(65);
        Assert.Contains("mine.yaml:6:17", check.Out + check.Error);
        Assert.Contains("--extensions FILE", check.Out + check.Error);
        var verify = _shell.Process((_, _) => { }, "verify", run).Ends(1);
        Assert.Contains("rule is 'smoothed-rank keep=0.75', which this program does not know", verify.Out);
        Assert.Contains("--extensions", verify.Out);
        var replay = _shell.Process((_, _) => { }, "replay", run);
        Assert.NotEqual(0, replay.Code);
        Assert.Contains("--extensions FILE", replay.Error);
    }

    [Fact]
    public void A_strategy_of_a_library_is_not_forgotten_by_a_replay()
    {
        var file = _shell.Write("mine.yaml", Mine.Replace("  rule: { kind: smoothed-rank, keep: 0.75 }\n", ""));
        var run = _shell.Path("run");
        Shell.Bta("run", file, "--out", run, "--extensions", Library).Ends(0);
        Shell.Bta("replay", run).Complains(64, "the run had the library", "--extensions FILE");
        Shell.Bta("replay", run, "--extensions", Library).Ends(0);
        var bare = _shell.Path("bare");
        Shell.Bta("run", file, "--out", bare).Ends(0);
        Shell.Bta("replay", bare, "--extensions", Library).Complains(64, "the run had no library");
    }

    [Fact]
    public void Parameters_of_a_rule_are_checked_as_those_of_built_in_rules_are()
    {
        var bad = _shell.Write("bad.yaml", Mine.Replace("keep: 0.75", "keep: 1.5"));
        var said = Shell.Bta("check", bad, "--extensions", Library).Ends(65);
        Assert.Contains("bad.yaml:6:38: error", said.Out + said.Error);
        Assert.Contains("BTA016", said.Out + said.Error);
        var other = _shell.Write("other.yaml", Mine.Replace("keep: 0.75", "kept: 1"));
        said = Shell.Bta("check", other, "--extensions", Library).Ends(65);
        Assert.Contains("BTA010", said.Out + said.Error);
        var word = _shell.Write("word.yaml", Mine.Replace("{ kind: smoothed-rank, keep: 0.75 }", "smoothed-rank"));
        Shell.Bta("check", word, "--extensions", Library).Ends(0);
    }

    [Fact]
    public void A_file_that_is_no_library_is_told()
    {
        var file = _shell.Write("mine.yaml", Mine);
        Shell.Bta("check", file, "--extensions", _shell.Path("nowhere.dll")).Complains(74, "nowhere.dll");
        Shell.Bta("check", file, "--extensions", file).Complains(74, "mine.yaml cannot be loaded");
        Shell.Bta("check", file, "--extensions", typeof(Market).Assembly.Location)
            .Complains(64, "no public class", "IRankRule");
    }
}
