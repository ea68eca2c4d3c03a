using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Scenarios;
using BitTensor.Studies;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary><c>bta study</c>, as a user meets it, and the networks it asks.</summary>
public sealed class StudyCommandSpec : IDisposable
{
    const string Small =
        """
        version: 1
        name: small
        seed: 3
        duration: 6 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: honest, count: 4, model: { kind: quadratic }, training: { iteration-interval: 5 s } }
        audit: { every: never }
        """;

    const string Teams =
        """
        version: 1
        name: teams
        seed: 3
        duration: 20 blocks
        populations:
          - { name: honest, count: 12, model: { kind: quadratic }, strategy: cartel, training: { iteration-interval: 1 h } }
          - { name: coalition, count: 8, model: { kind: quadratic }, strategy: cartel, training: { iteration-interval: 1 h } }
        audit: { every: never }
        """;

    const string Attack =
        """
        version: 1
        name: attack
        seed: 3
        duration: 8 blocks
        mechanism: { temperature: 0.1, alpha: 1, step: 0.02 }
        populations:
          - { name: honest, count: 4, model: { kind: quadratic }, training: { iteration-interval: 5 s } }
          - { name: attackers, count: 1, model: { kind: quadratic }, training: { iteration-interval: 5 s }, strategy: self-weight }
        audit: { every: never }
        """;

    const string Newcomers =
        "  - { name: newcomers, count: 2, stake: 0, model: { kind: quadratic }, training: { iteration-interval: 5 s "
        + "}, strategy: sybil-dilute }\naudit:";

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Regret_is_told_per_deviation_and_the_same_on_any_number_of_cores()
    {
        var file = _shell.Write("small.yaml", Small);
        string[] only = ["--only", "self-weight", "--only", "lazy", "--only", "poison-data", "--seeds", "2"];
        var said = Shell.Bta(["study", "regret", file, "--out", _shell.Path("one"), "--cores", "1", .. only]).Ends(0);
        Assert.Contains("left out: poison-data", said.Error, StringComparison.Ordinal);
        Assert.All(
            ["self-weight", "lazy never", "lazy uniform"], name => Assert.Matches($"(?m)^{name} +-?[0-9]", said.Out));
        Shell.Bta(["study", "regret", file, "--out", _shell.Path("two"), "--cores", "2", .. only]).Ends(0);
        foreach (var made in new[] { RunFolder.StudyTable, RunFolder.StudyFigure })
        {
            Assert.Equal(File.ReadAllBytes(_shell.Path("one", made)), File.ReadAllBytes(_shell.Path("two", made)));
        }
        var table = Shell.Bta("export", _shell.Path("one"), "--table", "study").Ends(0).Out
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("deviation,seed,payoff,loss,rank,stake_share,others_loss", table[0]);
        Assert.Equal(8, table.Length - 1);
    }

