using BitTensor.Mechanism;

namespace BitTensor.Records;

/// <summary>Result of a verification.</summary>
/// <param name="Ok">True when every block follows from its submissions and the block before.</param>
/// <param name="Blocks">Blocks verified, genesis included.</param>
/// <param name="Submissions">Submissions judged in them.</param>
/// <param name="Head">
/// Hash of the last verified block: ledgers with the same head are the same; null without a block.
/// </param>
/// <param name="Problem">The first fault, with block and neuron; null without one.</param>
public sealed record LedgerVerification(bool Ok, long Blocks, long Submissions, string? Head, string? Problem);

/// <summary>
/// Recomputes a ledger from nothing but its header and the submissions: every signature, every admission, every rank
/// and emission bit by bit, every hash.
/// </summary>
public static class LedgerVerifier
{
    /// <summary>Verifies the ledger file at <paramref name="path"/>.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public static LedgerVerification Verify(string path) => Verify(() => LedgerReader.Open(path));

    /// <summary>Verifies the ledger at <paramref name="place"/>.</summary>
    /// <exception cref="System.Data.Common.DbException">The place cannot be reached.</exception>
    public static LedgerVerification Verify(LedgerPlace place) => Verify(() => LedgerReader.Open(place));

    static LedgerVerification Verify(Func<LedgerReader> open)
    {
        var found = new LedgerVerification(true, 0, 0, null, null);
        try
        {
            using var reader = open();
            var (header, market, promised) = (reader.Header, reader.Header.Genesis(), OpenCommitments.None);
            foreach (var block in reader.Blocks())
            {
                var previous = found.Head ?? reader.Header.Hash();
                if (Check(header, market, promised, previous, block, out var next) is { } problem)
                {
                    return found with { Ok = false, Problem = $"block {block.Height}: {problem}" };
                }
                (market, promised) = (next!, promised.After(block, header.Parameters.RevealAfter));
                header = header.With(block);
                found = found with
                {
                    Blocks = found.Blocks + 1,
                    Submissions = found.Submissions + block.Submissions.Length,
                    Head = block.Hash,
                };
            }
            var end = found.Blocks == 0 ? "there is no block, not even the genesis block"
                : reader.CountStrays() is > 0 and var strays
                    ? $"{strays} submission(s), commitment(s) or registration(s) belong to no block"
                : null;
            return found with { Ok = end is null, Problem = end };
        }
        catch (LedgerException damage)
        {
            return found with { Ok = false, Problem = damage.Message };
        }
        catch (RuleException broken)
        {
            return found with { Ok = false, Problem = $"block {found.Blocks}: {broken.Message}" };
        }
        catch (ArgumentException damage)
        {
            return found with { Ok = false, Problem = $"header: {damage.Message}" };
        }
    }

