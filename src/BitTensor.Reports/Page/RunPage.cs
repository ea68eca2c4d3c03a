using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>
/// <c>report.html</c> of a network's run: verdict first, every property explained, then what happened, on one axis of
/// blocks.
/// </summary>
static class RunPage
{
    const int MostEvents = 200;

    /// <summary>Writes the page.</summary>
    /// <param name="view">The run, read.</param>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(RunView view, string folder)
    {
        var environment = RunEnvironment.Read(folder);
        var page = new PageBuilder($"{view.Scenario.Name}, seed {view.Scenario.Seed}: {WordOf(view)}");
        AddProperties(page, view, folder, replays: environment?.Time != TimeMode.Wall);
        AddPopulations(page, view);
        AddWorth(page, view);
        AddCurves(page, view);
        AddWeights(page, view);
        AddMarket(page, view);
        AddTraffic(page, view, folder);
        AddRun(page, view, environment, folder);
        AddData(page, view);
        File.WriteAllText(Path.Combine(folder, RunFolder.ReportFile), page.Build(Head(view)));
    }

    static string WordOf(RunView view) => OutcomeWords.Of(view.Verdict.Verdict);

    static string Head(RunView view)
    {
        var verdict = view.Verdict;
        var name = PageBuilder.Escaped(view.Scenario.Name);
        var description = view.Scenario.Description.Length > 0
            ? $"<p>{PageBuilder.Escaped(view.Scenario.Description)}</p>\n"
            : "";
        var properties = string.Join(", ", verdict.Properties.GroupBy(OutcomeWords.Of)
            .Select(g => $"{g.Count()} {g.Key}"));
        var blocks = string.Create(CultureInfo.InvariantCulture, $"{verdict.Blocks} of {view.Scenario.Blocks} blocks");
        var facts = string.Create(
            CultureInfo.InvariantCulture,
            $"{blocks}{(verdict.Interrupted ? " (interrupted)" : "")}, {verdict.EmulatedMs / 1000:0.###} s emulated, "
            + $"{Counted.Of(view.Run.Count, "neuron")} in {Counted.Of(view.Run.Populations.Length, "population")}, seed {verdict.Seed}; "
            + $"properties: {(properties.Length > 0 ? properties : "none")}");
        return $"<h1><span class=\"badge {WordOf(view).ToLowerInvariant()}\">{WordOf(view)}</span> {name}</h1>\n"
            + $"{description}<p>{PageBuilder.Escaped(facts)}</p>\n"
            + string.Concat(view.LeftOut().Select(s => $"<p class=\"absent\">{PageBuilder.Escaped(s)}</p>\n"));
    }

    static void AddProperties(PageBuilder page, RunView view, string folder, bool replays)
    {
        page.Section("properties", "Verdict: every property explained");
        if (view.Explanations.IsEmpty)
        {
            page.Text("The scenario expects nothing: a section expect says what must hold.");
        }
        var section = new PropertySection(
            view, PropertyMessages.Read(view.Run, view.Explanations), PageBuilder.Argument(folder), replays);
        // What failed stands first.
        foreach (var (k, _) in view.Explanations.Index().OrderBy(e => Order(e.Item.Verdict.Outcome)))
        {
            section.AddTo(page, k);
        }
    }

    static int Order(Outcome outcome) => outcome switch
    {
        Outcome.Fail => 0,
        Outcome.Pass => 2,
        _ => 1,
    };

    static void AddPopulations(PageBuilder page, RunView view)
    {
        page.Section("populations", "Outcome by population");
        page.Table(
            "At the last block that has each value; rank and stake are shares of the whole", SummaryTable.Heads,
            view.Verdict.Populations.Select(SummaryTable.Cells));
        if (DisconnectedTable.Rows(view.Verdict.Populations) is { Count: > 0 } disconnected)
        {
            page.Table(
                "Held-out data with peers, and without (section 1.6, step 6)", DisconnectedTable.Heads, disconnected);
        }
        if (view.Verdict.Events.IsEmpty)
        {
            return;
        }
        var events = view.Verdict.Events;
        page.Table(
            events.Length > MostEvents ? $"The first {MostEvents} of {events.Length} events"
                : "What happened by the timeline",
            ["event"], events.Take(MostEvents).Select(e => (string[])[e.Text()]));
    }

    static void AddWorth(PageBuilder page, RunView view)
    {
        page.Section("worth", "Rank against worth");
        WorthScatter.AddTo(page, view);
        foreach (var figure in new NetworkFigures(view).Worth())
        {
            page.Figure(figure);
        }
    }

    static void AddCurves(PageBuilder page, RunView view)
    {
        var figures = new PopulationFigures(view);
        foreach (var (id, heading) in new[] { ("ledger", "On the ledger"),
            ("training", "In training"), ("gates", "Gates"), ("audit", "By the audit"),
            ("disconnected", "Without peers") })
        {
            if (!figures.Has(id))
            {
                continue;
            }
            page.Section(id, heading);
            if (id == "ledger")
            {
                page.Html("<p class=\"about\">A line is the mean of a population; its band reaches from the smallest to the "
                    + "largest of its neurons.</p>");
            }
            CurveFigure[] shown = [.. figures.Of(id), .. id == "gates" ? new NetworkFigures(view).Gates() : []];
            foreach (var figure in shown)
            {
                page.Figure(figure);
            }
        }
    }

