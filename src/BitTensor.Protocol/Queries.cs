namespace BitTensor.Protocol;

/// <summary>Names one query: the caller's id and the caller's own count of queries.</summary>
/// <param name="Caller">Neuron that asked.</param>
/// <param name="Sequence">Counts the caller's queries from 0.</param>
public readonly record struct QueryId(int Caller, long Sequence);

/// <summary>
/// Why a neuron does not answer a query, or does not learn from a gradient. Names are part of the protocol.
/// </summary>
public enum ServingRefusal
{
    /// <summary>The tensor's shape is not what the neuron serves.</summary>
    BadShape,

    /// <summary>The tensor holds a value that is NaN or infinite.</summary>
    NotFinite,

    /// <summary>The query names another neuron as its caller than the one that sent it.</summary>
    WrongCaller,

    /// <summary>The neuron has not seen a block yet, so it knows no mask for anybody.</summary>
    NotReady,

    /// <summary>As many queries as the neuron may hold open are waiting for their answer.</summary>
    Busy,

    /// <summary>The query has waited for a worker longer than the neuron lets any wait.</summary>
    TimedOut,

    /// <summary>Others who put more stake on the neuron took its room.</summary>
    Outbid,
}

/// <summary>The conversation between two neurons (section 1.6, steps 2 and 3).</summary>
public abstract record QueryMessage
{
    QueryMessage(QueryId query) => Query = query;

    /// <summary>The query this message belongs to.</summary>
    public QueryId Query { get; }

    /// <summary>Caller to server: represent this batch, shape batch x features.</summary>
    /// <param name="Query">The query.</param>
    /// <param name="Batch">x, shape batch x features.</param>
    /// <param name="Last">True where the server answers without querying on.</param>
    public sealed record Forward(QueryId Query, Tensor Batch, bool Last = false) : QueryMessage(Query);

    /// <summary>Server to caller: the masked representation, m_ij f_j(x), shape batch x width.</summary>
    public sealed record ForwardReply(QueryId Query, int Server, Tensor Output) : QueryMessage(Query);

    /// <summary>Server to caller: not answered, and why.</summary>
    public sealed record ForwardRefused(QueryId Query, int Server, ServingRefusal Reason) : QueryMessage(Query);

    /// <summary>Caller to server: dL/dY of the reply Y, same shape; the server learns from it.</summary>
    public sealed record Backward(QueryId Query, Tensor Gradient) : QueryMessage(Query);
}
