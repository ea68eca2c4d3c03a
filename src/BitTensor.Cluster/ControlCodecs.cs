using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Protocol.Wire;
using BitTensor.Records;
using Google.Protobuf;

namespace BitTensor.Cluster;

/// <summary>
/// The codecs of the messages between machines that control a run, and the closed tables of all messages that links and
/// Akka.Remote carry.
/// </summary>
static class ControlCodecs
{
    // Declared first: the tables below hold them.
    static readonly Sender Ledger = Sender.At("the ledger", Addresses.Ledger);
    static readonly Sender Conductor = Sender.At("the conductor", Addresses.Conductor);
    static readonly Sender Audit = Sender.At("the audit", Addresses.Audit);
    static readonly Sender Archive = Sender.At("the archive", Addresses.Archive);

    /// <summary>The messages that links carry.</summary>
    public static WireTable Links { get; } = new(WireEntries.Conversations.Concat(Control));

    /// <summary>
    /// The messages that Akka.Remote carries, and none that links carry: only links prove the sender of a message.
    /// </summary>
    public static WireTable Remote { get; } = new(Authority);

    /// <summary>
    /// Manifests 20 to 39, over links. Any node of the run may send a neuron's last report, since the neuron has left
    /// its node by then.
    /// </summary>
    static IEnumerable<WireEntry> Control =>
    [
        new BodyEntry<ControlMessage.BlockRecorded, RecordBody>(
            20, "block-recorded", m => Record(m.Block, m.Traffic),
            b => new(Line<JournalRecord.BlockClosed>(b), To(b.Traffic)))
        { Sender = Ledger },
        new BodyEntry<ControlMessage.NeuronRecorded, RecordBody>(
            21, "neuron-recorded", m => Record(m.Report, m.Traffic),
            b => new(Line<JournalRecord.NeuronReported>(b), To(b.Traffic)))
        { Sender = Sender.Node },
        new BodyEntry<ControlMessage.Settle, EmptyBody>(22, "settle", _ => new(), _ => new())
        { Sender = Conductor },
        new BodyEntry<ControlMessage.Settled, SettledBody>(
            23, "settled",
            m => new() { Sent = m.Sent, Ended = m.Ended, Working = m.Working, Traffic = { Of(m.Traffic) } },
            b => new(b.Sent, b.Ended, b.Working, To(b.Traffic)))
        { Sender = Sender.Node },
        new BodyEntry<ControlMessage.LastBlockClosed, HeightBody>(
            24, "last-block-closed", m => new() { Height = m.Height }, b => new(b.Height))
        { Sender = Ledger },
        new BodyEntry<ControlMessage.EndAtNextBlock, EmptyBody>(25, "end-at-next-block", _ => new(), _ => new())
        { Sender = Conductor },
        new BodyEntry<ControlMessage.AuditBlock, MarketBody>(26, "audit-block", Of, To) { Sender = Ledger },
        new BodyEntry<ControlMessage.TakeSnapshot, HeightBody>(
            27, "take-snapshot", m => new() { Height = m.Height }, b => new(b.Height))
        { Sender = Audit },
        new BodyEntry<ControlMessage.SnapshotTaken, SnapshotBody>(28, "snapshot-taken", Of, To)
        { Sender = Sender.Named<ControlMessage.SnapshotTaken>(m => m.Neuron) },
        new BodyEntry<ControlMessage.NeuronPresent, NeuronBody>(
            29, "neuron-present", m => new() { Neuron = m.Neuron }, b => new(b.Neuron))
        { Sender = Sender.Named<ControlMessage.NeuronPresent>(m => m.Neuron) },
        new BodyEntry<ControlMessage.RecallState, NeuronBody>(
            30, "recall-state", m => new() { Neuron = m.Neuron }, b => new(b.Neuron))
        { Sender = Sender.Named<ControlMessage.RecallState>(m => m.Neuron) },
        new BodyEntry<ControlMessage.StateRecalled, StateBody>(
            31, "state-recalled", m => State(m.Neuron, m.Height, m.State),
            b => new(b.Neuron, b.Height, [.. b.State.Span]))
        { Sender = Archive },
        new BodyEntry<ControlMessage.KeepState, StateBody>(
            32, "keep-state", m => State(m.Neuron, m.Height, m.State),
            b => new(b.Neuron, b.Height, [.. b.State.Span]))
        { Sender = Sender.Named<ControlMessage.KeepState>(m => m.Neuron) },
        new BodyEntry<ControlMessage.ParcelLost, ParcelLostBody>(
            33, "parcel-lost", m => new() { Kind = (int)m.Kind, Outcome = m.Outcome.Name },
            b => new(WireBytes.Value<ParcelKind>(b.Kind), Lost(b.Outcome)))
        { Sender = Sender.Node },
    ];

