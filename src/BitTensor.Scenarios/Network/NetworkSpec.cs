using System.Collections.Immutable;
using BitTensor.Parcels;

namespace BitTensor.Scenarios;

/// <summary>Section <c>network</c>: rules of every link, and of some links.</summary>
/// <param name="Default">Rules of every parcel that no entry of <paramref name="Links"/> covers.</param>
/// <param name="Links">
/// Rules by direction and kind; the last entry that matches a parcel replaces the default entirely.
/// </param>
public sealed record NetworkSpec(LinkSpec Default, ImmutableArray<DirectedLinkSpec> Links)
{
    /// <summary>How the numbers of tensors travel.</summary>
    public required WireFormat Wire { get; init; }

    /// <summary>Tables of measured latencies, by name.</summary>
    public ImmutableArray<DelayTableSpec> Tables { get; init; } = [];
}

/// <summary>
/// How the numbers of tensors travel: what a receiver gets is rounded to it, and a parcel is as large as it makes it.
/// </summary>
public enum WireFormat
{
    /// <summary>float32, exact.</summary>
    Float32,

    /// <summary>bfloat16: relative error at most 2^-8.</summary>
    Bfloat16,

    /// <summary>int8 with one exponent per row: error at most max|x| / 127 of the row.</summary>
    Int8,
}

/// <summary>Rules for parcels from one end to another.</summary>
/// <param name="From">Senders.</param>
/// <param name="To">Receivers.</param>
/// <param name="Kind">Which parcels; null for all.</param>
/// <param name="Toxicity">
/// Probability, in [0, 1], that the rules act on a parcel; one they spare arrives at once.
/// </param>
/// <param name="Link">The rules.</param>
public sealed record DirectedLinkSpec(EndSpec From, EndSpec To, ParcelKind? Kind, double Toxicity, LinkSpec Link);

/// <summary>The actors at one end of a link.</summary>
public abstract record EndSpec
{
    EndSpec() { }

    /// <summary>Every neuron, and the ledger.</summary>
    public sealed record Any : EndSpec;

    /// <summary>The ledger.</summary>
    public sealed record Ledger : EndSpec;

    /// <summary>The neurons of a population.</summary>
    public sealed record Population(string Name) : EndSpec;

    /// <summary>The neurons of the populations of a zone.</summary>
    public sealed record Zone(string Name) : EndSpec;

    /// <summary>One neuron.</summary>
    public sealed record Neuron(int Id) : EndSpec;
}

/// <summary>What one link does to a parcel.</summary>
public sealed record LinkSpec
{
    /// <summary>Latency; null delivers at once.</summary>
    public LatencySpec? Latency { get; init; }

    /// <summary>Loss of parcels.</summary>
    public required LossSpec Loss { get; init; }

    /// <summary>
    /// Correlation of the draw for an independent loss with the one before it, in [0, 1], as tc-netem defines it.
    /// </summary>
    public required double LossCorrelation { get; init; }

    /// <summary>Bytes per second; null is unlimited. Parcels on one link are sent one after another.</summary>
    public double? BandwidthBytesPerSecond { get; init; }

    /// <summary>
    /// What may wait for the bandwidth, the parcel being sent included; a parcel beyond it is dropped. Null is
    /// unlimited.
    /// </summary>
    public QueueSpec? Queue { get; init; }

    /// <summary>Probability that a parcel is held back, so that later ones overtake it, in [0, 1].</summary>
    public required double Reorder { get; init; }

    /// <summary>Correlation of the draw for it, likewise.</summary>
    public required double ReorderCorrelation { get; init; }

    /// <summary>A parcel held back waits for a uniform draw in [0, ReorderDelay].</summary>
    public required TimeSpan ReorderDelay { get; init; }

    /// <summary>True when a parcel arrives no earlier than those sent before it.</summary>
    public required bool KeepsOrder { get; init; }

    /// <summary>Probability that a parcel arrives twice, in [0, 1].</summary>
    public required double Duplicate { get; init; }

