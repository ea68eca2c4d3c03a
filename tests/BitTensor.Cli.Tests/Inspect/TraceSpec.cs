using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>bta trace: the messages of a window, what became of each, and the picture of them.</summary>
public sealed class TraceSpec : IDisposable
{
    /// <summary>
    /// Two neurons: every answer of one comes too late, every submission of the other comes twice, and for five seconds
    /// nothing crosses.
    /// </summary>
    const string Pair =
        """
        version: 1
        name: pair
        seed: 2
        duration: 3 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: a, count: 1, model: { kind: quadratic }, training: { iteration-interval: 10 s, reply-timeout: 1 s } }
          - { name: b, count: 1, model: { kind: quadratic }, training: { iteration-interval: 10 s, reply-timeout: 1 s } }
        network:
          default: { latency: 40 ms }
          links:
            - { from: b, to: a, kind: reply, latency: 3 s }
            - { from: a, to: ledger, latency: 10 ms, duplicate: 100%, duplicate-delay: 0 s }
        timeline:
          - { name: cut, from: 21 s, until: 26 s, do: { action: partition, who: b } }
        audit: { every: never }
        expect:
          - { property: delivered > 0, holds: always }
        """;

    const string Second =
        """
           sent s  block  from      to  kind           bytes  arrived s    ended s  outcome              copy
        10.000000      2     0  ledger  submission       120  10.010000  20.000000  delivered/accepted
        10.000000      2     0  ledger  submission       120  10.010000  10.010000  delivered/duplicate  duplicated
        10.000000      2     1  ledger  submission       120  10.040000  20.000000  delivered/accepted
        11.303536      2     0       1  forward           36  11.343536  11.348536  delivered/answered
        11.348536      2     1       0  forward-reply     36  14.348536  14.348536  delivered/late
        16.836651      2     1       0  forward           36  16.876651  16.881651  delivered/answered
        16.881651      2     0       1  forward-reply     36  16.921651  16.921651  delivered/used
        16.971651      2     1       0  backward          36  17.011651  17.016651  delivered/trained

        """;

    readonly Shell _shell = new();

    public TraceSpec() => Shell.Bta("run", _shell.Write("pair.yaml", Pair), "--out", _shell.Path("run")).Ends(0);

    string Folder => _shell.Path("run");

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_block_is_a_table_of_what_was_sent_and_what_became_of_it() =>
        Assert.Equal(Second, Shell.Bta("trace", Folder, "--block", "2").Ends(0).Out);

    [Fact]
    public void The_picture_has_an_arrow_per_arrival_a_cross_per_loss_and_a_line_per_actor()
    {
        var svg = _shell.Path("trace.svg");
        var said = Shell.Bta("trace", Folder, "--format", "json", "--svg", svg).Ends(0);
        var messages = MessagesOf(said);
        var all = XDocument.Load(svg).Descendants().ToArray();
        XElement[] Of(string name) => [.. all.Where(e => $"{e.Attribute("class")?.Value}".Split(' ')[0] == name)];
        Assert.Equal(messages.Count(m => m.ArrivedMs is not null), Of("message").Length);
        Assert.Equal(messages.Count(m => m.IsLost), Of("lost").Length);
        Assert.Contains(messages, m => m.IsLost);
        Assert.Equal(3, Of("actor").Length);
        Assert.Equal(4, Of("block").Length);
        Assert.Equal(
            ["a 0", "b 1", "ledger"],
            all.Where(
            e => e.Name.LocalName == "text" && e.Attribute("text-anchor")?.Value == "end"
            && e.Attribute("fill") is null).Select(e => e.Value).Order(StringComparer.Ordinal));

        // Time goes to the right, and the late answer takes seventy-five times as long as the query.
        double Along(XElement arrow) =>
            double.Parse(arrow.Attribute("x2")!.Value, CultureInfo.InvariantCulture) - double.Parse(
                arrow.Attribute("x1")!.Value, CultureInfo.InvariantCulture);
        var late = Of("message").First(e => e.Value.Contains("delivered/late", StringComparison.Ordinal));
        Assert.NotNull(late.Attribute("stroke-dasharray"));
        Assert.Equal(
            75,
            Along(late) / Along(
                Of("message").First(e => e.Value.StartsWith("forward 0 to 1", StringComparison.Ordinal))),
            0.5);
    }

