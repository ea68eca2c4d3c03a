using System.Collections.Immutable;
using BitTensor.Actors.Cluster;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Actors;

/// <summary>
/// Sees what happens in a run in virtual time, the moment it happens and on the run's own thread. It changes nothing: a run that is watched
/// is the same bytes.
/// </summary>
public abstract class RunObserver
{
    /// <summary>A block is durable.</summary>
    /// <param name="block">The block.</param>
    /// <param name="next">The market after it: W, S, and the height that is open now.</param>
    public virtual void BlockClosed(LedgerBlock block, Market next) { }

    /// <summary>A neuron tells what it did while a block was open.</summary>
    public virtual void Reported(JournalRecord.NeuronReported report) { }

    /// <summary>Messages of a block were counted.</summary>
    public virtual void Counted(JournalRecord.TrafficCounted traffic) { }

    /// <summary>An audit is done.</summary>
    public virtual void Audited(ImmutableArray<JournalRecord.Audited> rows) { }

    /// <summary>Something becomes of a parcel.</summary>
    /// <param name="at">Emulated time.</param>
    /// <param name="parcel">The parcel; without its size where it is known by its arrival alone.</param>
    /// <param name="outcome">How it begins, that it arrived, or how it ended.</param>
    public virtual void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome) { }

    /// <summary>An inhabitant gets a message that came over a link, whatever it does with it.</summary>
    /// <param name="receiver">Its address.</param>
    /// <param name="arrival">The message and where it came from.</param>
    public virtual void Arrived(int receiver, IArrival arrival) { }

    internal void Reported(JournalRecord.NeuronReported report, ImmutableArray<MessageCount> traffic)
    {
        Reported(report);
        Counted(report.Block, traffic);
    }

    internal void Counted(long block, ImmutableArray<MessageCount> traffic)
    {
        foreach (var counted in traffic)
        {
            Counted(JournalRecord.TrafficCounted.Of(block, counted));
        }
    }

    /// <summary>An inhabitant gets a message.</summary>
    internal void Met(object message, int receiver, TimeSpan now)
    {
        if (message is IArrival arrival)
        {
            Parcel(now, new Parcel(arrival.From, receiver, arrival.Kind, 0, arrival.Number), ParcelOutcome.Arrived);
            Arrived(receiver, arrival);
        }
    }
}
