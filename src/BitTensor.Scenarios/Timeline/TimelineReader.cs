using System.Collections.Immutable;
using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>Section <c>timeline</c>: moments in emulated time, whom they are about, and what happens.</summary>
sealed class TimelineReader(ImmutableArray<PopulationSpec> populations, NetworkReader network, TimeSpan interval, int blocks, ErrorList errors)
{
    const int Most = 10_000;

    static readonly string[] Ways = ["at", "every", "rate"];
    static readonly string[] Bounds = ["from", "until"];

    readonly int _count = (int)Math.Min(int.MaxValue, populations.Sum(p => (long)p.Count));
    readonly TimeSpan _end = interval * blocks;

    public TimelineEntry? Read(SectionReader s)
    {
        var (action, _, reader) = s.Variant("do");
        if (ReadWhen(s) is not { } when || action is null || reader is null)
        {
            return null;
        }
        var lasting = Moment(s, "for");
        CheckEnd(s, action, when, lasting);
        return ReadFault(action, reader) is { } fault ? new TimelineEntry(s.Get<string>("name") ?? action, when, lasting, fault) : null;
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
            errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, $"'{key}' beside at", "an entry with at happens once; write for to say how long it lasts");
        }
        var (from, until) = (Moment(s, ways[0] == "at" ? "at" : "from") ?? TimeSpan.Zero, Moment(s, "until") ?? _end);
        if (from >= _end || until <= from)
        {
            var (key, what) = from >= _end ? (ways[0] == "at" ? "at" : "from", "is not before the end of the run") : ("until", "is not after from");
            errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, $"'{key}' {what}", $"the run has {blocks} blocks, {YamlText.Time(_end)}");
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
        return every > TimeSpan.Zero && FewEnough(s, "every", (until - from) / every) ? new WhenSpec.Every(every, from, until) : null;
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
            errors.Add(s.PlaceOf("rate"), ErrorCodes.Range, "the rate is 0", "leave the entry out, or write a rate above 0");
            return null;
        }
        return FewEnough(s, "rate", rate * (until - from).TotalSeconds) ? new WhenSpec.Randomly(rate, from, until) : null;
    }

    bool FewEnough(SectionReader s, string key, double times)
    {
        if (times > Most)
        {
            errors.Add(s.PlaceOf(key), ErrorCodes.Range, $"the entry happens more than {Most} times", "let it happen less often");
        }
        return times <= Most;
    }

    /// <summary>A moment or a length; null when it is not there or not read.</summary>
    TimeSpan? Moment(SectionReader s, string key) => !s.Has(key) ? null : s.Get<object>(key) switch
    {
        long count => interval * count,
        TimeSpan time => time,
        _ => null,
    };

    void CheckEnd(SectionReader s, string action, WhenSpec when, TimeSpan? lasting)
    {
        var ending = action is "clear" or "heal" or "restart" or "join" or "resume";
        if (lasting is not null && (ending || when is WhenSpec.Between))
        {
            var why = ending ? $"{action} lasts no time" : "until says when it is over";
            errors.Add(s.PlaceOf("for"), ErrorCodes.Contradiction, $"'for' has no effect: {why}", "leave it out");
        }
        if (ending && when is WhenSpec.Between)
        {
            errors.Add(s.PlaceOf("until"), ErrorCodes.Contradiction, $"{action} lasts no time", "write at in place of from and until");
        }
        if (action is "ledger-outage" or "disk" && lasting is null && when is not WhenSpec.Between)
        {
            errors.Add(s.At, ErrorCodes.Contradiction, $"{action} never ends", "write for, or from and until: without its ledger a run has no next block");
        }
    }

    FaultSpec? ReadFault(string action, SectionReader s)
    {
        switch (action)
        {
            case "links":
                return new FaultSpec.Links(network.ReadDirected(s));
            case "clog":
                return new FaultSpec.Clog(ReadSelection(s), Enum.Parse<ClogSide>(s.Get<string>("side") ?? "both", ignoreCase: true));
            case "clear":
                return new FaultSpec.Clear();
            case "partition":
                return ReadPartition(s);
            case "heal":
                return new FaultSpec.Heal();
            case "crash":
                return new FaultSpec.Crash(ReadSelection(s), s.Get<string>("lose-state") == "yes");
            case "restart":
                return new FaultSpec.Restart(ReadWho(s));
            case "leave":
                return new FaultSpec.Leave(ReadSelection(s), s.Get<string>("lose-state") == "yes");
            case "join":
                return new FaultSpec.Join(ReadWho(s));
            case "pause":
                return new FaultSpec.Pause(ReadSelection(s));
            case "resume":
                return new FaultSpec.Resume(ReadWho(s));
            case "slow":
                return new FaultSpec.Slow(ReadSelection(s), s.Get<double>("factor"));
            case "skew":
                return new FaultSpec.Skew(ReadSelection(s), s.Get<TimeSpan>("offset"), s.Get<string>("direction") == "behind", s.Get<double>("drift"));
            case "disk":
                return ReadDisk(s);
            default:
                return new FaultSpec.LedgerOutage();
        }
    }

    FaultSpec.Partition ReadPartition(SectionReader s)
    {
        var kind = s.Get<string>("kind") switch
        {
            "isolate" => PartitionKind.Isolate, "one-way" => PartitionKind.OneWay, "groups" => PartitionKind.Groups, _ => PartitionKind.Split,
        };
        var groups = (int?)s.Find<long>("groups");
        if (groups is null == (kind == PartitionKind.Groups))
        {
            errors.Add(s.PlaceOf("groups"), ErrorCodes.Contradiction, groups is null ? "how many groups?" : "'groups' has no effect here", groups is null ? "add `groups: 2`" : "leave it out, or write kind: groups");
        }
        if (groups > _count && _count > 0)
        {
            errors.Add(s.PlaceOf("groups"), ErrorCodes.Contradiction, $"{groups} groups but {_count} neurons", "use fewer groups");
        }
        return new FaultSpec.Partition(kind, ReadSelection(s), groups ?? 0, s.Get<string>("ledger") != "reachable");
    }

    FaultSpec.Disk ReadDisk(SectionReader s)
    {
        var fault = s.Get<string>("fault") switch { "slow" => DiskFault.Slow, "failing" => DiskFault.Failing, _ => DiskFault.Full };
        foreach (var (key, of) in new[] { ("latency", DiskFault.Slow), ("probability", DiskFault.Failing) })
        {
            if (s.Has(key) != (fault == of))
            {
                var what = s.Has(key) ? $"'{key}' has no effect here" : $"a disk that is {YamlText.Word(fault)} needs '{key}'";
                errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, what, s.Has(key) ? $"leave it out, or write fault: {YamlText.Word(of)}" : $"add `{key}: ...`");
            }
        }
        return new FaultSpec.Disk(fault, s.Find<TimeSpan>("latency") ?? TimeSpan.Zero, s.Find<double>("probability") ?? 0);
    }

    SelectionSpec ReadSelection(SectionReader s) => new(ReadWho(s), ReadTake(s));

    TakeSpec ReadTake(SectionReader s)
    {
        var text = s.Get<string>("take") ?? "all";
        if (!text.EndsWith('%'))
        {
            return text switch
            {
                "all" => new TakeSpec.All(),
                "one" => new TakeSpec.Count(1),
                _ => new TakeSpec.Count(int.Parse(text, CultureInfo.InvariantCulture)),
            };
        }
        var share = double.Parse(text[..^1].TrimEnd(), CultureInfo.InvariantCulture) / 100;
        if (share is <= 0 or > 1)
        {
            errors.Add(s.PlaceOf("take"), ErrorCodes.Range, $"{text} is out of range", "write a percentage above 0, at most 100 %");
        }
        return new TakeSpec.Share(share);
    }

    WhoSpec ReadWho(SectionReader s)
    {
        var text = s.Get<string>("who") ?? "any";
        var space = text.IndexOf(' ');
        var (word, rest) = space < 0 ? (text, "") : (text[..space], text[(space + 1)..]);
        switch (word)
        {
            case "any" when rest.Length == 0:
                return new WhoSpec.Any();
            case "zone" when rest.Length > 0:
                return new WhoSpec.Zone(network.Known(s, "who", rest, "zone", [.. populations.Select(p => p.Zone).OfType<string>().Distinct()]));
            case "role" when rest.Length > 0:
                return new WhoSpec.Role(network.Known(s, "who", rest, "role", [.. populations.SelectMany(p => p.Conduct.Strategies).Select(s => s.Name).Distinct()]));
            case "neuron" or "neurons" when rest.Length > 0:
                return ReadNeurons(s, rest);
            default:
                return new WhoSpec.Population(network.Known(s, "who", text, "population", [.. populations.Select(p => p.Name), "any"]));
        }
    }

    WhoSpec.Neurons ReadNeurons(SectionReader s, string list)
    {
        var most = list.Split(',', '-').Max(id => int.Parse(id, CultureInfo.InvariantCulture));
        var neurons = new WhoSpec.Neurons(most < _count ? list.Replace(" ", "") : "0");
        if (most >= _count || neurons.Ids.IsEmpty)
        {
            errors.Add(s.PlaceOf("who"), ErrorCodes.Contradiction, $"no neurons '{Shorten.Of(list)}'", $"ids go from 0 to {_count - 1}, the smaller one first");
        }
        return neurons;
    }
}
