using BitTensor.Mechanism;
using BitTensor.Records;

namespace BitTensor.Actors.Ledger;

/// <summary>Where a ledger begins: at its header, or after the last block that is durable.</summary>
/// <param name="Header">The header, with the keys that neurons have registered.</param>
/// <param name="Market">The market of the open block.</param>
/// <param name="PreviousHash">Hash of the block before, or of the header.</param>
/// <param name="At">Emulated time of the block before.</param>
/// <param name="Promised">Rows neurons have committed to.</param>
sealed record LedgerStart(
    LedgerHeader Header, Market Market, string PreviousHash, TimeSpan At, OpenCommitments Promised)
{
    /// <summary>A ledger without a block.</summary>
    public static LedgerStart Of(LedgerHeader header) =>
        new(header, header.Genesis(), header.Hash(), TimeSpan.Zero, OpenCommitments.None);

    /// <summary>A ledger with the blocks it has: the market closes each of them again on its accepted rows.</summary>
    public static LedgerStart After(LedgerHeader header, IEnumerable<LedgerBlock> blocks) =>
        blocks.Aggregate(Of(header), After);

    static LedgerStart After(LedgerStart start, LedgerBlock block)
    {
        var close = start.Market.Close(
            [.. block.Submissions.Where(e => e.Refused is null)
                .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row))],
            [.. block.Joined.Select(j => j.Neuron)], [.. block.Left]).Setting(block.Set);
        return new(
            start.Header.With(block), close.Next, block.Hash, TimeSpan.FromMilliseconds(block.AtMs),
            start.Promised.After(block, start.Header.Parameters.RevealAfter));
    }
}
