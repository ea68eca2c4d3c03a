using System.Collections.Immutable;
using BitTensor.Plans.Faults;
using BitTensor.Scenarios;

namespace BitTensor.Plans;

/// <summary>What a scenario states and what cannot happen in its run: legal, and probably a mistake.</summary>
public static class ScenarioWarnings
{
    /// <summary>The warnings of a scenario, in the order of its sections; each names its key.</summary>
    public static ImmutableArray<string> Of(Scenario scenario)
    {
        var plans = Roster.Draw(scenario);
        return
        [
            .. OfTopology(plans), .. OfLinks(scenario, plans), .. OfTimeline(scenario, plans), .. OfData(scenario),
            .. OfAudit(scenario),
        ];
    }

    static IEnumerable<string> OfTopology(ImmutableArray<NeuronPlan> plans)
    {
        var reached = Reached(plans);
        if (reached < plans.Length)
        {
            yield return
                $"topology: the network is not connected: neuron 0 reaches {reached} of {plans.Length} neurons";
        }
    }

    /// <summary>
    /// Neurons that neuron 0 reaches over links in either direction, itself included. By sets that are joined, since a
    /// list of everybody's neighbours is as large as W.
    /// </summary>
    static int Reached(ImmutableArray<NeuronPlan> plans)
    {
        int[] parent = [.. Enumerable.Range(0, plans.Length)];
        int RootOf(int neuron)
        {
            while (parent[neuron] != neuron)
            {
                neuron = parent[neuron] = parent[parent[neuron]];
            }
            return neuron;
        }
        foreach (var plan in plans)
        {
            var root = RootOf(plan.Id);
            foreach (var peer in plan.Slots)
            {
                parent[RootOf(peer)] = root;
            }
        }
        var first = RootOf(0);
        return Enumerable.Range(0, plans.Length).Count(neuron => RootOf(neuron) == first);
    }

    static IEnumerable<string> OfLinks(Scenario scenario, ImmutableArray<NeuronPlan> plans) =>
    [
        .. OfLink("network.default", scenario.Network.Default),
        .. scenario.Network.Links.Index().SelectMany(l => OfLink($"network.links[{l.Index}]", l.Item.Link)),
        .. scenario.Network.Links.Index().Where(l => !LinkRules.MatchesAny(l.Item, plans))
            .Select(l => $"network.links[{l.Index}]: it matches no message of this run"),
    ];

    static IEnumerable<string> OfLink(string path, LinkSpec link)
    {
        (string Key, double Share, double Correlation)[] shares =
        [
            ("loss", link.Loss is LossSpec.Independent loss ? loss.Probability : 1, link.LossCorrelation),
            ("reorder", link.Reorder, link.ReorderCorrelation),
            ("duplicate", link.Duplicate, link.DuplicateCorrelation),
            ("corrupt", link.Corrupt, link.CorruptCorrelation),
        ];
        return shares.Where(s => s.Share <= 0 && s.Correlation > 0)
            .Select(s => $"{path}.{s.Key}-correlation: it has no effect while {s.Key} is 0");
    }

    static IEnumerable<string> OfTimeline(Scenario scenario, ImmutableArray<NeuronPlan> plans)
    {
        foreach (var (k, entry) in scenario.Timeline.Index())
        {
            if (entry.Do is FaultSpec.Links links && !LinkRules.MatchesAny(links.Rules, plans))
            {
                yield return $"timeline[{k}] ({entry.Name}): it matches no message of this run";
            }
            foreach (var warning in entry.Do is FaultSpec.Links { Rules.Link: var link }
                ? OfLink($"timeline[{k}] ({entry.Name})", link)
                : [])
            {
                yield return warning;
            }
            if (MissingFor(entry.Do, scenario.Timeline) is { } missing)
            {
                yield return $"timeline[{k}] ({entry.Name}): it ends nothing: the timeline has no {missing}";
            }
            if (TimelineDraw.SelectionOf(entry.Do) is not { } selection)
            {
                continue;
            }
            var candidates = TimelineDraw.Candidates(selection.Who, plans).Length;
            if (candidates == 0)
            {
                yield return $"timeline[{k}] ({entry.Name}): no neuron is a candidate";
            }
            else if (selection.Take is TakeSpec.Count take && take.Number > candidates)
            {
                yield return
                    $"timeline[{k}] ({entry.Name}): it takes {take.Number} of {candidates} candidates, so all of them";
            }
        }
    }

    /// <summary>The action that one waits for and that the timeline lacks; null for none.</summary>
    static string? MissingFor(FaultSpec ends, ImmutableArray<TimelineEntry> timeline)
    {
        bool Lacks<T>() => !timeline.Any(e => e.Do is T);
        return ends switch
        {
            FaultSpec.Restart when Lacks<FaultSpec.Crash>() => "crash",
            FaultSpec.Join when Lacks<FaultSpec.Leave>() => "leave",
            FaultSpec.Resume when Lacks<FaultSpec.Pause>() => "pause",
            FaultSpec.Heal when Lacks<FaultSpec.Partition>() => "partition",
            FaultSpec.Clear when Lacks<FaultSpec.Links>() && Lacks<FaultSpec.Clog>() => "links and no clog",
            _ => null,
        };
    }

    static IEnumerable<string> OfData(Scenario scenario)
    {
        if (scenario.Data?.Folder is { } folder && !Directory.Exists(folder))
        {
            yield return $"data.folder: there is no folder {folder} on this machine";
        }
    }

    static IEnumerable<string> OfAudit(Scenario scenario)
    {
        var every = scenario.Audit.EveryBlocks;
        if (every > scenario.Blocks)
        {
            yield return
                $"audit.every: {every} blocks are more than the {scenario.Blocks} of the run: nothing is audited";
        }
        if (every > 0 && every <= scenario.Blocks)
        {
            yield break;
        }
        foreach (var (k, property) in scenario.Expect.Index())
        {
            foreach (var name in property.Condition.Parts().Select(o => o.Measures).OfType<string>().Distinct())
            {
                if (MetricCatalogue.Find(name) is { NeedsAudit: true })
                {
                    var stays = property.Condition.AsComparison() is null ? "a comparison" : "it";
                    yield return
                        $"expect[{k}]: only an audit measures {name}, and there is none: {stays} stays unknown";
                }
            }
        }
    }
}