    /// <summary>Manifests 40 to 49, over Akka.Remote.</summary>
    static IEnumerable<WireEntry> Authority =>
    [
        new BodyEntry<ClusterMessage.StatusPoll, RollBody>(
            40, "roll",
            m => new()
            {
                Epoch = m.Epoch, Run = m.Run, Finished = m.Finished, Authority = Of(m.Authority),
                Placement = m.Placement, Major = m.Major,
            },
            b => new(b.Epoch, b.Run, b.Finished, To(b.Authority), b.Placement, b.Major))
        { Sender = Sender.None },
        new BodyEntry<ClusterMessage.StatusReport, RollAnswerBody>(41, "roll-answer", Of, To)
        { Sender = Sender.None },
        new BodyEntry<ClusterMessage.RunDescriptor, CharterBody>(42, "charter", Of, To) { Sender = Sender.None },
        new BodyEntry<ClusterMessage.Placed, PlacementBody>(43, "placed", Of, To) { Sender = Sender.None },
    ];

    public static CharterBody Of(ClusterMessage.RunDescriptor m) =>
        new() { Run = m.Run, Scenario = m.Scenario, ExpectNodes = m.ExpectNodes, Epoch = m.Epoch };

    public static ClusterMessage.RunDescriptor To(CharterBody b) => new(b.Run, b.Scenario, b.ExpectNodes, b.Epoch);

    public static PlacementBody Of(ClusterMessage.Placed m) => new()
    {
        Version = m.Placement.Version, Nodes = { m.Placement.Nodes.Select(Of) }, HostOf = { m.Placement.HostOf },
        Supervisor = m.Placement.Supervisor, Epoch = m.Epoch, Run = m.Run,
    };

    public static ClusterMessage.Placed To(PlacementBody b)
    {
        var sound = b.Supervisor >= -1 && b.Supervisor < b.Nodes.Count
            && b.HostOf.All(h => h >= -1 && h < b.Nodes.Count);
        return sound
            ? new(b.Run, b.Epoch, new Placement(b.Version, [.. b.Nodes.Select(To)], [.. b.HostOf], b.Supervisor))
            : throw new WireException(WireRefusal.BadValue, "a placement names a node that is not in it");
    }

    static RollAnswerBody Of(ClusterMessage.StatusReport m) => new()
    {
        Place = Of(m.Place), Run = m.Run, Chartered = m.HasDescriptor, Placement = m.Placement,
        Hosted = { m.Hosted }, Supervisor = m.Supervisor, Done = m.Done, Leaving = m.Leaving, Recorded = m.Recorded,
        Major = m.Major, Minor = m.Minor,
    };

    static ClusterMessage.StatusReport To(RollAnswerBody b) => new(
        To(b.Place), b.Run, b.Chartered, b.Placement, [.. b.Hosted], b.Supervisor, b.Done, b.Leaving, b.Recorded,
        b.Major, b.Minor);

    static NodePlaceBody Of(NodePlace place) => new() { Name = place.Name, Host = place.Host, Port = place.Port };

    static NodePlace To(NodePlaceBody? b) =>
        b is not null && System.Net.IPAddress.TryParse(b.Host, out _) && b.Port is > 0 and < 65536
            ? new(b.Name, b.Host, b.Port)
            : throw new WireException(WireRefusal.BadValue, "a node without an address");

    static RecordBody Record(JournalRecord record, ImmutableArray<MessageCount> traffic) =>
        new() { Line = ByteString.CopyFrom(JournalLine.Bytes(record)), Traffic = { Of(traffic) } };

    static T Line<T>(RecordBody b)
        where T : JournalRecord
    {
        try
        {
            return JournalLine.Read(b.Line.Span) as T
                ?? throw new WireException(WireRefusal.BadValue, $"not a record of {typeof(T).Name}");
        }
        catch (JournalException damage)
        {
            throw new WireException(WireRefusal.BadValue, damage.Message, damage);
        }
    }

    /// <summary>A parcel that is reported as lost has no other outcome.</summary>
    static ParcelOutcome Lost(string outcome) =>
        ParcelOutcome.Find(outcome) is { IsLost: true } lost
            ? lost
            : throw new WireException(WireRefusal.BadValue, $"'{outcome}' is no outcome of a lost parcel");

