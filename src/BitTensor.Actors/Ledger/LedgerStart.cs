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

    /// <summary>
    /// A ledger with the blocks it has: rows from the accepted submissions, stake from the last emission, bonds from
    /// the rows and stake of every block.
    /// </summary>
    public static LedgerStart After(LedgerHeader header, IEnumerable<LedgerBlock> blocks) =>
        header.Parameters.Membership is null ? AfterClosed(header, blocks) : blocks.Aggregate(Of(header), After);

    /// <summary>In an open network, where whoever holds what outside follows from all blocks: the next start.</summary>
    static LedgerStart After(LedgerStart start, LedgerBlock block)
    {
        var close = start.Market.Close(
            [.. block.Submissions.Where(e => e.Refused is null)
                .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row))],
            [.. block.Joined.Select(j => j.Neuron)]);
        return new(
            start.Header.With(block), close.Next, block.Hash, TimeSpan.FromMilliseconds(block.AtMs),
            start.Promised.After(block, start.Header.Parameters.RevealAfter));
    }

    static LedgerStart AfterClosed(LedgerHeader header, IEnumerable<LedgerBlock> blocks)
    {
        var rows = header.Neurons.Select(n => n.Row).ToArray();
        LedgerBlock? last = null;
        var (promised, registered, rule) = (OpenCommitments.None, new HashSet<int>(), header.Parameters.Rule);
        Bonds? bonds = null;
        foreach (var block in blocks)
        {
            foreach (var entry in block.Submissions.Where(e => e.Refused is null))
            {
                rows[entry.Submission.Neuron] = entry.Submission.Row;
                registered.Add(entry.Submission.Neuron);
            }
            bonds = rule.HasBonds ? rule.Pay(rows, block.Stake.AsSpan(), bonds).Bonds : null;
            promised = promised.After(block, header.Parameters.RevealAfter);
            last = block;
        }
        if (last is null)
        {
            return Of(header);
        }
        var stake = last.Stake.Select((s, i) => s + last.Emission[i]).ToArray();
        return new LedgerStart(
            header, Market.At(last.Height + 1, rows, stake, header.Parameters, registered).With(bonds), last.Hash,
            TimeSpan.FromMilliseconds(last.AtMs), promised);
    }
}
