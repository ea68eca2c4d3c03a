using BitTensor.Cli;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>Texts for people: at the width of their terminal, and with the words they mistyped.</summary>
public sealed class TerminalSpec : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("one two three", 8, 2, "one two\n  three")]
    [InlineData("one two three", 13, 2, "one two three")]
    [InlineData("  one two", 6, 2, "  one\n  two")]
    [InlineData("a/long/path/indeed b", 8, 0, "a/long/path/indeed\nb")]
    [InlineData("one\ntwo three four", 9, 1, "one\ntwo three\n four")]
    public void Sentences_are_broken_between_words(string text, int width, int indent, string lines) =>
        Assert.Equal(lines, WrappedText.Of(text, width, indent));

    [Fact]
    public void Sentences_that_go_to_a_file_are_not_broken() =>
        Assert.Equal(new string('x', 50) + " y", WrappedText.Of(new string('x', 50) + " y", null));

    [Fact]
    public void A_table_that_is_too_wide_goes_on_below_with_its_first_column()
    {
        string[][] rows = [["name", "first", "second", "third"], ["a", "1", "2", "3"]];
        Assert.Equal("name  first  second  third\na         1       2      3\n", AlignedText.Of(rows, c => c > 0, 26));
        Assert.Equal(
            "name  first  second\na         1       2\n\nname  third\na         3\n",
            AlignedText.Of(rows, c => c > 0, 25));
    }

    [Fact]
    public void A_verdict_fits_into_80_columns_and_explains_its_columns()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        var said = Shell.Bta(
            t => t with { Width = 80 }, "run", file, "--out", _shell.Path("run"), "--set", "duration=3 blocks", "--set",
            "audit.every=2 blocks", "--explain").Ends(0);
        Assert.All(
            said.Out.Split('\n').Where(l => !l.Contains(_shell.Path(), StringComparison.Ordinal)),
            l => Assert.InRange(l.Length, 0, 80));
        foreach (var (head, doc) in SummaryTable.Explained)
        {
            Assert.Matches($@"\n{head} +{doc.Split(' ')[0]}", said.Out);
        }
    }

    [Fact]
    public void A_run_that_measured_its_neurons_alone_ends_with_a_table_of_it_and_explains_it()
    {
        var file = _shell.Write("small.yaml", Stage.Small);
        var said = Shell.Bta(
            t => t with { Width = 80 }, "run", file, "--out", _shell.Path("run"), "--set", "duration=3 blocks", "--set",
            "audit={ every: 3 blocks, solo: yes }", "--explain").Ends(0);
        Assert.Matches(@"\npopulation +held-out +networked +with student +with zeros +solo\n", said.Out);
        Assert.Matches(@"\nhonest +accuracy +\d+\.\d% +- +\d+\.\d% +\d+\.\d%\n", said.Out);
        foreach (var (head, doc) in DisconnectedTable.Explained.Skip(1))
        {
            Assert.Matches($@"\n{head} +{doc.Split(' ')[0]}", said.Out);
        }
    }

    [Fact]
    public void Latest_is_the_newest_run_and_others_are_counted_from_it()
    {
        var runs = _shell.Path("runs");
        string[] names = ["a/20260101T120000Z-7", "b/20260102T120000Z-7", "a/20260103T120000Z-1", "b/notes"];
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.Combine(runs, name));
        }
        Assert.Equal(Path.Combine(runs, "a", "20260103T120000Z-1"), RunFolders.Find("latest", runs));
        Assert.Equal(Path.Combine(runs, "b", "20260102T120000Z-7"), RunFolders.Find("latest~1", runs));
        Assert.Equal(Path.Combine(runs, "a", "20260101T120000Z-7"), RunFolders.Find("latest~2", runs));
        Assert.Equal("other", RunFolders.Find("other", runs));
        Assert.Contains(
            "holds 3 runs",
            Assert.Throws<CommandException>(() => RunFolders.Find("latest~3", runs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scenario_comes_from_standard_input()
    {
        Said Check(string text)
        {
            using var input = new StringReader(text);
            return Shell.Bta(t => t with { In = input }, "check", "-");
        }
        Assert.Contains("ok: 5 neurons", Check(Stage.Small).Ends(0).Out, StringComparison.Ordinal);
        Assert.Contains(
            "standard input:3:1: error",
            Check(Stage.Small.Replace("seed: 11", "sede: 11", StringComparison.Ordinal)).Ends(65).Out,
            StringComparison.Ordinal);
        Assert.Contains("empty", Check("").Ends(65).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("comapre", "compare")]
    [InlineData("minimize", "minimise")]
    public void A_command_with_swapped_letters_is_recognised(string typed, string meant) =>
        Assert.Contains($"did you mean '{meant}'?", Shell.Bta(typed).Ends(64).Error, StringComparison.Ordinal);
}
