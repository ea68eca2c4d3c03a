using System.Globalization;
using System.Text.Json;
using BitTensor.Cli;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary><c>bta compare</c> and the outcomes of <c>bta diff</c>: what changed for whom.</summary>
public sealed class CompareSpec : IDisposable
{
    const int Screen = 24;
    const int Columns = 80;

    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void The_first_screen_says_what_changed_for_whom()
    {
        var (paper, yuma) = (Cartel("paper"), Cartel("yuma"));
        var said = Shell.Bta(t => t with { Width = Columns }, "compare", paper, yuma).Ends(1);
        var screen = said.Out.Split('\n').Take(Screen).ToArray();
        // A path without blanks is a word, and words are not cut.
        Assert.All(
            screen.Where(l => !l.Contains(_shell.Path(), StringComparison.Ordinal)),
            l => Assert.InRange(l.Length, 0, Columns));
        var text = string.Join('\n', screen);
        Assert.Contains(
            "mechanism.rule: paper -> { kind: yuma, kappa: 0.5, dividend: 0.5 }", text, StringComparison.Ordinal);
        Assert.Matches("for whom (attackers lose|honest gain) [0-9.]+ points of emission", text);
        Assert.Matches("\nattackers +A +3 +[0-9.]+%", text);
        Assert.Matches("\n +B +3 +[0-9.]+%", text);
        Assert.Matches(
            @"differ first at block [1-9][0-9]*: \w+ of neuron \d \((honest|attackers)\)",
            said.Out.ReplaceLineEndings(" "));
    }

    [Fact]
    public void The_shares_are_those_of_the_tables()
    {
        var (paper, yuma) = (Cartel("paper"), Cartel("yuma"));
        using var json = JsonDocument.Parse(Shell.Bta("compare", paper, yuma, "--format", "json").Ends(1).Out);
        var attackers = json.RootElement.GetProperty("populations").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == "attackers").GetProperty("values");
        foreach (var (run, k) in new[] { (paper, 0), (yuma, 1) })
        {
            var rows = Shell.Bta("export", run, "--table", "neurons").Ends(0).Out.Split('\n')[1..^1]
                .Select(l => l.Split(',')).ToArray();
            double Sum(Func<string[], bool> which) =>
                rows.Where(which).Sum(r => double.Parse(r[9], CultureInfo.InvariantCulture));
            Assert.Equal(
                Sum(r => r[2] == "attackers") / Sum(_ => true),
                attackers.GetProperty("emission")[k].GetDouble(), 1e-12);
        }
        Assert.True(
            attackers.GetProperty("emission")[0].GetDouble() > attackers.GetProperty("emission")[1].GetDouble() + 0.05);
    }

    [Fact]
    public void A_page_loads_nothing_and_draws_each_population_of_each_run()
    {
        var page = _shell.Path("compare.html");
        Shell.Bta("compare", Cartel("paper"), Cartel("yuma"), "--html", page).Ends(1);
        var html = File.ReadAllText(page);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.InRange(html.Length, 5_000, 200_000);
        // The first screen says what changed for whom.
        Assert.Matches(
            "<h2>What changed for whom</h2>\n<p>B \\(.*\\) against A \\(.*\\), which changes .*mechanism\\.rule from paper to .*: "
            + "honest gain .*attackers lose", html[..html.IndexOf("<h2>Runs", StringComparison.Ordinal)]);
        var rank = html[html.IndexOf("<h3>rank-share", StringComparison.Ordinal)..];
        rank = rank[..rank.IndexOf("</svg>", StringComparison.Ordinal)];
        foreach (var curve in new[] { "honest, A", "honest, B", "attackers, A", "attackers, B" })
        {
            Assert.Contains($"<title>{curve}</title></polyline>", rank, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("NaN", rank, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_one_outcome_end_with_0_and_three_runs_stand_side_by_side()
    {
        var run = _shell.SmallRun();
        var other = _shell.Path("other");
        Shell.Bta(
            "run", _shell.Path("run", RunFolder.ScenarioFile), "--out", other, "--set",
            "network.default.loss=6%").Ends(0);
        var said = Shell.Bta("compare", run, run, other, "--explain");
        Assert.Contains("A and B: no block differs by more than rounding", said.Out, StringComparison.Ordinal);
        Assert.Contains("in B     nothing: the scenarios are the same", said.Out, StringComparison.Ordinal);
        Assert.Contains("in C     network.default.loss: 0.05 -> 0.06", said.Out, StringComparison.Ordinal);
        Assert.Contains("\nself-weight  mean w_ii", said.Out, StringComparison.Ordinal);
        Shell.Bta("compare", run, run).Ends(0);
        Shell.Bta("compare", run).Complains(64, "name two or more");
        Directory.CreateDirectory(_shell.Path("empty"));
        Shell.Bta("compare", run, _shell.Path("empty")).Complains(74, "holds no run of a network");
    }

    [Fact]
    public void A_difference_of_two_runs_answers_with_outcomes_first_and_names_populations()
    {
        var (paper, yuma) = (Cartel("paper"), Cartel("yuma"));
        var lines = Shell.Bta("diff", paper, yuma).Ends(1).Out.Split('\n');
        int First(string start) => Array.FindIndex(lines, l => l.StartsWith(start, StringComparison.Ordinal));
        Assert.InRange(First("for whom"), 1, First("scenario") - 1);
        Assert.InRange(First("scenario"), 1, First("journal") - 1);
        Assert.Contains(lines, l => l.Contains("rank[7] (attackers): ", StringComparison.Ordinal));
        // A run that lacks its ledger still has bytes to compare.
        File.Delete(Path.Combine(yuma, RunFolder.LedgerFile));
        Assert.Contains(
            "outcomes not compared: ", Shell.Bta("diff", paper, yuma).Ends(1).Out, StringComparison.Ordinal);
    }

    /// <summary>Ten blocks of the shipped cartel under a rule, unless they are there.</summary>
    string Cartel(string rule)
    {
        var folder = _shell.Path(rule);
        if (!Directory.Exists(folder))
        {
            var file = Path.Combine(AppContext.BaseDirectory, "scenarios", "attacks", "cartel.yaml");
            var code = Shell.Bta(
                "run", file, "--out", folder, "--set", "duration=10 blocks", "--set", $"mechanism.rule={rule}").Code;
            Assert.InRange(code, 0, 1);
        }
        return folder;
    }
}
