using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Reads section <c>coalition</c> and checks it against the populations.</summary>
sealed class CoalitionReader(ImmutableArray<PopulationSpec> populations, StrategyReader strategies, int blocks, ErrorList errors)
{
    static readonly string[] Triggers = ["at", "metric", "probability"];

    public CoalitionSpec Read(SectionReader s)
    {
        var members = Known(s, "members");
        var reserve = Known(s, "reserve");
        foreach (var name in reserve.Where(r => !members.Contains(r)))
        {
            errors.Add(s.PlaceOf("reserve"), ErrorCodes.Contradiction, $"'{name}' is in reserve but no member", "add it to members");
        }
        if (members.Length > 0 && members.All(reserve.Contains))
        {
            errors.Add(s.PlaceOf("reserve"), ErrorCodes.Contradiction, "every member is in reserve", "leave somebody who is there from the start");
        }
        var budget = s.Section("budget");
        CheckStake(budget, members);
        var knowledge = Enum.Parse<Knowledge>(s.Get<string>("knowledge") ?? "own", ignoreCase: true);
        var all = populations.Where(p => reserve.Contains(p.Name)).Sum(p => p.Count);
        return new CoalitionSpec(
            members, reserve, knowledge, s.Get<string>("channel") == "private", (int)(budget.Find<long>("identities") ?? all),
            budget.Find<long>("messages") ?? long.MaxValue, [.. s.List("tactics").Select(t => ReadTactic(t, members, reserve, knowledge)).OfType<TacticSpec>()]);
    }

    void CheckStake(SectionReader budget, ImmutableArray<string> members)
    {
        var stake = populations.Where(p => members.Contains(p.Name)).Sum(p => p.StakeEach * p.Count);
        if (budget.Find<double>("stake") is { } most && stake > most)
        {
            errors.Add(budget.PlaceOf("stake"), ErrorCodes.Contradiction, $"the members start with stake {YamlText.Number(stake)}", "give them less, or the budget more");
        }
    }

    TacticSpec? ReadTactic(SectionReader s, ImmutableArray<string> members, ImmutableArray<string> reserve, Knowledge knowledge)
    {
        var who = s.Get<string>("who");
        var (spawn, retire) = ((int)(s.Find<long>("spawn") ?? 0), (int)(s.Find<long>("retire") ?? 0));
        var conduct = s.Has("strategy") ? ReadConduct(s, who is null ? members : [who]) : null;
        if (who is not null && !members.Contains(who))
        {
            errors.Add(s.PlaceOf("who"), ErrorCodes.UnknownPopulation, $"'{Shorten.Of(who)}' is no member of the coalition", Shorten.DidYouMean(who, members));
        }
        if (conduct is null && spawn == 0 && retire == 0 && !s.Has("strategy"))
        {
            errors.Add(s.At, ErrorCodes.Contradiction, "the tactic does nothing", "write strategy, spawn or retire");
        }
        if (spawn > 0 && reserve.IsEmpty)
        {
            errors.Add(s.PlaceOf("spawn"), ErrorCodes.Contradiction, "there is no reserve to call from", "name a population in coalition.reserve");
        }
        var from = (int)s.Get<long>("from");
        return ReadTrigger(s, members, knowledge) is { } when
            ? new TacticSpec(s.Get<string>("name") ?? NameOf(conduct, spawn, retire), when, from, (int)s.Get<long>("times"), who, conduct, spawn, retire)
            : null;
    }

    static string NameOf(ConductSpec? conduct, int spawn, int retire) => string.Join(
        " and ",
        new[] { conduct is null ? "" : string.Join(" and ", conduct.Strategies.Select(s => s.Name)), spawn > 0 ? "spawn" : "", retire > 0 ? "retire" : "" }.Where(n => n.Length > 0));

    ConductSpec ReadConduct(SectionReader s, ImmutableArray<string> who)
    {
        var conduct = strategies.Read(s);
        foreach (var strategy in conduct.Strategies)
        {
            if (StrategyFormat.Find(strategy.Name).FromTheStart)
            {
                errors.Add(s.PlaceOf("strategy"), ErrorCodes.Contradiction, $"{strategy.Name} shapes the run before it begins", "give it to the population");
            }
            foreach (var population in populations.Where(p => who.Contains(p.Name)))
            {
                strategies.CheckModel(s.PlaceOf("strategy"), strategy, population.Model);
            }
        }
        return conduct;
    }

    TriggerSpec? ReadTrigger(SectionReader s, ImmutableArray<string> members, Knowledge knowledge)
    {
        var ways = Triggers.Where(s.Has).ToArray();
        if (ways.Length != 1)
        {
            var said = ways.Length == 0 ? "the tactic does not say when" : $"the tactic says {string.Join(" and ", ways)}";
            errors.Add(s.At, ErrorCodes.Contradiction, said, "write one of at, metric with above or below, or probability");
            return null;
        }
        switch (ways[0])
        {
            case "at":
                var at = (int)s.Get<long>("at");
                if (at > blocks)
                {
                    errors.Add(s.PlaceOf("at"), ErrorCodes.Contradiction, $"block {at} is after the end of the run", $"the run has {blocks} blocks");
                }
                return new TriggerSpec.AtBlock(at);
            case "metric":
                return ReadMetric(s, members, knowledge);
            default:
                return new TriggerSpec.Chance(s.Get<double>("probability"));
        }
    }

    TriggerSpec.Metric? ReadMetric(SectionReader s, ImmutableArray<string> members, Knowledge knowledge)
    {
        var (metric, of) = (s.Get<string>("metric"), s.Get<string>("of"));
        if (s.Has("above") == s.Has("below"))
        {
            errors.Add(s.At, ErrorCodes.Contradiction, "the tactic does not say what the metric is compared with", "write above or below");
            return null;
        }
        if (of is not null && !populations.Any(p => p.Name == of))
        {
            errors.Add(s.PlaceOf("of"), ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(of)}'", Shorten.DidYouMean(of, [.. populations.Select(p => p.Name)]));
            return null;
        }
        var foreign = of is not null && !members.Contains(of);
        var least = metric is "rank-share" or "stake-share" || (foreign && metric != "rank") ? Knowledge.Ledger : foreign ? Knowledge.Neighbours : Knowledge.Own;
        if (metric == "loss" && foreign)
        {
            errors.Add(s.PlaceOf("of"), ErrorCodes.Contradiction, "nobody but its members tells the coalition a loss", "name a member, or another metric");
        }
        else if (knowledge < least)
        {
            var wanted = YamlText.Word(least);
            errors.Add(s.PlaceOf("metric"), ErrorCodes.Contradiction, $"with knowledge: {YamlText.Word(knowledge)} the coalition does not see {metric}{(foreign ? $" of {of}" : "")}", $"write knowledge: {wanted}");
        }
        return metric is null ? null : new TriggerSpec.Metric(metric, of, s.Has("above"), s.Get<double>(s.Has("above") ? "above" : "below"));
    }

    ImmutableArray<string> Known(SectionReader s, string key)
    {
        var names = s.Many<string>(key);
        foreach (var name in names.Where(n => !populations.Any(p => p.Name == n)))
        {
            errors.Add(s.PlaceOf(key), ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(name)}'", Shorten.DidYouMean(name, [.. populations.Select(p => p.Name)]));
        }
        return names;
    }
}