    [Fact]
    public void A_vote_for_oneself_gains_stake_and_a_neuron_that_never_votes_gains_none()
    {
        string[] rows = [.. Regret("self-weight", "lazy never").Split('\n').Where(l => l.Length > 0)];
        double Stake(string name) =>
            Rows(rows, name).Average(r => double.Parse(r[5], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(Stake("self-weight") > Stake("honest") + 0.005);
        Assert.True(Stake("lazy never") < Stake("self-weight"));
    }

    [Fact]
    public void A_study_cut_short_goes_on_where_it_was()
    {
        var file = _shell.Write("small.yaml", Small);
        string[] only = ["--only", "lazy", "--seeds", "2"];
        Shell.Bta(["study", "regret", file, "--out", _shell.Path("whole"), .. only]).Ends(0);
        Directory.CreateDirectory(_shell.Path("half"));
        File.WriteAllLines(
            _shell.Path("half", RunFolder.TrialsFile),
            File.ReadAllLines(_shell.Path("whole", RunFolder.TrialsFile))[..4]);
        Assert.Contains(
            "trial 3/6",
            Shell.Bta(["study", "regret", file, "--out", _shell.Path("half"), "--resume", .. only]).Ends(0).Error,
            StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllBytes(_shell.Path("whole", RunFolder.StudyTable)),
            File.ReadAllBytes(_shell.Path("half", RunFolder.StudyTable)));
        Shell.Bta("study", "regret", file, "--out", _shell.Path("half"), "--resume", "--only", "lazy", "--seeds", "3")
            .Complains(64, "another scenario");
    }

    [Fact]
    public void What_cannot_be_studied_is_said_before_anything_runs()
    {
        var file = _shell.Write("small.yaml", Small);
        Shell.Bta("study", "regret", file, "--neuron", "1").Complains(64, "first or last");
        Shell.Bta("study", "regret", file, "--only", "nothing").Complains(64, "no deviation is left");
        Shell.Bta("study", "regret", file, "--resume").Complains(64, "--out");
        Shell.Bta("study", "retention", file).Complains(64, "honest and coalition");
    }

    [Fact]
    public void What_an_attack_gains_is_told_against_the_same_members_honest_with_and_without_a_defence()
    {
        _shell.Write("alone.yaml", Attack.Replace("name: attack\n", "name: alone\n", StringComparison.Ordinal));
        _shell.Write(
            "swarm.yaml",
            Attack.Replace("name: attack\n", "name: swarm\n", StringComparison.Ordinal).Replace(
                "audit:", Newcomers, StringComparison.Ordinal));
        var gallery = Path.GetDirectoryName(_shell.Path("alone.yaml"))!;
        string[] study = ["study", "attacks", gallery, "--seeds", "1", "--out", _shell.Path("attacks")];
        Assert.Contains("best defence", Shell.Bta(study).Ends(0).Out, StringComparison.Ordinal);
        using var figures = System.Text.Json.JsonDocument.Parse(
            Shell.Bta([.. study, "--resume", "--format", "json"]).Ends(0).Out);
        double Gain(string attack, string defence) => figures.RootElement.EnumerateArray()
            .Single(f => f.GetProperty("attack").GetString() == attack
                && f.GetProperty("defence").GetString() == defence)
            .GetProperty("gain").GetDouble();
        const string honestly = "populations.attackers.strategy=honest";
        Assert.Equal(Income(Attack, 4) - Income(Attack, 4, honestly), Gain("alone", "paper"), 1e-12);
        Assert.Equal(
            Income(Attack, 4, "mechanism.rule=yuma") - Income(Attack, 4, "mechanism.rule=yuma", honestly),
            Gain("alone", "yuma"), 1e-12);
        // Identities without stake are not there when nobody attacks.
        Assert.Equal(
            Income(Attack.Replace("audit:", Newcomers, StringComparison.Ordinal), 4) - Income(Attack, 4, honestly),
            Gain("swarm", "paper"), 1e-12);
        Assert.True(Gain("swarm", "paper") > 0.05);
        Shell.Bta("study", "attacks", gallery, "--only", "nothing").Complains(64, "no scenario file");
    }

    /// <summary>Mean over the blocks of the share of the emission that neurons from an id on get.</summary>
    static double Income(string scenario, int from, params string[] overrides)
    {
        var shares = new List<double>();
        void Note(RunProgress happened)
        {
            if (happened is RunProgress.BlockDone { Block: var block })
            {
                shares.Add(block.Emission.Skip(from).Sum() / block.Emission.Sum());
            }
        }
        EmulationRun.Execute(Stage.Read(scenario, overrides), new RunOptions { Cores = 1, Progress = Note });
        return shares.Average();
    }

    /// <summary>
    /// Points on either side of the formula's contour: S_H = 0.6 and W_C = 1 want W_H = 1 under the paper's rule and
    /// some 0.55 under Yuma's.
    /// </summary>
    [Theory]
    [InlineData(RetentionRule.Paper, 0.9, false)]
    [InlineData(RetentionRule.Yuma, 0.9, true)]
    [InlineData(RetentionRule.Yuma, 0.3, false)]
    public void A_live_network_retains_honest_stake_where_the_formula_says(
        RetentionRule rule, double utility, bool retained)
    {
        var study = new RetentionNetwork(Stage.Read(Teams), 1);
        Assert.Equal(retained, Gain(study, new RetentionPoint(rule, RetentionNetwork.Links[0], 0.6, utility, 1)) > 0);
        // Submissions that take a block arrive in the next one: no row moves, and uniform rows pay each team what it
        // has.
        Assert.Equal(0, Gain(study, new RetentionPoint(rule, RetentionNetwork.Links[2], 0.6, utility, 1)), 1e-9);
    }

    static double Gain(RetentionNetwork study, RetentionPoint point)
    {
        double Honest(IEnumerable<double> stake) => stake.Take(12).Sum() / stake.Sum();
        double? first = null;
        double last = 0;
        var options = new RunOptions
        {
            Cores = 1,
            Progress = happened =>
            {
                if (happened is RunProgress.BlockDone { Block: var block })
                {
                    first ??= Honest(block.Stake);
                    last = Honest(block.Stake.Zip(block.Emission, (s, e) => s + e).ToArray());
                }
            },
        };
        EmulationRun.Execute(Stage.Read(Teams, [.. study.OverridesOf(point)]), options);
        return last - first!.Value;
    }

    string Regret(params string[] only)
    {
        var file = _shell.Write("small.yaml", Small);
        Shell.Bta([
            "study", "regret", file, "--seeds", "2", "--out", _shell.Path("regret"),
            .. only.SelectMany(o => new[] { "--only", o })]).Ends(0);
        return Shell.Bta("export", _shell.Path("regret"), "--table", "study").Ends(0).Out;
    }

    static IEnumerable<string[]> Rows(string[] table, string name) =>
        table.Select(l => l.Split(',')).Where(r => r[0] == name);
}
