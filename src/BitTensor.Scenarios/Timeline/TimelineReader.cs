using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>
/// Reads section <c>timeline</c>: when an entry happens, which several keys say together, and whether its fault fits
/// the run.
/// </summary>
sealed class TimelineReader(
    ImmutableArray<PopulationSpec> populations, NetworkReader network, TimeSpan interval, int blocks, ErrorList errors)
{
    const int Most = 10_000;

    static readonly string[] Ways = ["at", "every", "rate"];
    static readonly string[] Bounds = ["from", "until"];

    readonly int _count = (int)Math.Min(int.MaxValue, populations.Sum(p => (long)p.Count));
    readonly TimeSpan _end = interval * blocks;

    /// <summary>An entry; null after an error.</summary>
    public TimelineEntry? Read(SectionReader s)
    {
        var actions = s.Children("do").ToList();
        if (ReadWhen(s) is not { } when || actions.Count != 1)
        {
            return null;
        }
        var action = actions[0];
        var lasting = Moment(s, "for");
        CheckEnd(s, action.Section.Name, when, lasting);
        var fault = s.Get<FaultSpec>("do")!;
        CheckFault(action, fault);
        return new TimelineEntry(s.Get<string>("name") ?? action.Section.Name, when, lasting, fault);
    }

    WhenSpec? ReadWhen(SectionReader s)
    {
        var ways = Ways.Where(s.Has).DefaultIfEmpty("from").ToArray();
        if (ways.Length > 1 || !s.Has(ways[0]))
        {
            var said = ways.Length > 1 ? $"the entry says {string.Join(" and ", ways)}" : "the entry does not say when";
            errors.Add(s.At, ErrorCodes.Contradiction, said, "write one of at, from with until, every, or rate");
            return null;
        }
        foreach (var key in Bounds.Where(k => ways[0] == "at" && s.Has(k)))
        {
            const string remedy = "an entry with at happens once; write for to say how long it lasts";
            Contradiction(s, key, $"'{key}' beside at", remedy);
        }
        var first = ways[0] == "at" ? "at" : "from";
        var (from, until) = (Moment(s, first) ?? TimeSpan.Zero, Moment(s, "until") ?? _end);
        if (from >= _end || until <= from)
        {
            var (key, what) = from >= _end
                ? (first, "is not before the end of the run")
                : ("until", "is not after from");
            Contradiction(s, key, $"'{key}' {what}", $"the run has {blocks} blocks, {YamlText.Time(_end)}");
            return null;
        }
        return ways[0] switch
        {
            "at" => new WhenSpec.Once(from),
            "every" => ReadEvery(s, from, until),
            "rate" => ReadRate(s, from, until),
            _ => new WhenSpec.Between(from, until),
        };
    }

    WhenSpec.Every? ReadEvery(SectionReader s, TimeSpan from, TimeSpan until)
    {
        var every = Moment(s, "every") ?? TimeSpan.Zero;
        return every > TimeSpan.Zero && FewEnough(s, "every", (until - from) / every)
            ? new WhenSpec.Every(every, from, until)
            : null;
    }

    WhenSpec.Randomly? ReadRate(SectionReader s, TimeSpan from, TimeSpan until)
    {
        if (s.Get<string>("rate")?.Split(' ') is not [var number, _, var unit])
        {
            return null;
        }
        var seconds = unit switch { "block" => interval.TotalSeconds, "min" => 60, "h" => 3600, _ => 1 };
        var rate = double.Parse(number, CultureInfo.InvariantCulture) / seconds;
        if (rate <= 0)
        {
            const string remedy = "leave the entry out, or write a rate above 0";
            errors.Add(s.PlaceOf("rate"), ErrorCodes.Range, "the rate is 0", remedy);
            return null;
        }
        return FewEnough(s, "rate", rate * (until - from).TotalSeconds)
            ? new WhenSpec.Randomly(rate, from, until)
            : null;
    }

    bool FewEnough(SectionReader s, string key, double times)
    {
        if (times > Most)
        {
            var message = $"the entry happens more than {Most} times";
            errors.Add(s.PlaceOf(key), ErrorCodes.Range, message, "let it happen less often");
        }
        return times <= Most;
    }

    /// <summary>A moment or a length; null when the file does not state it, and after an error.</summary>
    TimeSpan? Moment(SectionReader s, string key) => s.Get<Length>(key)?.In(interval);

    void CheckEnd(SectionReader s, string action, WhenSpec when, TimeSpan? lasting)
    {
        var ending = action is "clear" or "heal" or "restart" or "join" or "resume" or "disconnect";
        var never = action == "disconnect" ? "neurons disconnect for good" : $"{action} lasts no time";
        if (lasting is not null && (ending || when is WhenSpec.Between))
        {
            var why = ending ? never : "until says when it is over";
            Contradiction(s, "for", $"'for' has no effect: {why}", "leave it out");
        }
        if (ending && when is WhenSpec.Between)
        {
            Contradiction(s, "until", never, "write at in place of from and until");
        }
        if (action is "ledger-outage" or "disk" && lasting is null && when is not WhenSpec.Between)
        {
            const string remedy = "write for, or from and until: without its ledger a run has no next block";
            errors.Add(s.At, ErrorCodes.Contradiction, $"{action} never ends", remedy);
        }
    }

    void CheckFault(SectionReader s, FaultSpec fault)
    {
        switch (fault)
        {
            case FaultSpec.Links links:
                network.CheckLink(s, links.Rules);
                return;
            case FaultSpec.Partition partition:
                CheckGroups(s, partition.Kind == PartitionKind.Groups, partition.Groups);
                break;
            case FaultSpec.Set { Change.IsEmpty: true }:
                const string remedy = "write one of alpha, tau, temperature, epsilon, step, norm and rule below it";
                errors.Add(s.At, ErrorCodes.MissingKey, "set says no number of the mechanism", remedy);
                break;
            case FaultSpec.Disk disk:
                CheckDisk(s, "latency", disk.Fault, DiskFault.Slow);
                CheckDisk(s, "probability", disk.Fault, DiskFault.Failing);
                break;
            default:
                break;
        }
        if (s.Section.Has("who"))
        {
            CheckWho(s, s.Get<WhoSpec>("who")!);
        }
    }

    void CheckGroups(SectionReader s, bool wanted, int groups)
    {
        if (wanted && !s.Has("groups"))
        {
            Contradiction(s, "groups", "how many groups?", "add `groups: 2`");
        }
        if (!wanted && s.Has("groups"))
        {
            Contradiction(s, "groups", "'groups' has no effect here", "leave it out, or write kind: groups");
        }
        if (groups > _count && _count > 0)
        {
            Contradiction(s, "groups", $"{groups} groups but {_count} neurons", "use fewer groups");
        }
    }

    /// <summary>Checks that a key of one disk fault stands beside that fault, and beside no other.</summary>
    void CheckDisk(SectionReader s, string key, DiskFault fault, DiskFault of)
    {
        if (s.Has(key) && fault != of)
        {
            Contradiction(s, key, $"'{key}' has no effect here", $"leave it out, or write fault: {YamlText.Word(of)}");
        }
        if (!s.Has(key) && fault == of)
        {
            Contradiction(s, key, $"a disk that is {YamlText.Word(fault)} needs '{key}'", $"add `{key}: ...`");
        }
    }

    void CheckWho(SectionReader s, WhoSpec who)
    {
        switch (who)
        {
            case WhoSpec.Zone zone:
                network.CheckZone(s, "who", zone.Name);
                break;
            case WhoSpec.Role role:
                var roles = populations.SelectMany(p => p.Conduct.Strategies).Select(s => s.Name).Distinct();
                network.CheckKnown(s, "who", role.Name, "role", [.. roles]);
                break;
            case WhoSpec.Neurons neurons:
                CheckNeurons(s, neurons);
                break;
            case WhoSpec.Population population:
                string[] known = [.. populations.Select(p => p.Name), "any"];
                network.CheckKnown(s, "who", population.Name, "population", known);
                break;
            default:
                break;
        }
    }

    void CheckNeurons(SectionReader s, WhoSpec.Neurons neurons)
    {
        if (neurons.Largest >= _count || neurons.Ids.IsEmpty)
        {
            var list = s.ScalarOf("who")!.Text.Split(' ', 2)[1];
            var remedy = $"ids go from 0 to {_count - 1}, the smaller one first";
            Contradiction(s, "who", $"no neurons '{Shorten.Of(list)}'", remedy);
        }
    }

    void Contradiction(SectionReader s, string key, string message, string remedy) =>
        errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, message, remedy);
}
