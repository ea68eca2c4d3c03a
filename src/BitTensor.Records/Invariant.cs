namespace BitTensor.Records;

/// <summary>The invariants of a run, by their names in <c>docs/RELIABILITY.md</c>.</summary>
public enum Invariant
{
    /// <summary>
    /// A block mints tau |R|_1 / |R|_2, eq. (6), or tau under l1. Stake grows by exactly that and is never negative.
    /// </summary>
    Emission,

    /// <summary>Every row of W is on the probability simplex.</summary>
    RowsOnSimplex,

    /// <summary>No row moves by more than epsilon in one block.</summary>
    BoundedStep,

    /// <summary>A row changes only by an accepted submission of its owner, at most one per block.</summary>
    OneOwner,

    /// <summary>
    /// In an open network a neuron has a row when it is registered, one that registers begins on itself, rows name
    /// registered neurons alone, and no more than the capacity are registered.
    /// </summary>
    Membership,

    /// <summary>A block names the hash of its predecessor, and its own hash is the hash of its content.</summary>
    HashChain,

    /// <summary>Nothing in W, S, R or the emission is NaN or infinite.</summary>
    Finite,

    /// <summary>
    /// Per kind: messages begun = messages ended + messages in flight; in flight is never negative, and 0 at the end.
    /// </summary>
    Accounting,

    /// <summary>When all faults are over, queries are answered again.</summary>
    Progress,
}
