namespace BitTensor.Parcels;

/// <summary>What is counted beside parcels. docs/RUN-FOLDER.md lists it, made from the summaries below.</summary>
public static class Happenings
{
    /// <summary>The kind of a query of one peer.</summary>
    public const string Query = "query";

    /// <summary>The kind of a training iteration.</summary>
    public const string Iteration = "iteration";

    /// <summary>Asked of one peer; ends as one of the following.</summary>
    public static CountName QueryAsked { get; } = CountName.Of(Query, "asked");

    /// <summary>Answered in time.</summary>
    public static CountName QueryAnswered { get; } = CountName.Of(Query, "answered");

    /// <summary>Answered with a tensor of the wrong shape or with values that are not finite.</summary>
    public static CountName QueryUnusable { get; } = CountName.Of(Query, "unusable");

    /// <summary>Nothing came in time.</summary>
    public static CountName QueryMissing { get; } = CountName.Of(Query, "missing");

    /// <summary>Asked because a peer before it in order had no room; <c>asked</c> counts it too.</summary>
    public static CountName QuerySpilled { get; } = CountName.Of(Query, "spilled");

    /// <summary>Asked though nobody needs the answer; <c>asked</c> does not count it.</summary>
    public static CountName QueryFlooded { get; } = CountName.Of(Query, "flooded");

    /// <summary>Asked of one peer for the student; <c>asked</c> does not count it.</summary>
    public static CountName QueryStudied { get; } = CountName.Of(Query, "studied");

    /// <summary>Asked of one peer about the query of another, at depth 2; <c>asked</c> does not count it.</summary>
    public static CountName QueryRecursed { get; } = CountName.Of(Query, "recursed");

    /// <summary>Answered, but no gradient was sent back.</summary>
    public static CountName QueryUntaught { get; } = CountName.Of(Query, "untaught");

    /// <summary>A peer was not asked because it had refused for want of room.</summary>
    public static CountName BackOffSpared { get; } = CountName.Of("back-off", "spared");

    /// <summary>The ledger's emulated disk failed to write a block; it is tried again.</summary>
    public static CountName StoreFailed { get; } = CountName.Of("store", "failed");

    /// <summary>It was due, but the one before had not ended: the neuron's compute is slower than its pace.</summary>
    public static CountName IterationSkipped { get; } = CountName.Of(Iteration, "skipped");

    /// <summary>On a cluster: the process of a neuron died before the neuron reported the block.</summary>
    public static CountName ReportMissing { get; } = CountName.Of("report", "missing");

    /// <summary>Refused by the server.</summary>
    public static CountName QueryRefused<TReason>(TReason reason)
        where TReason : struct, Enum => Refusals<TReason>.Of[reason];

    static class Refusals<TReason>
        where TReason : struct, Enum
    {
        public static readonly Dictionary<TReason, CountName> Of =
            Enum.GetValues<TReason>().ToDictionary(r => r, r => CountName.Of(Query, $"refused-{r}"));
    }
}
