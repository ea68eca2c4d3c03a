using System.Collections.Immutable;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Actors.Context;

/// <summary>
/// The messages between the emulator and the actors of a run. Control never passes through links: it belongs to the
/// experimenter, not to the experiment.
/// </summary>
abstract record ControlMessage
{
    ControlMessage() { }

    /// <summary>Conductor to ledger: announce the genesis block and let the blocks run.</summary>
    public sealed record Begin : ControlMessage;

    /// <summary>Outside to ledger: the next block is the last one.</summary>
    public sealed record EndAtNextBlock : ControlMessage;

    /// <summary>Ledger to conductor: the last block is closed and announced.</summary>
    public sealed record LastBlockClosed(long Height) : ControlMessage;

    /// <summary>Ledger to journal: a block is durable; and the traffic the ledger saw while it was open.</summary>
    public sealed record BlockRecorded(JournalRecord.BlockClosed Block, ImmutableArray<MessageCount> Traffic)
        : ControlMessage;

    /// <summary>Neuron to journal: what it did while a block was open.</summary>
    public sealed record NeuronRecorded(JournalRecord.NeuronReported Report, ImmutableArray<MessageCount> Traffic)
        : ControlMessage;

    /// <summary>Conductor to every actor with links, after the last block: report the counts that are new.</summary>
    public sealed record Settle : ControlMessage;

    /// <summary>
    /// Actor to conductor: parcels it has sent and parcels that ended at it in the whole run; its open iterations and
    /// one more while parcels of its process are on their way; and the counts that are new.
    /// </summary>
    public sealed record Settled(long Sent, long Ended, int Working, ImmutableArray<MessageCount> Traffic)
        : ControlMessage;

    /// <summary>Conductor to journal: the run is over; write the rest. At rest every message has an outcome.</summary>
    public sealed record CloseJournal(
        JournalRecord.Finished Finished, ImmutableArray<MessageCount> Traffic, bool AtRest) : ControlMessage;

    /// <summary>Journal to conductor: the journal is written.</summary>
    public sealed record JournalClosed : ControlMessage;

    /// <summary>
    /// Ledger to adversary: the public ledger with a new block open; final when no block closes any more.
    /// </summary>
    public sealed record LedgerSeen(Market Market, bool Final) : ControlMessage;

    /// <summary>Adversary to journal: which tactics came due while a block was open, and what it counted.</summary>
    public sealed record AdversaryRecorded(
        long Block, ImmutableArray<JournalRecord.Happened> Happened, ImmutableArray<MessageCount> Traffic)
        : ControlMessage;

    /// <summary>Adversary to a neuron of its reserve: join the run.</summary>
    public sealed record Spawn : ControlMessage;

    /// <summary>Adversary to a member: leave for good.</summary>
    public sealed record Withdraw : ControlMessage;

    /// <summary>Ledger to audit: a block closed on this market.</summary>
    public sealed record AuditBlock(long Height, Market Market) : ControlMessage;

    /// <summary>Audit to neuron: send a copy of the model, and who served the neuron since the last audit.</summary>
    public sealed record TakeSnapshot(long Height) : ControlMessage;

    /// <summary>
    /// Neuron to audit, through the neuron's own lane: the copy, and its iterations since the last audit by the slots
    /// they used.
    /// </summary>
    public sealed record SnapshotTaken(
        long Height, int Neuron, object Snapshot, ImmutableArray<ServicePattern> Service) : ControlMessage;

    /// <summary>Conductor to audit: answer when every audit is done.</summary>
    public sealed record FinishAudits : ControlMessage;

    /// <summary>Audit to conductor: every audit is done.</summary>
    public sealed record AuditsFinished : ControlMessage;

    /// <summary>Neuron to ledger: the neuron is up; announce the open block to it.</summary>
    public sealed record NeuronPresent(int Neuron) : ControlMessage;

    /// <summary>Neuron to archive: send the last checkpoint.</summary>
    public sealed record RecallState(int Neuron) : ControlMessage;

    /// <summary>Archive to neuron: the last checkpoint and its block; empty when there is none.</summary>
    public sealed record StateRecalled(int Neuron, long Height, ImmutableArray<byte> State) : ControlMessage;

    /// <summary>Neuron to archive: keep this checkpoint.</summary>
    public sealed record KeepState(int Neuron, long Height, ImmutableArray<byte> State) : ControlMessage;

    /// <summary>Node to neuron: keep a last checkpoint and end; another node starts the neuron again.</summary>
    public sealed record Retire : ControlMessage;

    /// <summary>Router to sender: a parcel did not reach its receiver.</summary>
    public sealed record ParcelLost(ParcelKind Kind, ParcelOutcome Outcome) : ControlMessage;

    /// <summary>
    /// Authority to ledger: the journal has every block below this height; report the later ones again.
    /// </summary>
    public sealed record RepeatRecords(long From) : ControlMessage;

    /// <summary>Audit to journal: the measurements of one block.</summary>
    public sealed record AuditRecorded(ImmutableArray<JournalRecord.Audited> Rows) : ControlMessage;
}
