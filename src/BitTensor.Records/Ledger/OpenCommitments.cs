using System.Collections.Immutable;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>
/// Rows that neurons have committed to and not yet shown, at most one per neuron: a value that follows from the blocks.
/// A commitment of block b is for block b + k alone; whether its row is shown there or not, it lapses with it.
/// </summary>
public sealed class OpenCommitments
{
    readonly ImmutableSortedDictionary<int, (long Block, ImmutableArray<byte> Commitment)> _open;

    OpenCommitments(ImmutableSortedDictionary<int, (long Block, ImmutableArray<byte> Commitment)> open) => _open = open;

    /// <summary>Nobody has committed to anything.</summary>
    public static OpenCommitments None { get; } = new(
        ImmutableSortedDictionary<int, (long, ImmutableArray<byte>)>.Empty);

    /// <summary>True when a neuron's row is to be shown in the open block or a later one.</summary>
    public bool Has(int neuron) => _open.ContainsKey(neuron);

    /// <summary>
    /// True when a submission is the one its neuron committed to, in the block it committed to it for.
    /// </summary>
    public bool Keeps(LedgerMessage.SubmitWeights submission) =>
        _open.TryGetValue(submission.Neuron, out var open) && open.Block == submission.Block
        && open.Commitment.AsSpan().SequenceEqual(SubmissionSignature.Commitment(submission));

    /// <summary>What is open after a block.</summary>
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
