using System.Collections.Immutable;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>
/// Commitments to rows that are not yet revealed, at most one per neuron: a value that follows from the blocks. A
/// commitment of block b is for block b + k alone and lapses with that block, revealed or not.
/// </summary>
public sealed class OpenCommitments
{
    readonly ImmutableSortedDictionary<int, (long Block, ImmutableArray<byte> Commitment)> _open;

    OpenCommitments(ImmutableSortedDictionary<int, (long Block, ImmutableArray<byte> Commitment)> open) => _open = open;

    /// <summary>No open commitment.</summary>
    public static OpenCommitments None { get; } = new(
        ImmutableSortedDictionary<int, (long, ImmutableArray<byte>)>.Empty);

    /// <summary>True when a neuron has an open commitment.</summary>
    public bool Has(int neuron) => _open.ContainsKey(neuron);

    /// <summary>True when a submission reveals its neuron's commitment in the block it was made for.</summary>
    public bool Keeps(LedgerMessage.SubmitWeights submission) =>
        _open.TryGetValue(submission.Neuron, out var open) && open.Block == submission.Block
        && open.Commitment.AsSpan().SequenceEqual(SubmissionSignature.Commitment(submission));

    /// <summary>The commitments that are open after a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="revealAfter">k, blocks from a commitment to its row.</param>
    public OpenCommitments After(LedgerBlock block, int revealAfter)
    {
        var open = _open.ToBuilder();
        open.RemoveRange(_open.Where(o => o.Value.Block <= block.Height).Select(o => o.Key));
        foreach (var entry in block.Commitments.Where(e => e.Refused is null))
        {
            open[entry.Commit.Neuron] = (block.Height + revealAfter, entry.Commit.Commitment);
        }
        return new OpenCommitments(open.ToImmutable());
    }
}