    static IEnumerable<TrafficBody> Of(ImmutableArray<MessageCount> traffic) =>
        traffic.Select(t => new TrafficBody { Kind = t.Kind, Outcome = t.Outcome, Count = t.Count });

    static ImmutableArray<MessageCount> To(IEnumerable<TrafficBody> traffic) =>
        [.. traffic.Select(t => new MessageCount(t.Kind, t.Outcome, t.Count))];

    static StateBody State(int neuron, long height, ImmutableArray<byte> state) =>
        new() { Neuron = neuron, Height = height, State = ByteString.CopyFrom(state.AsSpan()) };

    static MarketBody Of(ControlMessage.AuditBlock m)
    {
        var parameters = m.Market.Parameters;
        var body = new MarketBody
        {
            Height = m.Height, Temperature = parameters.Temperature,
            Share = parameters.StakeScale == StakeScale.Share,
        };
        for (var i = 0; i < m.Market.Count; i++)
        {
            body.Rows.Add(WireEntries.Of(m.Market.Row(i)));
            body.Stake.Add(m.Market.Stake[i]);
        }
        return body;
    }

    /// <summary>The market as the audit needs it: W, S and the numbers of the masks.</summary>
    static ControlMessage.AuditBlock To(MarketBody b)
    {
        WeightRow[] rows = [.. b.Rows.Select(WireEntries.To)];
        // A neuron of an open network that is not registered has no row.
        var open = Array.Exists(rows, r => r.Count == 0) ? new MembershipRules(rows.Length) : null;
        var masks = new MechanismParameters
        {
            StakeScale = b.Share ? StakeScale.Share : StakeScale.Raw, Membership = open,
        };
        masks = b.Temperature > 0 ? masks with { Temperature = b.Temperature } : masks;
        return new(b.Height, Market.At(b.Height + 1, rows, b.Stake.ToArray(), masks));
    }

    static SnapshotBody Of(ControlMessage.SnapshotTaken m)
    {
        var body = new SnapshotBody { Height = m.Height, Neuron = m.Neuron, Service = { m.Service.Select(Of) } };
        if (m.Snapshot is ModelSnapshot model)
        {
            body.Shape.AddRange(model.Shape.ToNumbers());
            body.Encoder.AddRange(model.Encoder.Select(Bytes));
            body.Head.AddRange(model.Head.Select(Bytes));
            body.Gate.AddRange(model.Gate.Select(Bytes));
            body.Answer.AddRange(model.Answer.Select(Bytes));
            body.Student.AddRange(model.Student.Select(Bytes));
            body.Taught.AddRange(model.Taught);
        }
        return body;
    }

    static ControlMessage.SnapshotTaken To(SnapshotBody b)
    {
        ImmutableArray<ServicePattern> service = [.. b.Service.Select(To)];
        if (b.Shape.Count == 0)
        {
            return new(b.Height, b.Neuron, FollowsFromScenario.Instance, service);
        }
        var s = ModelShape.FromNumbers(b.Shape)
            ?? throw new WireException(WireRefusal.BadValue, $"{b.Shape.Count} numbers are no shape of a model");
        var model = new ModelSnapshot(s, [.. b.Encoder.Select(Floats)], [.. b.Head.Select(Floats)])
        {
            Gate = [.. b.Gate.Select(Floats)], Answer = [.. b.Answer.Select(Floats)],
            Student = [.. b.Student.Select(Floats)], Taught = [.. b.Taught],
        };
        return new(b.Height, b.Neuron, model, service);
    }

    static ServicePatternBody Of(ServicePattern p) =>
        new() { Empty = { p.Empty }, Iterations = p.Iterations, Unasked = { p.Unasked } };

    static ServicePattern To(ServicePatternBody b) => Ascends(b.Empty) && Ascends(b.Unasked) && b.Iterations > 0
        ? new([.. b.Empty], b.Iterations) { Unasked = [.. b.Unasked] }
        : throw new WireException(WireRefusal.BadValue, "a service pattern has slots that ascend, and iterations");

    static bool Ascends(IReadOnlyList<int> slots) =>
        Enumerable.Range(0, slots.Count).All(k => slots[k] > (k == 0 ? -1 : slots[k - 1]));

    static ByteString Bytes(float[] values) => ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));

    static float[] Floats(ByteString bytes) =>
        bytes.Length % 4 == 0
            ? MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray()
            : throw new WireException(WireRefusal.BadValue, $"{bytes.Length} bytes are not float32 values");
}