    [Fact]
    public void Neurons_kinds_and_seconds_choose()
    {
        Assert.Equal(
            ["forward"],
            MessagesOf(Shell.Bta("trace", Folder, "--kind", "forward", "--format", "json")).Select(m => m.Kind)
                .Distinct());
        Assert.All(
            MessagesOf(Shell.Bta("trace", Folder, "--neuron", "-1", "--format", "json")),
            m => Assert.True(m.From < 0 || m.To < 0));
        var around = MessagesOf(Shell.Bta("trace", Folder, "--seconds", "12..15", "--format", "json")).Single();
        Assert.Equal(("forward-reply", "delivered/late", 2), (around.Kind, around.Outcome, around.Block));
        var csv = Shell.Bta("trace", Folder, "--block", "1..3", "--format", "csv").Ends(0).Out
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            MessagesOf(Shell.Bta("trace", Folder, "--block", "1..3", "--format", "json")).Count, csv.Length - 1);
        Assert.Equal(11, csv[1].Split(',').Length);
    }

    [Fact]
    public void Without_a_window_it_is_the_whole_run_to_the_last_receipt()
    {
        var counted = RunData.Load(Folder).Blocks().SelectMany(b => b.Traffic)
            .Where(t => t.Outcome.StartsWith("delivered/", StringComparison.Ordinal))
            .Where(t => ParcelKinds.Names.Contains(t.Kind))
            .Sum(t => t.Count);
        Assert.Equal(
            counted,
            MessagesOf(Shell.Bta("trace", Folder, "--format", "json")).Count(m =>
                m.Outcome!.StartsWith("delivered/", StringComparison.Ordinal)));
        Assert.Equal(
            ["receipt"],
            MessagesOf(Shell.Bta("trace", Folder, "--block", "4", "--format", "json")).Where(m => m.Block == 4)
                .Select(m => m.Kind).Distinct());
    }

    [Theory]
    [InlineData("{ from: 2 blocks, until: 8 blocks, do: { action: crash, who: b } }")]
    [InlineData("{ from: 2 blocks, until: 8 blocks, do: { action: pause, who: b } }")]
    [InlineData("{ from: 2 blocks, until: 8 blocks, do: { action: leave, who: b } }")]
    [InlineData(
        "{ from: 15 s, until: 45 s, do: { action: ledger-outage } }, { at: 25 s, do: { action: clog, who: b } }")]
    [InlineData(
        "{ from: 15 s, until: 45 s, do: { action: ledger-outage } }, { at: 25 s, do: { action: pause, who: b } }")]
    public void A_part_of_a_run_is_the_same_whatever_is_going_on_at_its_end(string timeline)
    {
        var run = _shell.Path("ill");
        Shell.Bta(
            "run", _shell.Write("ill.yaml", Pair), "--set", "duration=12 blocks", "--set", $"timeline=[{timeline}]",
            "--out", run);
        foreach (var block in (string[])["2", "3", "4", "9"])
        {
            Shell.Bta("replay", run, "--to-block", block).Ends(0);
            Shell.Bta("trace", run, "--block", block).Ends(0);
        }
    }

    [Fact]
    public void A_record_that_is_another_run_is_said_so()
    {
        var journal = Path.Combine(Folder, RunFolder.JournalFile);
        File.WriteAllText(
            journal, File.ReadAllText(journal).Replace("\"queries\":1", "\"queries\":2", StringComparison.Ordinal));
        var said = Shell.Bta("trace", Folder, "--block", "2").Ends(1);
        Assert.Equal(Second, said.Out);
        Assert.Contains(
            "the rerun is not the run that was recorded: they differ first at block 1, neuron 0", said.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_shown_is_refused_with_what_can()
    {
        Shell.Bta("trace", Folder, "--block", "5").Complains(64, "0 to 3", "4 for what was sent after it");
        Shell.Bta("trace", Folder, "--block", "2..1").Complains(64, "FIRST not above LAST");
        Shell.Bta("trace", Folder, "--block", "x..y").Complains(64, "FIRST..LAST");
        Shell.Bta("trace", Folder, "--neuron", "2").Complains(64, "0 to 1");
        Shell.Bta("trace", _shell.Path("nowhere")).Ends(74);
        Assert.Contains(
            "choose with --neuron",
            Shell.Bta("trace", Folder, "--seconds", "900..901", "--svg", _shell.Path("empty.svg")).Ends(64).Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(_shell.Path("empty.svg")));
    }

    static List<TracedMessage> MessagesOf(Said said) =>
        [
            .. JsonDocument.Parse(said.Out).RootElement.GetProperty("messages").EnumerateArray()
                .Select(e => e.Deserialize<TracedMessage>(JsonSerializerOptions.Web)!),
        ];
}
