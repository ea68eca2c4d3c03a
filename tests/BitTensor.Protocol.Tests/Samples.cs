using BitTensor.Mechanism;
using BitTensor.Protocol;
using CsCheck;

namespace BitTensor.Protocol.Tests;

/// <summary>Messages to send, drawn by CsCheck.</summary>
static class Samples
{
    static readonly Gen<QueryId> Query = Gen.Select(
        Gen.Int, Gen.Long, (caller, sequence) => new QueryId(caller, sequence));

    public static readonly Gen<Tensor> Tensors =
        from rows in Gen.Int[0, 40]
        from columns in Gen.Int[0, 40]
        from values in Gen.Single.Array[rows * columns]
        select new Tensor(rows, columns, values);

    static readonly Gen<WeightRow> Row =
        from targets in Gen.Int[0, 10_000].Array[0, 50]
        from values in Gen.Double.Array[targets.Distinct().Count()]
        select WeightRow.Of([.. targets.Distinct().Order()], values);

    static readonly Gen<byte[]> Signature = Gen.Byte.Array[64];

    static readonly Gen<LedgerMessage.BlockOpened> Block =
        from height in Gen.Long
        from numbers in Gen.Double.Array[4]
        from row in Row
        from mu in Gen.Double.Array[row.Count]
        from callers in Gen.Int.Array[0, 20]
        from bids in Gen.Double.Array[callers.Length]
        from final in Gen.Bool
        select new LedgerMessage.BlockOpened(
            height, row.Count, numbers[0], numbers[1], row, [.. mu], [.. callers], [.. bids], numbers[2], final);

    /// <summary>One generator per type of message that neurons and ledger exchange.</summary>
    public static readonly IReadOnlyDictionary<Type, Gen<object>> Conversations = new Dictionary<Type, Gen<object>>
    {
        [typeof(QueryMessage.Forward)] = Gen.Select(Query, Tensors, (q, t) => (object)new QueryMessage.Forward(q, t)),
        [typeof(QueryMessage.ForwardReply)] = Gen.Select(
            Query, Gen.Int, Tensors, (q, s, t) => (object)new QueryMessage.ForwardReply(q, s, t)),
        [typeof(QueryMessage.ForwardRefused)] =
            Gen.Select(
                Query, Gen.Int, Gen.Enum<ServingRefusal>(),
                (q, s, r) => (object)new QueryMessage.ForwardRefused(q, s, r)),
        [typeof(QueryMessage.Backward)] = Gen.Select(Query, Tensors, (q, t) => (object)new QueryMessage.Backward(q, t)),
        [typeof(LedgerMessage.SubmitWeights)] = Gen.Select(
            Gen.String, Gen.Int, Gen.Long, Row, Signature,
            (run, n, b, row, s) => (object)new LedgerMessage.SubmitWeights(run, n, b, row, [.. s])),
        [typeof(LedgerMessage.CommitWeights)] = Gen.Select(
            Gen.String, Gen.Int, Gen.Long, Gen.Byte.Array[32], Signature,
            (run, n, b, c, s) => (object)new LedgerMessage.CommitWeights(run, n, b, [.. c], [.. s])),
        [typeof(LedgerMessage.SubmissionAccepted)] = Gen.Select(
            Gen.Int, Gen.Long, (n, b) => (object)new LedgerMessage.SubmissionAccepted(n, b)),
        [typeof(LedgerMessage.SubmissionRefused)] =
            Gen.Select(
                Gen.Int, Gen.Long, Gen.Enum<Refusal>(),
                (n, b, r) => (object)new LedgerMessage.SubmissionRefused(n, b, r)),
        [typeof(LedgerMessage.BlockOpened)] = Block.Select(b => (object)b),
    };
}
