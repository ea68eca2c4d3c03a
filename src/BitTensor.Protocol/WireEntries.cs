using BitTensor.Parcels;
using Google.Protobuf;

namespace BitTensor.Protocol;

/// <summary>The entries of what neurons and ledger say to each other.</summary>
public static class WireEntries
{
    // Declared first: the entries below hold it.
    static readonly Sender Ledger = Sender.At("the ledger", Addresses.Ledger);

    /// <summary>Manifests 1 to 19.</summary>
    public static IReadOnlyList<WireEntry> Conversations { get; } =
    [
        new TensorEntry<QueryMessage.Forward, Wire.ForwardBody>(
            1, "forward", (m, header) => new() { Query = Of(m.Query), Batch = header, Last = m.Last }, m => m.Batch,
            b => b.Batch, (b, batch) => new(To(b.Query), batch, b.Last))
        { Kind = ParcelKind.Forward, Sender = Sender.Neuron },
        new TensorEntry<QueryMessage.ForwardReply, Wire.ForwardReplyBody>(
            2, "forward-reply", (m, header) => new() { Query = Of(m.Query), Server = m.Server, Output = header },
            m => m.Output, b => b.Output, (b, output) => new(To(b.Query), b.Server, output))
        { Kind = ParcelKind.ForwardReply, Sender = Sender.Named<QueryMessage.ForwardReply>(m => m.Server) },
        new BodyEntry<QueryMessage.ForwardRefused, Wire.ForwardRefusedBody>(
            3, "forward-refused", m => new() { Query = Of(m.Query), Server = m.Server, Reason = (int)m.Reason },
            b => new(To(b.Query), b.Server, WireBytes.Value<ServingRefusal>(b.Reason)))
        { Kind = ParcelKind.ForwardReply, Sender = Sender.Named<QueryMessage.ForwardRefused>(m => m.Server) },
        new TensorEntry<QueryMessage.Backward, Wire.BackwardBody>(
            4, "backward", (m, header) => new() { Query = Of(m.Query), Gradient = header }, m => m.Gradient,
            b => b.Gradient,
            (b, gradient) => new(To(b.Query), gradient))
        { Kind = ParcelKind.Backward, Sender = Sender.Neuron },
        new BodyEntry<LedgerMessage.SubmitWeights, Wire.SubmitWeightsBody>(
            5, "submit-weights",
            m => new()
            {
                Run = m.Run, Neuron = m.Neuron, Block = m.Block, Row = Of(m.Row),
                Signature = ByteString.CopyFrom(m.Signature.AsSpan()),
            },
            b => new(b.Run, b.Neuron, b.Block, To(b.Row), [.. b.Signature.Span]))
        { Kind = ParcelKind.Submission, Sender = Sender.Neuron },
        new BodyEntry<LedgerMessage.SubmissionAccepted, Wire.SubmissionAcceptedBody>(
            6, "submission-accepted", m => new() { Neuron = m.Neuron, Block = m.Block }, b => new(b.Neuron, b.Block))
        { Kind = ParcelKind.Receipt, Sender = Ledger },
        new BodyEntry<LedgerMessage.SubmissionRefused, Wire.SubmissionRefusedBody>(
            7, "submission-refused", m => new() { Neuron = m.Neuron, Block = m.Block, Reason = (int)m.Reason },
            b => new(b.Neuron, b.Block, WireBytes.Value<Mechanism.Refusal>(b.Reason)))
        { Kind = ParcelKind.Receipt, Sender = Ledger },
        new BodyEntry<LedgerMessage.BlockOpened, Wire.BlockOpenedBody>(8, "block-opened", Of, To) { Sender = Ledger },
        new BodyEntry<LedgerMessage.CommitWeights, Wire.CommitWeightsBody>(
            9, "commit-weights",
            m => new()
            {
                Run = m.Run, Neuron = m.Neuron, Block = m.Block,
                Commitment = ByteString.CopyFrom(m.Commitment.AsSpan()),
                Signature = ByteString.CopyFrom(m.Signature.AsSpan()),
            },
            b => new(b.Run, b.Neuron, b.Block, [.. b.Commitment.Span], [.. b.Signature.Span]))
        { Kind = ParcelKind.Submission, Sender = Sender.Neuron },
        new BodyEntry<LedgerMessage.Register, Wire.RegisterBody>(
            10, "register",
            m => new()
            {
                Run = m.Run, Neuron = m.Neuron, Block = m.Block,
                PublicKey = ByteString.CopyFrom(m.PublicKey.AsSpan()),
                Signature = ByteString.CopyFrom(m.Signature.AsSpan()),
            },
            b => new(b.Run, b.Neuron, b.Block, [.. b.PublicKey.Span], [.. b.Signature.Span]))
        { Kind = ParcelKind.Submission, Sender = Sender.Neuron },
        new BodyEntry<LedgerMessage.Leave, Wire.LeaveBody>(
            11, "leave",
            m => new()
            {
                Run = m.Run, Neuron = m.Neuron, Block = m.Block,
                Signature = ByteString.CopyFrom(m.Signature.AsSpan()),
            },
            b => new(b.Run, b.Neuron, b.Block, [.. b.Signature.Span]))
        { Kind = ParcelKind.Submission, Sender = Sender.Neuron },
    ];

    /// <summary>The table of these entries.</summary>
    public static WireTable Table { get; } = new(Conversations);

    static Wire.QueryBody Of(QueryId query) => new() { Caller = query.Caller, Sequence = query.Sequence };

    static QueryId To(Wire.QueryBody? query) => query is null ? default : new(query.Caller, query.Sequence);

    internal static Wire.RowBody Of(Mechanism.WeightRow row)
    {
        var body = new Wire.RowBody();
        body.Targets.AddRange(row.Targets.ToArray());
        body.Weights.AddRange(row.Values.ToArray());
        return body;
    }

    internal static Mechanism.WeightRow To(Wire.RowBody? row) =>
        Mechanism.WeightRow.Of([.. row?.Targets ?? []], [.. row?.Weights ?? []]);

    static Wire.BlockOpenedBody Of(LedgerMessage.BlockOpened m)
    {
        var body = new Wire.BlockOpenedBody
        {
            Height = m.Height, Count = m.Count, Stake = m.Stake, MaskStake = m.MaskStake, Row = Of(m.Row), Mu = m.Mu,
            Final = m.Final,
        };
        body.RowMu.AddRange(m.RowMu);
        body.Callers.AddRange(m.Callers);
        body.CallerBids.AddRange(m.CallerBids);
        if (m.Numbers is { } n)
        {
            body.Numbers = new Wire.NumbersBody
            {
                Alpha = n.Alpha, Tau = n.Tau, Step = n.Step, Epsilon = n.Epsilon, Temperature = n.Temperature,
            };
        }
        body.Members.AddRange(m.Members);
        return body;
    }

    static LedgerMessage.BlockOpened To(Wire.BlockOpenedBody b) =>
        b.RowMu.Count == (b.Row?.Targets.Count ?? 0) && b.Callers.Count == b.CallerBids.Count
            ? new(
                b.Height, b.Count, b.Stake, b.MaskStake, To(b.Row), [.. b.RowMu], [.. b.Callers], [.. b.CallerBids],
                b.Mu, b.Final)
            {
                Numbers = b.Numbers is { } n
                    ? new Mechanism.NeuronNumbers(n.Alpha, n.Tau, n.Step, n.Epsilon, n.Temperature)
                    : null,
                Members = [.. b.Members],
            }
            : throw new WireException(WireRefusal.BadValue, "a block's vectors are not of one length");
}
