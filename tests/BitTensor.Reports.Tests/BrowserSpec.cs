using Deque.AxeCore.Commons;
using BitTensor.Records;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace BitTensor.Reports.Tests;

/// <summary>Reports as a reader meets them: opened from a file, in Chromium.</summary>
public sealed class BrowserSpec(WrittenReports reports, Chromium chromium)
    : IClassFixture<WrittenReports>, IClassFixture<Chromium>
{
    const string Blank = """
        () => [...document.querySelectorAll("figure[data-figure]")].filter(figure => {
          for (let part = figure.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
          const canvas = figure.querySelector("canvas");
          if (!canvas) return figure.querySelectorAll("svg path.point, svg rect, svg circle").length === 0;
          const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          const seen = new Set();
          for (let k = 0; k < pixels.length && seen.size < 4; k += 3) seen.add(pixels[k]);
          return seen.size < 4;
        }).map(figure => figure.id)
        """;

    [SkippableFact]
    public async Task A_report_of_a_run_shows_every_figure_and_asks_no_network()
    {
        var opened = await Open(reports.Partition);
        var page = opened.Page;
        Assert.Equal(["file"], opened.Requests.Select(r => new Uri(r).Scheme).Where(s => s != "data").Distinct());
        Assert.Single(opened.Requests, r => r.StartsWith("file", StringComparison.Ordinal));
        Assert.Contains("FAIL", await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        Assert.InRange(await page.Locator("figure[data-figure]").CountAsync(), 20, 60);
        Assert.Empty(await page.EvaluateAsync<string[]>(Blank));
        Assert.Empty(opened.Errors);
    }

    [SkippableFact]
    public async Task The_slider_moves_the_scatter_and_the_matrix()
    {
        var page = (await Open(reports.Partition)).Page;
        // A page that is open already may have been left anywhere.
        await page.EvaluateAsync("() => document.querySelectorAll('input[type=range]').forEach(s => { s.value = s.max; s.dispatchEvent(new Event('input')); })");
        foreach (var figure in new[] { "#figure-scatter", "#figure-matrix" })
        {
            var before = await page.Locator($"{figure} output").InnerTextAsync();
            var drawn = await page.Locator($"{figure} svg.picture").InnerHTMLAsync();
            await page.Locator($"{figure} input[type=range]").FocusAsync();
            await page.Keyboard.PressAsync("Home");
            Assert.NotEqual(before, await page.Locator($"{figure} output").InnerTextAsync());
            Assert.NotEqual(drawn, await page.Locator($"{figure} svg.picture").InnerHTMLAsync());
        }
    }

    [SkippableFact]
    public async Task One_range_holds_for_every_curve_and_for_its_table()
    {
        var page = (await Open(reports.Partition)).Page;
        await page.FillAsync("#from", "4");
        await page.FillAsync("#to", "8");
        await page.Locator("#to").PressAsync("Tab");
        var ranges = await page.EvaluateAsync<string[]>(
            "() => charts.all.filter(c => c.figure.overBlocks).map(c => c.u.scales.x.min + '..' + c.u.scales.x.max)");
        Assert.Equal(["4..8"], ranges.Distinct());
        await page.EvaluateAsync("() => document.querySelector('#figure-rank-share details.behind').open = true");
        await page.WaitForSelectorAsync("#figure-rank-share tbody th");
        Assert.Equal(
            ["4", "5", "6", "7", "8"], await page.Locator("#figure-rank-share tbody th").AllInnerTextsAsync());
        await page.ClickAsync("#all");
        Assert.Equal(13, await page.Locator("#figure-rank-share tbody th").CountAsync());
    }

    [SkippableFact]
    public async Task Dark_is_a_button_away_and_the_curves_follow()
    {
        var page = (await Open(reports.Partition)).Page;
        const string Paper = "() => getComputedStyle(document.body).backgroundColor + charts.all[0].u.series[1].stroke()";
        var light = await page.EvaluateAsync<string>(Paper);
        await page.ClickAsync("#theme");
        Assert.Equal("true", await page.GetAttributeAsync("#theme", "aria-pressed"));
        Assert.NotEqual(light, await page.EvaluateAsync<string>(Paper));
    }

    [SkippableFact]
    public async Task A_failed_property_leads_to_its_neuron_its_fault_and_its_message()
    {
        var page = (await Open(reports.Partition)).Page;
        var property = page.Locator("details.property.fail").First;
        var text = await property.InnerTextAsync();
        Assert.Matches(@"neuron \d \((west|east)\) decides: its answered is", text);
        Assert.Matches(@"In force then: ""the split"" since block 4 \(40 s\), partition.*: neuron 0 \(west\), neuron 1 ", text);
        Assert.Contains("dropped/partition", text, StringComparison.Ordinal);
        Assert.Matches(@"bta trace .* --neuron \d --block \d\.\.\d", text);
        await property.Locator("a[href^='#message-']").ClickAsync();
        var target = page.Locator("tr:target");
        Assert.Equal(1, await target.CountAsync());
        Assert.Contains("neuron", await target.InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await target.IsVisibleAsync());
    }

    [SkippableFact]
    public async Task Arrow_keys_move_the_cursor_and_the_live_region_tells_the_values()
    {
        var page = (await Open(reports.Partition)).Page;
        await page.Locator("#figure-loss .plot").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        var first = await page.Locator("#live").InnerTextAsync();
        Assert.Matches(@"^block 1 .*: west -?\d", first);
        await page.Keyboard.PressAsync("End");
        Assert.Matches(@"^block 12 .*: west -?\d", await page.Locator("#live").InnerTextAsync());
    }

    [SkippableFact]
    public async Task Single_neurons_are_drawn_on_demand_and_unknown_ones_named()
    {
        var page = (await Open(reports.Partition)).Page;
        await page.FillAsync("#neurons", "3, 99");
        await page.Locator("#neurons").PressAsync("Enter");
        Assert.Contains("99", await page.Locator("#note").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains(
            "neuron 3", await page.Locator("#figure-rank-share .legend").InnerTextAsync(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("partition", 1280, ColorScheme.Light)]
    [InlineData("partition", 390, ColorScheme.Dark)]
    [InlineData("thirty", 390, ColorScheme.Light)]
    [InlineData("sweep", 1280, ColorScheme.Dark)]
    [InlineData("study", 390, ColorScheme.Light)]
    public async Task Nothing_stands_in_the_way_of_any_reader(string kind, int width, ColorScheme scheme)
    {
        var folder = kind switch
        {
            "partition" => reports.Partition,
            "thirty" => reports.Thirty,
            "sweep" => reports.Sweep,
            _ => reports.Study,
        };
        var opened = await chromium.Open(Path.Combine(folder, RunFolder.ReportFile), width, scheme);
        Assert.Empty(await opened.Page.EvaluateAsync<string[]>(Blank));
        await opened.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
        // A table's rows are alike: three of each are checked.
        await opened.Page.EvaluateAsync(
            "() => document.querySelectorAll('tbody tr:nth-child(n+4)').forEach(r => r.remove())");
        // Thirty populations have more of the same elements, which take long to check.
        var violations = kind == "thirty"
            ? []
            : (await opened.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] })).Violations;
        Assert.Empty(violations.Select(v =>
            $"{v.Id}: {v.Help}: {string.Join(", ", v.Nodes.Take(3).Select(n => n.Html))}"));
        Assert.True(await opened.Page.EvaluateAsync<bool>(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "the page is wider than the screen");
        Assert.Empty(opened.Errors);
    }

    [SkippableFact]
    public async Task Thirty_populations_have_thirty_styles()
    {
        var page = (await Open(reports.Thirty)).Page;
        var styles = await page.EvaluateAsync<string[]>(
            "() => Array.from({ length: 32 }, (_, s) => page.color(s) + '|' + page.dash(s).join(' '))");
        Assert.Equal(32, styles.Distinct().Count());
        Assert.Equal(
            0, await page.Locator("#figure-scatter").CountAsync());
        Assert.Contains("no audit", await page.Locator("#worth").InnerTextAsync(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_figures_of_a_sweep_stand_on_an_axis_of_numbers()
    {
        var page = (await Open(reports.Sweep)).Page;
        Assert.Equal(
            "0,10,30", await page.EvaluateAsync<string>("() => charts.all.find(c => c.figure.id === 'property-0').x.join()"));
        Assert.Equal(
            "network.default.loss, %",
            await page.EvaluateAsync<string>("() => charts.all.find(c => c.figure.id === 'property-0').figure.xLabel"));
    }

    Task<OpenPage> Open(string folder) => chromium.OpenOnce(Path.Combine(folder, RunFolder.ReportFile));
}
