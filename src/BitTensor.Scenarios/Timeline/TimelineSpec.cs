using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>
/// One entry of section <c>timeline</c>: something that happens during the run, once or again and again.
/// </summary>
/// <param name="Name">Name in the journal and the report.</param>
/// <param name="When">When it happens.</param>
/// <param name="For">How long it lasts; null until something ends it, or to the end of the run.</param>
/// <param name="Do">What happens.</param>
public sealed record TimelineEntry(string Name, WhenSpec When, TimeSpan? For, FaultSpec Do);

/// <summary>When an entry of the timeline happens, in emulated time since the start.</summary>
public abstract record WhenSpec
{
    WhenSpec() { }

    /// <summary>The first moment, and the moment when it is over; null for what happens once.</summary>
    internal (TimeSpan From, TimeSpan Until)? Bounds => this switch
    {
        Between between => (between.From, between.Until),
        Every every => (every.From, every.Until),
        Randomly random => (random.From, random.Until),
        _ => null,
    };

    /// <summary>Once.</summary>
    public sealed record Once(TimeSpan At) : WhenSpec;

    /// <summary>Once, and over at <paramref name="Until"/>.</summary>
    public sealed record Between(TimeSpan From, TimeSpan Until) : WhenSpec;

    /// <summary>
    /// Repeatedly: at <paramref name="From"/> and every interval from there, before <paramref name="Until"/>.
    /// </summary>
    public sealed record Every(TimeSpan Interval, TimeSpan From, TimeSpan Until) : WhenSpec;

    /// <summary>At random moments between the two, a Poisson process of this rate drawn from the seed.</summary>
    public sealed record Randomly(double PerSecond, TimeSpan From, TimeSpan Until) : WhenSpec;
}

/// <summary>The neurons that an entry of the timeline is about.</summary>
/// <param name="Who">Candidates.</param>
/// <param name="Take">Number of candidates that are chosen.</param>
public sealed record SelectionSpec(WhoSpec Who, TakeSpec Take);

/// <summary>Neurons by their properties.</summary>
public abstract record WhoSpec
{
    WhoSpec() { }

    /// <summary>Every neuron.</summary>
    public sealed record Any : WhoSpec;

    /// <summary>A population.</summary>
    public sealed record Population(string Name) : WhoSpec;

    /// <summary>The populations of a zone.</summary>
    public sealed record Zone(string Name) : WhoSpec;

    /// <summary>The populations of a strategy, by its name in the format.</summary>
    public sealed record Role(string Name) : WhoSpec;

    /// <summary>Some by id, as listed.</summary>
    public sealed record Neurons(string List) : WhoSpec
    {
        /// <summary>The ids, ascending.</summary>
        public ImmutableArray<int> Ids => [.. new SortedSet<int>(List.Split(',').SelectMany(Range))];

        /// <summary>The largest id that the list names.</summary>
        internal int Largest => List.Split(',').SelectMany(Ends).Max();

        static IEnumerable<int> Range(string part)
        {
            var ends = Ends(part);
            return Enumerable.Range(ends[0], Math.Max(0, ends[^1] - ends[0] + 1));
        }

        static int[] Ends(string part) => Array.ConvertAll(part.Trim().Split('-'), int.Parse);
    }
}

/// <summary>Number of candidates that are chosen. The choice is drawn from the seed.</summary>
public abstract record TakeSpec
{
    TakeSpec() { }

    /// <summary>All.</summary>
    public sealed record All : TakeSpec;

    /// <summary>A fixed number, or all when there are fewer.</summary>
    public sealed record Count(int Number) : TakeSpec;

    /// <summary>A share of them in (0, 1], rounded to the nearest number, at least one.</summary>
    public sealed record Share(double Of) : TakeSpec;
}

/// <summary>A fault of the network, of neurons, or of the ledger, or its end.</summary>
public abstract record FaultSpec
{
    FaultSpec() { }

    /// <summary>Its name in the format.</summary>
    public string Action => YamlText.Word(GetType().Name);

