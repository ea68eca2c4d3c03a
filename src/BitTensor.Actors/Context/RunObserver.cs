using System.Collections.Immutable;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Actors.Context;

/// <summary>
/// Observes a run in virtual time, at each moment and on the run's own thread. An observed run writes the same bytes.
/// </summary>
public abstract class RunObserver
{
    /// <summary>
    /// False for an observer that looks at no single parcel. A large network runs faster when nobody does: what needs
    /// no emulated time is then computed together.
    /// </summary>
    public virtual bool SeesParcels => true;

    /// <summary>A neuron uses the answer to a query about its own batch.</summary>
    /// <param name="took">Emulated time since it asked.</param>
    public virtual void Answered(TimeSpan took) { }

    /// <summary>A block is durable.</summary>
    /// <param name="block">The block.</param>
    /// <param name="next">The market after it: W, S, and the height that is open now.</param>
    public virtual void BlockClosed(LedgerBlock block, Market next) { }

    /// <summary>A neuron reports on a block.</summary>
    public virtual void Reported(JournalRecord.NeuronReported report) { }

    /// <summary>Messages of a block were counted.</summary>
    public virtual void Counted(JournalRecord.TrafficCounted traffic) { }

    /// <summary>The audit of a block has copied the model of a neuron that learns from data.</summary>
    /// <param name="block">Block.</param>
    /// <param name="neuron">Id.</param>
    /// <param name="model">The copy.</param>
    /// <param name="rule">How the neuron joins answers at that block.</param>
    public virtual void Copied(long block, int neuron, ModelSnapshot model, JoinRule rule) { }

    /// <summary>An audit is done.</summary>
    public virtual void Audited(ImmutableArray<JournalRecord.Audited> rows) { }

    /// <summary>A parcel was sent, has arrived or has ended.</summary>
    /// <param name="at">Emulated time.</param>
    /// <param name="parcel">The parcel; its size is 0 on arrival.</param>
    /// <param name="outcome">The outcome of the parcel at this moment.</param>
    public virtual void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome) { }

    /// <summary>An actor gets a message from a link.</summary>
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

    /// <summary>An actor gets a message.</summary>
    internal void Met(object message, int receiver, TimeSpan now)
    {
        if (message is IArrival arrival)
        {
            Parcel(now, new Parcel(arrival.From, receiver, arrival.Kind, 0, arrival.Number), ParcelOutcome.Arrived);
            Arrived(receiver, arrival);
        }
    }
}