    static void AddWeights(PageBuilder page, RunView view)
    {
        page.Section("weights", "W and the network");
        MatrixFigure.AddTo(page, view);
        GraphFigure.AddTo(page, view);
    }

    static void AddMarket(PageBuilder page, RunView view)
    {
        page.Section("market", "The market");
        foreach (var figure in new NetworkFigures(view).Market())
        {
            page.Figure(figure);
        }
    }

    static void AddTraffic(PageBuilder page, RunView view, string folder)
    {
        page.Section("messages", "Messages");
        foreach (var figure in new NetworkFigures(view).Traffic())
        {
            page.Figure(figure);
        }
        LatencySection.AddTo(page, view, folder);
        page.Table(
            "Messages of the whole run", ["kind", "outcome", "count"],
            view.Overview.Traffic.Select(t => (string[])
                [t.Key.Kind, t.Key.Outcome, t.Value.Values.Sum().ToString(CultureInfo.InvariantCulture)]));
    }

    static void AddRun(PageBuilder page, RunView view, RunEnvironment? environment, string folder)
    {
        page.Section("run", "Processes, environment and seed");
        ProcessSection.AddTo(page, view, folder);
        page.Table("Environment", ["what", "value"], EnvironmentRows(view, environment));
        page.Html("<details><summary>The scenario with every default</summary>")
            .Commands(ScenarioWriter.WriteShort(view.Scenario))
            .Html("</details>");
    }

    static IEnumerable<string[]> EnvironmentRows(RunView view, RunEnvironment? environment)
    {
        yield return ["run", view.Verdict.Run];
        yield return ["seed", view.Verdict.Seed.ToString(CultureInfo.InvariantCulture)];
        if (environment is not null)
        {
            yield return ["program", environment.Program];
            yield return ["runtime", $"{environment.DotNet}, libtorch {environment.LibTorch ?? "not used"}"];
            yield return ["machine", $"{environment.OperatingSystem}, {environment.Architecture}"];
            yield return ["processors", $"{environment.Cores} used of {environment.Processors}"];
            yield return ["time", environment.Time?.ToString().ToLowerInvariant() ?? "none"];
            yield return ["started", environment.StartedUtc.ToString("u", CultureInfo.InvariantCulture)];
            yield return ["took", environment.ElapsedSeconds is { } s ? $"{PageNumbers.Text(s)} s" : "not measured"];
            yield return ["peak memory", environment.PeakMemoryMiB is { } m
                ? $"{PageNumbers.Text(m)} MiB" : "not measured"];
        }
        yield return ["journal", view.Verdict.JournalHash.Length > 0 ? view.Verdict.JournalHash : "the run did not end"];
    }

    static void AddData(PageBuilder page, RunView view)
    {
        page.Data("populations", json =>
        {
            json.WriteStartArray();
            foreach (var name in view.Populations)
            {
                json.WriteStringValue(name);
            }
            json.WriteEndArray();
        });
        page.Data("populationOf", json => PageNumbers.Write(
            json, view.Shown.Select(i => (double?)view.Overview.PopulationOf[i])));
        page.Data("shown", json => PageNumbers.Write(json, view.Shown.Select(i => (double?)i)));
        page.Data("blocks", json => PageNumbers.Write(json, view.Blocks.Select(b => (double?)b)));
        page.Data("seconds", json => PageNumbers.Write(
            json, view.Kept.Select(k => (double?)(view.Overview.AtMs[k] / 1000))));
        page.Data("shades", json =>
        {
            json.WriteStartArray();
            foreach (var shade in ShadesOf(view.Verdict.Events))
            {
                json.WriteStartObject();
                json.WriteString("name", shade.Name);
                PageNumbers.Write(json, "span", [
                    view.PositionOf(shade.FromMs),
                    shade.ToMs is { } end ? view.PositionOf(end) : view.Overview.Blocks[^1],
                ]);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    /// <summary>
    /// What to shade: each entry of the timeline from its begin to its end; null for one that goes on.
    /// </summary>
    public static IEnumerable<(string Name, double FromMs, double? ToMs)> ShadesOf(ImmutableArray<HappenedEvent> events)
    {
        var open = new Dictionary<string, (double FromMs, int Count)>();
        foreach (var happened in events.Where(e => e.Action != "tactic"))
        {
            var name = happened.Name;
            var known = open.TryGetValue(name, out var begun);
            if (happened.Begins)
            {
                open[name] = known ? begun with { Count = begun.Count + 1 } : (happened.AtMs, 1);
            }
            else if (known && begun.Count > 1)
            {
                open[name] = begun with { Count = begun.Count - 1 };
            }
            else if (known)
            {
                open.Remove(name);
                yield return (name, begun.FromMs, happened.AtMs);
            }
        }
        foreach (var (name, begun) in open)
        {
            yield return (name, begun.FromMs, null);
        }
    }
}
