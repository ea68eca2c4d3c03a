using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// Reads section <c>coalition</c>: its budget and the triggers of its tactics, which several keys say together, and
/// whether it fits the populations.
/// </summary>
sealed class CoalitionReader(
    ImmutableArray<PopulationSpec> populations, double[] held, StrategyReader strategies, int blocks, ErrorList errors)
{
    static readonly string[] Triggers = ["at", "metric", "probability"];

    /// <summary>The coalition with its budget and tactics.</summary>
    /// <param name="s">Section.</param>
    /// <param name="coalition">What its other keys say.</param>
    public CoalitionSpec Read(SectionReader s, CoalitionSpec coalition)
    {
        CheckKnown(s, "members", coalition.Members);
        CheckKnown(s, "reserve", coalition.Reserve);
        CheckReserve(s, coalition);
        var budget = s.Get<BudgetKeys>("budget")!;
        CheckStake(s.Child("budget"), budget, coalition);
        var reserve = populations.Where(p => coalition.Reserve.Contains(p.Name));
        var tactics = s.Children("tactics").Zip(s.Get<ImmutableArray<TacticSpec>>("tactics"));
        return coalition with
        {
            Identities = budget.Identities ?? reserve.Sum(p => p.Count),
            Messages = budget.Messages ?? long.MaxValue,
            Tactics = [.. tactics.Select(t => ReadTactic(t.First, t.Second, coalition)).OfType<TacticSpec>()],
        };
    }

    void CheckReserve(SectionReader s, CoalitionSpec coalition)
    {
        foreach (var name in coalition.Reserve.Where(r => !coalition.Has(r)))
        {
            Contradiction(s, "reserve", $"'{name}' is in reserve but no member", "add it to members");
        }
        if (coalition.Members.Length > 0 && coalition.Members.All(coalition.Reserve.Contains))
        {
            Contradiction(s, "reserve", "every member is in reserve", "leave somebody who is there from the start");
        }
    }

    void CheckStake(SectionReader s, BudgetKeys budget, CoalitionSpec coalition)
    {
        var members = populations.SelectMany(p => Enumerable.Repeat(coalition.Has(p.Name), p.Count));
        var stake = held.Zip(members).Sum(h => h.Second ? h.First : 0);
        if (stake > budget.Stake)
        {
            var message = $"the members start with stake {YamlText.Number(stake)}";
            Contradiction(s, "stake", message, "give them less, or the budget more");
        }
    }

    TacticSpec? ReadTactic(SectionReader s, TacticSpec tactic, CoalitionSpec coalition)
    {
        if (tactic.Conduct is { } conduct)
        {
            CheckConduct(s, conduct, tactic.Who is null ? coalition.Members : [tactic.Who]);
        }
        if (tactic.Who is { } who && !coalition.Has(who))
        {
            var message = $"'{Shorten.Of(who)}' is no member of the coalition";
            var remedy = Shorten.DidYouMean(who, coalition.Members);
            errors.Add(s.PlaceOf("who"), ErrorCodes.UnknownPopulation, message, remedy);
        }
        if (tactic is { Conduct: null, Spawn: 0, Retire: 0 })
        {
            errors.Add(s.At, ErrorCodes.Contradiction, "the tactic does nothing", "write strategy, spawn or retire");
        }
        if (tactic.Spawn > 0 && coalition.Reserve.IsEmpty)
        {
            Contradiction(
                s, "spawn", "there is no reserve to call from", "name a population in coalition.reserve");
        }
        return ReadTrigger(s, coalition) is { } when
            ? tactic with { Name = s.Get<string>("name") ?? NameOf(tactic), When = when }
            : null;
    }

    static string NameOf(TacticSpec tactic) => string.Join(" and ",
    [
        .. tactic.Conduct?.Strategies.Select(s => s.Name) ?? [],
        .. tactic.Spawn > 0 ? ["spawn"] : Array.Empty<string>(),
        .. tactic.Retire > 0 ? ["retire"] : Array.Empty<string>(),
    ]);

    void CheckConduct(SectionReader s, ConductSpec conduct, ImmutableArray<string> who)
    {
        strategies.Check(s, conduct.Strategies);
        foreach (var strategy in conduct.Strategies)
        {
            if (StrategyFormat.Find(strategy.Name).FromTheStart)
            {
                var message = $"{strategy.Name} shapes the run before it begins";
                Contradiction(s, "strategy", message, "give it to the population");
            }
            foreach (var population in populations.Where(p => who.Contains(p.Name)))
            {
                strategies.CheckModel(s.PlaceOf("strategy"), strategy, population.Model);
            }
        }
    }

    TriggerSpec? ReadTrigger(SectionReader s, CoalitionSpec coalition)
    {
        var ways = Triggers.Where(s.Has).ToArray();
        if (ways.Length != 1)
        {
            var said = ways.Length == 0
                ? "the tactic does not say when"
                : $"the tactic says {string.Join(" and ", ways)}";
            const string remedy = "write one of at, metric with above or below, or probability";
            errors.Add(s.At, ErrorCodes.Contradiction, said, remedy);
            return null;
        }
        return ways[0] switch
        {
            "at" => ReadBlock(s),
            "metric" => ReadMetric(s, coalition),
            _ => new TriggerSpec.Chance(s.Get<double>("probability")),
        };
    }

    TriggerSpec.AtBlock ReadBlock(SectionReader s)
    {
        var at = s.Get<int>("at");
        if (at > blocks)
        {
            Contradiction(s, "at", $"block {at} is after the end of the run", $"the run has {blocks} blocks");
        }
        return new TriggerSpec.AtBlock(at);
    }

    TriggerSpec.Metric? ReadMetric(SectionReader s, CoalitionSpec coalition)
    {
        var (metric, of) = (s.Get<string>("metric"), s.Get<string>("of"));
        if (s.Has("above") == s.Has("below"))
        {
            const string message = "the tactic does not say what the metric is compared with";
            errors.Add(s.At, ErrorCodes.Contradiction, message, "write above or below");
            return null;
        }
        if (of is not null && !CheckPopulation(s, "of", of))
        {
            return null;
        }
        CheckKnowledge(s, metric, of, coalition);
        return metric is null
            ? null
            : new TriggerSpec.Metric(metric, of, s.Has("above"), s.Get<double>(s.Has("above") ? "above" : "below"));
    }

    /// <summary>
    /// Checks that the coalition sees a metric: its shares, or that of a population that is no member.
    /// </summary>
    void CheckKnowledge(SectionReader s, string? metric, string? of, CoalitionSpec coalition)
    {
        var foreign = of is not null && !coalition.Has(of);
        var least = metric is "rank-share" or "stake-share" || (foreign && metric != "rank") ? Knowledge.Ledger
            : foreign ? Knowledge.Neighbours : Knowledge.Own;
        if (metric == "loss" && foreign)
        {
            const string message = "nobody but its members tells the coalition a loss";
            Contradiction(s, "of", message, "name a member, or another metric");
        }
        else if (coalition.Knowledge < least)
        {
            var seen = $"with knowledge: {YamlText.Word(coalition.Knowledge)} the coalition does not see {metric}";
            Contradiction(s, "metric", seen + (foreign ? $" of {of}" : ""), $"write knowledge: {YamlText.Word(least)}");
        }
    }

    void CheckKnown(SectionReader s, string key, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            CheckPopulation(s, key, name);
        }
    }

    /// <summary>True when a population has the name; adds an error otherwise.</summary>
    bool CheckPopulation(SectionReader s, string key, string name)
    {
        var known = populations.Any(p => p.Name == name);
        if (!known)
        {
            var remedy = Shorten.DidYouMean(name, [.. populations.Select(p => p.Name)]);
            errors.Add(s.PlaceOf(key), ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(name)}'", remedy);
        }
        return known;
    }

    void Contradiction(SectionReader s, string key, string message, string remedy) =>
        errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, message, remedy);
}
