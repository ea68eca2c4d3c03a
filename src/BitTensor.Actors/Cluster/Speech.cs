using BitTensor.Actors.Neurons;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Cluster;

/// <summary>Who may say what. A node speaks for those who live on it, and they say what is theirs to say and nothing in another's name.</summary>
static class Speech
{
    /// <summary>The sender of a message that any node of the run may send.</summary>
    public const int Nobody = int.MinValue;

    /// <summary>The address a message comes from by its kind; null when its kind does not tell.</summary>
    public static int? SayerOf(object message) => message switch
    {
        LedgerMessage.BlockOpened or LedgerMessage.SubmissionAccepted or LedgerMessage.SubmissionRefused => Addresses.Ledger,
        ControlMessage.BlockRecorded or ControlMessage.AuditBlock or ControlMessage.LastBlockClosed => Addresses.Ledger,
        ControlMessage.StateRecalled => Addresses.Archive,
        ControlMessage.Settle or ControlMessage.EndAtNextBlock => Addresses.Conductor,
        ControlMessage.TakeSnapshot => Addresses.Audit,
        ControlMessage.SnapshotTaken taken => taken.Neuron,
        ControlMessage.NeuronPresent present => present.Neuron,
        ControlMessage.RecallState recall => recall.Neuron,
        ControlMessage.KeepState keep => keep.Neuron,
        QueryMessage.ForwardReply reply => reply.Server,
        QueryMessage.ForwardRefused refused => refused.Server,
        _ => null,
    };

    /// <summary>
    /// True when the message is one that <paramref name="from"/> says. Whose name a query or a submission bears is judged by who receives
    /// it, which has an answer for that.
    /// </summary>
    public static bool Says(int from, object message) => message switch
    {
        _ when SayerOf(message) is { } sayer => from == sayer,
        QueryMessage or LedgerMessage.SubmitWeights or LedgerMessage.CommitWeights => from >= 0,
        // A neuron's last report comes from where it no longer lives: any node of the run may tell the journal.
        ControlMessage.NeuronRecorded or ControlMessage.Settled or ControlMessage.ParcelLost => from == Nobody,
        _ => false,
    };
}
