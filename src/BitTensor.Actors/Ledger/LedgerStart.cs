using BitTensor.Mechanism;
using BitTensor.Records;

namespace BitTensor.Actors.Ledger;

/// <summary>Where a ledger begins: at its header, or after the last block that is durable.</summary>
/// <param name="Market">The market of the open block.</param>
/// <param name="PreviousHash">Hash of the block before, or of the header.</param>
/// <param name="At">Emulated time of the block before.</param>
/// <param name="Promised">Rows neurons have committed to.</param>
sealed record LedgerStart(Market Market, string PreviousHash, TimeSpan At, OpenCommitments Promised)
{
    /// <summary>A ledger without a block.</summary>
    public static LedgerStart Of(LedgerHeader header) =>
        new(header.Genesis(), header.Hash(), TimeSpan.Zero, OpenCommitments.None);

    /// <summary>
    /// A ledger with the blocks it has: rows from the accepted submissions, stake from the last emission, bonds from
    /// the rows and stake of every block.
    /// </summary>
    public static LedgerStart After(LedgerHeader header, IEnumerable<LedgerBlock> blocks)
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
            Market.At(last.Height + 1, rows, stake, header.Parameters, registered).With(bonds), last.Hash,
            TimeSpan.FromMilliseconds(last.AtMs), promised);
    }
}
