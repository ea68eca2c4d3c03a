namespace BitTensor.Scenarios;

/// <summary>The timeline as text: moments and lengths as durations.</summary>
static class TimelineWriter
{
    public static void Write(YamlText y, TimelineEntry entry)
    {
        y.Line($"name: {YamlText.Quoted(entry.Name)}");
        WriteWhen(y, entry.When);
        y.LineIf(entry.For is not null, $"for: {YamlText.Time(entry.For ?? default)}");
        y.Section("do", () =>
        {
            y.Line($"action: {entry.Do.Action}");
            WriteFault(y, entry.Do);
        });
    }

    static void WriteWhen(YamlText y, WhenSpec when)
    {
        switch (when)
        {
            case WhenSpec.Once once:
                y.Line($"at: {YamlText.Time(once.At)}");
                break;
            case WhenSpec.Between between:
                WriteBounds(y, between.From, between.Until);
                break;
            case WhenSpec.Every every:
                y.Line($"every: {YamlText.Time(every.Interval)}");
                WriteBounds(y, every.From, every.Until);
                break;
            default:
                var random = (WhenSpec.Randomly)when;
                y.Line($"rate: {YamlText.Exact(random.PerSecond)} per s");
                WriteBounds(y, random.From, random.Until);
                break;
        }
    }

    static void WriteBounds(YamlText y, TimeSpan from, TimeSpan until)
    {
        y.Line($"from: {YamlText.Time(from)}");
        y.Line($"until: {YamlText.Time(until)}");
    }

    static void WriteFault(YamlText y, FaultSpec fault)
    {
        switch (fault)
        {
            case FaultSpec.Links links:
                ScenarioWriter.WriteDirected(y, links.Rules);
                break;
            case FaultSpec.Clog clog:
                WriteSelection(y, clog.Of);
                y.Line($"side: {YamlText.Word(clog.Side)}");
                break;
            case FaultSpec.Partition partition:
                y.Line($"kind: {YamlText.Word(partition.Kind)}");
                WriteSelection(y, partition.Of);
                y.LineIf(partition.Kind == PartitionKind.Groups, $"groups: {partition.Groups}");
                y.Line($"ledger: {(partition.CutsLedger ? "cut" : "reachable")}");
                break;
            case FaultSpec.Crash crash:
                WriteSelection(y, crash.Of);
                y.Line($"lose-state: {(crash.LosesState ? "yes" : "no")}");
                break;
            case FaultSpec.Leave leave:
                WriteSelection(y, leave.Of);
                y.Line($"lose-state: {(leave.LosesState ? "yes" : "no")}");
                break;
            case FaultSpec.Restart { Who: var who }:
                y.Line($"who: {TextOf(who)}");
                break;
            case FaultSpec.Join { Who: var who }:
                y.Line($"who: {TextOf(who)}");
                break;
            case FaultSpec.Resume { Who: var who }:
                y.Line($"who: {TextOf(who)}");
                break;
            case FaultSpec.Pause pause:
                WriteSelection(y, pause.Of);
                break;
            case FaultSpec.Slow slow:
                WriteSelection(y, slow.Of);
                y.Line($"factor: {YamlText.Number(slow.Factor)}");
                break;
            case FaultSpec.Skew skew:
                WriteSelection(y, skew.Of);
                y.Line($"offset: {YamlText.Time(skew.Offset)}");
                y.Line($"direction: {(skew.Behind ? "behind" : "ahead")}");
                y.Line($"drift: {YamlText.Number(skew.Drift)}");
                break;
            case FaultSpec.Disk disk:
                y.Line($"fault: {YamlText.Word(disk.Fault)}");
                y.LineIf(disk.Fault == DiskFault.Slow, $"latency: {YamlText.Time(disk.Latency)}");
                y.LineIf(disk.Fault == DiskFault.Failing, $"probability: {YamlText.Number(disk.Probability)}");
                break;
            default:
                break;
        }
    }

    static void WriteSelection(YamlText y, SelectionSpec selection)
    {
        y.Line($"who: {TextOf(selection.Who)}");
        y.Line("take: " + selection.Take switch
        {
            TakeSpec.Count count => $"{count.Number}",
            TakeSpec.Share share => $"{YamlText.Decimal(100 * share.Of)}%",
            _ => "all",
        });
    }

    static string TextOf(WhoSpec who) => who switch
    {
        WhoSpec.Population p => p.Name,
        WhoSpec.Zone z => $"zone {z.Name}",
        WhoSpec.Role r => $"role {r.Name}",
        WhoSpec.Neurons n => $"neurons {n.List}",
        _ => "any",
    };
}