    /// <summary>Correlation of the draw for it, likewise.</summary>
    public required double DuplicateCorrelation { get; init; }

    /// <summary>The copy arrives a uniform draw in [0, DuplicateDelay] after the parcel.</summary>
    public required TimeSpan DuplicateDelay { get; init; }

    /// <summary>Probability that bits of a parcel are flipped, in [0, 1].</summary>
    public required double Corrupt { get; init; }

    /// <summary>Correlation of the draw for it, likewise.</summary>
    public required double CorruptCorrelation { get; init; }

    /// <summary>Probability that a parcel brings an old one of its link with it, in [0, 1].</summary>
    public required double Replay { get; init; }
}

/// <summary>The room of a queue.</summary>
public abstract record QueueSpec
{
    QueueSpec() { }

    /// <summary>Room for so many bytes, at least 1.</summary>
    public sealed record InBytes(long Count) : QueueSpec;

    /// <summary>Room for so many parcels, at least 1.</summary>
    public sealed record InParcels(int Count) : QueueSpec;
}

/// <summary>Loss of parcels on a link.</summary>
public abstract record LossSpec
{
    LossSpec() { }

    /// <summary>Each with one probability, in [0, 1].</summary>
    public sealed record Independent(double Probability) : LossSpec;

    /// <summary>
    /// In bursts (Gilbert 1960, Elliott 1963): the link is in a good or a bad state, changes it before a parcel with a
    /// probability, and loses the parcel with the probability of its state.
    /// </summary>
    /// <param name="GoodToBad">Probability of leaving the good state, in [0, 1].</param>
    /// <param name="BadToGood">Probability of leaving the bad state, in [0, 1].</param>
    /// <param name="LossGood">Loss in the good state, in [0, 1].</param>
    /// <param name="LossBad">Loss in the bad state, in [0, 1].</param>
    public sealed record Bursts(double GoodToBad, double BadToGood, double LossGood, double LossBad) : LossSpec;
}

/// <summary>
/// Distribution of the latency of a parcel. Every draw is at least <see cref="Minimum"/>; jitter adds a uniform draw in
/// [0, Jitter].
/// </summary>
public abstract record LatencySpec
{
    LatencySpec() { }

    /// <summary>Smallest latency; draws below are raised to it.</summary>
    public TimeSpan Minimum { get; init; }

    /// <summary>Width of the uniform jitter added to every draw.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>
    /// Probability, in [0, 1], that a parcel has the same draw as the one before it on its link: the lag-1
    /// autocorrelation. The distribution stays what it is.
    /// </summary>
    public double Correlation { get; init; }

    /// <summary>Always the same.</summary>
    public sealed record Constant(TimeSpan Value) : LatencySpec;

    /// <summary>Uniform between two bounds.</summary>
    public sealed record Uniform(TimeSpan Low, TimeSpan High) : LatencySpec;

    /// <summary>Normal.</summary>
    public sealed record Normal(TimeSpan Mean, TimeSpan StandardDeviation) : LatencySpec;

    /// <summary>Lognormal with this median, and sigma of the underlying normal.</summary>
    public sealed record Lognormal(TimeSpan Median, double Sigma) : LatencySpec;

    /// <summary>Exponential.</summary>
    public sealed record Exponential(TimeSpan Mean) : LatencySpec;

    /// <summary>
    /// A draw from a table, each of its values with the same probability: the value itself, in milliseconds; or, with
    /// a mean and a deviation, as tc-netem reads its tables, Mean + Deviation * value /
    /// <see cref="DelayTableSpec.NetemScale"/>.
    /// </summary>
    /// <param name="Name">Name of the table.</param>
    /// <param name="Mean">Mean; null for a table of milliseconds.</param>
    /// <param name="Deviation">Standard deviation; null likewise.</param>
    public sealed record Table(string Name, TimeSpan? Mean, TimeSpan? Deviation) : LatencySpec;
}
