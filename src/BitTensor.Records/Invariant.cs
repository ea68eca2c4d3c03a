namespace BitTensor.Records;

/// <summary>The invariants of a run, by their names in <c>docs/RELIABILITY.md</c>.</summary>
public enum Invariant
{
    /// <summary>
    /// What a block mints is tau |R|_1 / |R|_2, eq. (6), or tau under l1; stake grows by just that and is never
    /// negative.
    /// </summary>
    Emission,

    /// <summary>Every row of W is on the probability simplex.</summary>
    RowsOnSimplex,

    /// <summary>No row moves by more than epsilon in one block.</summary>
    BoundedStep,

    /// <summary>
    /// A row changes by one accepted submission of its owner, at most once per block, and not otherwise.
    /// </summary>
    OneOwner,

    /// <summary>A block names the hash of the one before, and its own is the hash of its content.</summary>
    HashChain,

    /// <summary>Nothing in W, S, R or the emission is NaN or infinite.</summary>
    Finite,

    /// <summary>
    /// Per kind of message: what began = what ended + what is on its way, which is never negative and nothing at the
    /// end.
    /// </summary>
    Accounting,

    /// <summary>When all faults are over, queries are answered again.</summary>
    Progress,
}