    static string? Check(
        LedgerHeader header, Market market, OpenCommitments promised, string previous, LedgerBlock block,
        out Market? next)
    {
        next = null;
        if (block.Height != market.Height)
        {
            return $"expected height {market.Height}";
        }
        if (block.PreviousHash != previous)
        {
            return block.Height == 0
                ? "its previous hash is not the hash of run and neurons: one of them is not what the ledger was "
                    + "founded on"
                : "its previous hash is not the hash of the block before";
        }
        var admitted = new HashSet<int>();
        foreach (var entry in block.Submissions)
        {
            if (CheckEntry(header, market, promised, entry, admitted) is { } problem)
            {
                return problem;
            }
        }
        var committed = new HashSet<int>();
        foreach (var entry in block.Commitments)
        {
            if (CheckEntry(header, market, promised, entry, committed) is { } problem)
            {
                return problem;
            }
        }
        var registering = new HashSet<int>();
        foreach (var entry in block.Registrations)
        {
            if (CheckEntry(header, market, entry, registering) is { } problem)
            {
                return problem;
            }
        }
        var leaving = new HashSet<int>();
        foreach (var entry in block.Leavings)
        {
            if (CheckEntry(header, market, entry, leaving) is { } problem)
            {
                return problem;
            }
        }
        var changes = block.Submissions.Where(e => e.Refused is null).OrderBy(e => e.Submission.Neuron);
        var close = market.Close(
            [.. changes.Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row))],
            [.. block.Registrations.Where(e => e.Refused is null).Select(e => e.Register.Neuron)],
            [.. block.Left]).Setting(block.Set);
        next = close.Next;
        return (close.Joined.SequenceEqual(block.Joined) ? null : "it gives neurons other indices than it must")
            ?? Conserved(market, close)
            ?? Differs("stake", close.Stake, block.Stake.AsSpan())
            ?? Differs("rank", close.Rank, block.Rank.AsSpan())
            ?? Differs("emission", close.Emission, block.Emission.AsSpan())
            ?? (Same(close.Mint, block.Mint) ? null : $"mint is {close.Mint:R} but the ledger says {block.Mint:R}")
            ?? (Same(close.Tau, block.Tau) ? null : $"tau is {close.Tau:R} but the ledger says {block.Tau:R}")
            ?? (
                LedgerBlock.Seal(
                    block.Height, block.AtMs, previous, close, block.Submissions, block.Commitments,
                    block.Registrations, block.Leavings).Hash == block.Hash
                ? null : "its hash is not the hash of its content");
    }

    static string? CheckEntry(
        LedgerHeader header, Market market, OpenCommitments promised, SubmissionEntry entry, HashSet<int> admitted)
    {
        var judged = SubmissionJudge.Judge(header, market, promised, admitted, entry.From, entry.Submission);
        return Compare(
            $"submission {entry.Arrival} of neuron {entry.Submission.Neuron}", judged, entry.Refused, admitted,
            entry.Submission.Neuron);
    }

    static string? CheckEntry(
        LedgerHeader header, Market market, OpenCommitments promised, CommitmentEntry entry, HashSet<int> committed)
    {
        var judged = SubmissionJudge.Judge(header, market, promised, committed, entry.From, entry.Commit);
        return Compare(
            $"commitment {entry.Arrival} of neuron {entry.Commit.Neuron}", judged, entry.Refused, committed,
            entry.Commit.Neuron);
    }

    static string? CheckEntry(
        LedgerHeader header, Market market, RegistrationEntry entry, HashSet<int> registering)
    {
        var judged = SubmissionJudge.Judge(header, market, registering, entry.From, entry.Register);
        return Compare(
            $"registration {entry.Arrival} of neuron {entry.Register.Neuron}", judged, entry.Refused, registering,
            entry.Register.Neuron);
    }

    static string? CheckEntry(LedgerHeader header, Market market, LeavingEntry entry, HashSet<int> leaving)
    {
        var judged = SubmissionJudge.Judge(header, market, leaving, entry.From, entry.Leave);
        return Compare(
            $"leaving {entry.Arrival} of neuron {entry.Leave.Neuron}", judged, entry.Refused, leaving,
            entry.Leave.Neuron);
    }

    /// <summary>
    /// All stake there is, in S and outside, changes by what is minted and what is burned, and by nothing else.
    /// </summary>
    static string? Conserved(Market before, MarketClose close)
    {
        var (was, now) = (before.Wealth, close.Next.Wealth);
        var wanted = was + close.Mint - close.Burned;
        return Math.Abs(now - wanted) <= LedgerInvariants.Relative * Math.Max(was, now)
            ? null
            : $"all stake goes from {was:R} to {now:R}, but {close.Mint:R} is minted and {close.Burned:R} burned";
    }

    static string? Compare(string what, Refusal? judged, Refusal? recorded, HashSet<int> admitted, int neuron)
    {
        if (judged != recorded)
        {
            return $"{what} is {judged?.ToString() ?? "acceptable"} but the ledger says "
                + $"{recorded?.ToString() ?? "accepted"}";
        }
        if (recorded is null)
        {
            admitted.Add(neuron);
        }
        return null;
    }

    static string? Differs(string what, double[] computed, ReadOnlySpan<double> recorded)
    {
        if (computed.Length != recorded.Length)
        {
            return $"{what} has {recorded.Length} entries, not {computed.Length}";
        }
        for (var i = 0; i < computed.Length; i++)
        {
            if (!Same(computed[i], recorded[i]))
            {
                return $"{what} of neuron {i} is {computed[i]:R} but the ledger says {recorded[i]:R}";
            }
        }
        return null;
    }

    static bool Same(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);
}
