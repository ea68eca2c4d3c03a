using System.Text.Json;
using System.Text.RegularExpressions;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Reports.Tests;

/// <summary>Pages as files: what is in them, how large they are, and that they can be written anew.</summary>
public sealed partial class PageSpec(WrittenReports reports) : IClassFixture<WrittenReports>
{
    const int MostBytes = 2_000_000;
    const int MostLibraryBytes = 150_000;

    [Fact]
    public void A_page_is_one_small_file_that_names_no_other()
    {
        foreach (var folder in new[] { reports.Partition, reports.Thirty, reports.Sweep, reports.Study })
        {
            var text = File.ReadAllText(Path.Combine(folder, RunFolder.ReportFile));
            Assert.InRange(text.Length, 10_000, MostBytes);
            Assert.Contains("default-src 'none'", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(Foreign(), text);
        }
        var library = PageBuilder.Asset("uPlot.min.js").Length + PageBuilder.Asset("uPlot.min.css").Length;
        Assert.InRange(library, 1, MostLibraryBytes);
        Assert.Contains("MIT", PageBuilder.Asset("uPlot.LICENSE.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void Gates_and_neurons_alone_have_their_figures_only_where_there_are_any()
    {
        string PageOf(string folder) => File.ReadAllText(Path.Combine(folder, RunFolder.ReportFile));
        string[] of =
            ["section id=\"gates\"", "section id=\"disconnected\"", "load-entropy", "largest-importance", "answer-age"];
        Assert.All(of, part => Assert.Contains(part, PageOf(reports.Gated), StringComparison.Ordinal));
        Assert.All(of, part => Assert.DoesNotContain(part, PageOf(reports.Partition), StringComparison.Ordinal));
    }

    [Fact]
    public void A_report_written_anew_is_the_same_page()
    {
        foreach (var folder in new[] { reports.Partition, reports.Sweep, reports.Study })
        {
            var path = Path.Combine(folder, RunFolder.ReportFile);
            var before = File.ReadAllText(path);
            File.Delete(path);
            WrittenReports.Bta("report", folder);
            // The environment says at the end how long the report took too.
            Assert.Equal(Took().Replace(before, ""), Took().Replace(File.ReadAllText(path), ""));
        }
    }

    [Fact]
    public void A_property_that_is_broken_names_its_causes()
    {
        var text = System.Net.WebUtility.HtmlDecode(
            File.ReadAllText(Path.Combine(reports.Faulty, RunFolder.ReportFile)));
        Assert.Matches(@"In force then: ""the storm"" since block 3 \(30 s\), crash \(who plain, take 2\): neuron \d \(plain\), ", text);
        Assert.Matches(@"Over shortly before: ""the storm"" \(crash\), until block 5: neuron \d \(plain\), ", text);
        Assert.Contains("Populations that depart from the protocol: guild: { name: cartel, share: 0.9", text, StringComparison.Ordinal);
        Assert.Contains("Population guild differs from plain in training.iteration-interval 4 s (there 2 s).", text, StringComparison.Ordinal);
        Assert.Matches(@"The ledger accepted rows of neuron \d \(plain\), neuron \d \(plain\) in the 5 blocks before, and none in block 4\.", text);
        Assert.Matches(@"Who gives neuron \d \(guild\) its rank at block 7: .*\n.*\n<tr><th scope=""row"">guild</th>", text);
        Assert.Matches(@"bta trace \S+/faulty --neuron \d --neuron \d --block 3\.\.4 ", text);
    }

    [Theory]
    [InlineData("/runs/a-1/b_2", "/runs/a-1/b_2")]
    [InlineData("/runs/a b", "'/runs/a b'")]
    [InlineData("/runs/it's", "'/runs/it'\\''s'")]
    public void A_path_is_one_word_of_a_command(string path, string word) =>
        Assert.Equal(word, PageBuilder.Argument(path));

    [Fact]
    public void A_table_aligns_columns_of_numbers_and_leaves_room_to_sentences()
    {
        var page = new PageBuilder("t").Table(
            "c", ["what", "value", "seen", "why"],
            [["1", "7", "-", "a sentence that is rather long"], ["2", "9.5%", "3", "b"]]).Build("");
        Assert.Contains("<th scope=\"row\">1</th><td class=\"number\">7</td><td class=\"number\">-</td><td class=\"long\">", page, StringComparison.Ordinal);
        var mixed = new PageBuilder("t").Table("c", ["what", "value"], [["seed", "7"], ["time", "virtual"]]).Build("");
        Assert.Contains("<td>7</td>", mixed, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_leads_to_every_report()
    {
        _ = (reports.Partition, reports.Study);
        var (code, said, _) = WrittenReports.Bta("report", reports.Root);
        Assert.Equal(0, code);
        Assert.Contains("index.html", said, StringComparison.Ordinal);
        var index = File.ReadAllText(Path.Combine(reports.Root, RunFolder.IndexFile));
        Assert.Contains("<a href=\"partition/report.html\">", index, StringComparison.Ordinal);
        Assert.Contains("<a href=\"study/report.html\">", index, StringComparison.Ordinal);
        Assert.Contains("everybody is answered", index, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_zero_and_not_finite_are_three_things()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            PageNumbers.Write(json, [null, 0.0, double.NaN, double.PositiveInfinity, 1.234567]);
        }
        Assert.Equal("[null,0,\"NaN\",\"Infinity\",1.2346]", System.Text.Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(
            ["not measured", "0", "not a number", "infinite"],
            new double?[] { null, 0, double.NaN, double.PositiveInfinity }.Select(PageNumbers.Text));
    }

    [Theory]
    [InlineData("0%,10%,30%", true, "%")]
    [InlineData("20 ms,1 s,2 min", true, "s")]
    [InlineData("0.1,1", true, "")]
    [InlineData("honest,free-ride", false, "")]
    [InlineData("10%,1 s", false, "")]
    public void An_axis_is_of_numbers_where_all_values_are(string values, bool numeric, string unit)
    {
        var scale = AxisScale.Of(values.Split(','));
        Assert.Equal((numeric, unit), (scale.IsNumeric, scale.Unit));
        if (values.Contains("ms", StringComparison.Ordinal))
        {
            Assert.Equal<double>([0.02, 1, 120], scale.Numbers.ToArray());
        }
    }

    [GeneratedRegex("(src|href)=\"(?!data:|#)[^\"]*\"|url\\(|@import|fetch\\(|XMLHttpRequest|WebSocket")]
    private static partial Regex Foreign();

    [GeneratedRegex("<tr><th scope=\"row\">(took|peak memory)</th>.*</tr>")]
    private static partial Regex Took();
}