    /// <summary>Some links get further rules, like those of an entry of <c>network.links</c>.</summary>
    /// <param name="Rules">The rules.</param>
    /// <param name="Replaces">True when they take the place of those there instead of standing behind them.</param>
    public sealed record Links(DirectedLinkSpec Rules, bool Replaces) : FaultSpec;

    /// <summary>Links of the chosen neurons hold every message until they are free again.</summary>
    public sealed record Clog(SelectionSpec Of, ClogSide Side) : FaultSpec;

    /// <summary>Ends every <see cref="Links"/> and <see cref="Clog"/> so far.</summary>
    public sealed record Clear : FaultSpec;

    /// <summary>The network is partitioned: messages between its parts are dropped.</summary>
    public sealed record Partition(PartitionKind Kind, SelectionSpec Of, int Groups, bool CutsLedger) : FaultSpec;

    /// <summary>Ends every <see cref="Partition"/> so far.</summary>
    public sealed record Heal : FaultSpec;

    /// <summary>
    /// Neurons stop and lose their pending work; with <paramref name="LosesState"/> also the state of their model.
    /// </summary>
    public sealed record Crash(SelectionSpec Of, bool LosesState) : FaultSpec;

    /// <summary>Crashed neurons come back.</summary>
    public sealed record Restart(WhoSpec Who) : FaultSpec;

    /// <summary>Neurons leave the network.</summary>
    public sealed record Leave(SelectionSpec Of, bool LosesState) : FaultSpec;

    /// <summary>
    /// Neurons leave for good and validate without their peers (section 1.6, step 6): the block before is audited.
    /// </summary>
    public sealed record Disconnect(SelectionSpec Of) : FaultSpec;

    /// <summary>Neurons that left come back.</summary>
    public sealed record Join(WhoSpec Who) : FaultSpec;

    /// <summary>Neurons stop; messages to them wait.</summary>
    public sealed record Pause(SelectionSpec Of) : FaultSpec;

    /// <summary>Paused neurons go on.</summary>
    public sealed record Resume(WhoSpec Who) : FaultSpec;

    /// <summary>Neurons take <paramref name="Factor"/> times as long to compute.</summary>
    public sealed record Slow(SelectionSpec Of, double Factor) : FaultSpec;

    /// <summary>Neurons' clocks are off, and gain <paramref name="Drift"/> seconds per second.</summary>
    public sealed record Skew(SelectionSpec Of, TimeSpan Offset, bool Behind, double Drift) : FaultSpec;

    /// <summary>The ledger's process is down; it recovers from its store.</summary>
    public sealed record LedgerOutage : FaultSpec;

    /// <summary>The ledger sets numbers of the mechanism, in force from the block that opens next.</summary>
    public sealed record Set(MechanismChange Change) : FaultSpec;

    /// <summary>The disk of the ledger's store is full, slow, or fails now and then.</summary>
    public sealed record Disk(DiskFault Fault, TimeSpan Latency, double Probability) : FaultSpec;
}

/// <summary>Which direction of links is clogged.</summary>
public enum ClogSide
{
    /// <summary>Messages from and to the chosen neurons.</summary>
    Both,

    /// <summary>Messages from them.</summary>
    From,

    /// <summary>Messages to them.</summary>
    To,
}

/// <summary>Shape of a partition.</summary>
public enum PartitionKind
{
    /// <summary>The chosen and the others.</summary>
    Split,

    /// <summary>Each of the chosen alone.</summary>
    Isolate,

    /// <summary>Messages of the chosen do not reach the others; those of the others reach the chosen.</summary>
    OneWay,

    /// <summary>Groups of equal size, drawn.</summary>
    Groups,
}

/// <summary>Fault of a disk.</summary>
public enum DiskFault
{
    /// <summary>Nothing can be written.</summary>
    Full,

    /// <summary>Every write takes a while.</summary>
    Slow,

    /// <summary>Writes fail with a probability.</summary>
    Failing,
}
