using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Mechanism;

namespace BitTensor.Records;

/// <summary>
/// The invariants of a block, for any submissions. Checked before a block is written, by other code than the code that
/// made it. Pure; time is proportional to the entries of W.
/// </summary>
public static class LedgerInvariants
{
    // Sums of n products differ by the order of addition.
    internal const double Relative = 1e-9;

    // 2^-1022: numbers below it have fewer digits.
    const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>The first invariant that does not hold; null when all do.</summary>
    /// <param name="before">The market the block closed on.</param>
    /// <param name="after">The market after it.</param>
    /// <param name="block">The block.</param>
    /// <param name="previousHash">Hash of the block before, or of the header.</param>
    public static Violation? Check(Market before, Market after, LedgerBlock block, string previousHash) =>
        First(before, after, block, previousHash) is { } found ? found with { State = StateOf(block) } : null;

    static Violation? First(Market before, Market after, LedgerBlock block, string previousHash) =>
        Finite(after, block) ?? Emission(before, after, block) ?? Rows(before, after, block)
        ?? (before.Registry is null ? null : Members(before, after, block)) ?? Chain(after, block, previousHash);

    static Violation? Finite(Market after, LedgerBlock block)
    {
        for (var i = 0; i < after.Count; i++)
        {
            var (stake, rank, emission, row) = (
                block.Stake[i], block.Rank[i], block.Emission[i], Sum(after.Row(i).Values));
            if (!double.IsFinite(stake + rank + emission + after.Stake[i] + row))
            {
                return Broken(
                    Invariant.Finite, block, i,
                    $"stake {stake}, rank {rank}, emission {emission}, sum of its row {row}");
            }
        }
        return null;
    }

    static Violation? Emission(Market before, Market after, LedgerBlock block)
    {
        var parameters = before.Parameters;
        // Scaled to 1: the ratio of the norms does not depend on it, and squares of tiny ranks would be 0.
        var largest = block.Rank.Max(Math.Abs);
        double[] rank = [.. block.Rank.Select(r => largest > 0 ? r / largest : 0)];
        var (l1, l2) = (Sum(rank), Math.Sqrt(rank.Sum(r => r * r)));
        var size = parameters.Norm == InflationNorm.L1 ? l1 : l2;
        var wanted = parameters.Emission && size > 0 ? parameters.Tau * l1 / size : 0;
        if (parameters.Rule.StatesEmission && parameters.Emission)
        {
            wanted = Sum(block.Emission.AsSpan());
        }
        if (!Near(block.Mint, wanted) || !Near(Sum(block.Emission.AsSpan()), wanted))
        {
            return Broken(
                Invariant.Emission, block, null, $"{block.Mint:R} is minted, but tau |R|_1 / |R| is {wanted:R}");
        }
        var fees = FeesOf(before, block);
        for (var i = 0; i < after.Count; i++)
        {
            var share = parameters.Rule.StatesEmission && parameters.Emission ? block.Emission[i]
                : l1 > 0 ? wanted * rank[i] / l1 : 0;
            if (!Near(block.Emission[i], share) || block.Stake[i] != before.Stake[i] - fees[i]
                || after.Stake[i] != block.Stake[i] + block.Emission[i])
            {
                return Broken(
                    Invariant.Emission, block, i,
                    $"stake goes from {before.Stake[i]:R} to {after.Stake[i]:R}, but the emission is {share:R}");
            }
            if (after.Stake[i] < 0 || block.Emission[i] < 0 || block.Rank[i] < 0)
            {
                return Broken(
                    Invariant.Emission, block, i,
                    $"stake {after.Stake[i]:R}, emission {block.Emission[i]:R} or rank {block.Rank[i]:R} is negative");
            }
        }
        return null;
    }

    /// <summary>
    /// What the block takes from the stake of each id, shape n: fees of first rows, all stake of a neuron that
    /// leaves or is replaced, and as a negative number what a neuron brings that registers.
    /// </summary>
    static double[] FeesOf(Market before, LedgerBlock block)
    {
        var fees = new double[before.Count];
        foreach (var entry in block.Submissions.Where(e => e.Refused is null))
        {
            fees[entry.Submission.Neuron] = before.FeeOf(entry.Submission.Neuron);
        }
        foreach (var entry in block.Registrations.Where(e => e.Refused is null))
        {
            var purse = before.Registry!.PurseOf(entry.Register.Neuron);
            fees[entry.Register.Neuron] = -(purse - before.Price);
        }
        foreach (var gone in block.Gone)
        {
            fees[gone] = before.Stake[gone];
        }
        return fees;
    }

    /// <summary>A neuron has a row when it is registered; one that registers begins on itself.</summary>
    static Violation? Members(Market before, Market after, LedgerBlock block)
    {
        var joined = block.Joined.Select(j => j.Neuron).ToHashSet();
        var gone = block.Gone;
        for (var i = 0; i < after.Count; i++)
        {
            var row = after.Row(i);
            var isJoining = joined.Contains(i);
            var isRight = after.IsMember(i) == ((before.IsMember(i) && !gone.Contains(i)) || isJoining)
                && (!isJoining || (!before.IsMember(i) && row.Equals(WeightRow.Uniform([i]))))
                && (row.Count > 0) == after.IsMember(i) && after.HasMembers(row);
            if (!isRight)
            {
                return Broken(
                    Invariant.Membership, block, i,
                    isJoining ? "it registers, but its row is not on itself"
                        : "its row, or whom its row names, does not fit who is registered");
            }
        }
        return after.Members <= (after.Parameters.Membership?.Capacity ?? int.MaxValue)
            ? null
            : Broken(
                Invariant.Membership, block, null, $"{after.Members} neurons are registered, more than there is room");
    }

    static Violation? Rows(Market before, Market after, LedgerBlock block)
    {
        var gone = block.Gone;
        var accepted = block.Submissions.Where(e => e.Refused is null).ToLookup(e => e.Submission.Neuron);
        for (var i = 0; i < after.Count; i++)
        {
            var (was, row) = (before.Row(i), after.Row(i));
            if (!before.IsMember(i) || gone.Contains(i))
            {
                continue;
            }
            if (Admission.JudgeRow(row, after.Count) is { } refusal && !(row.IsZero && was.IsZero))
            {
                return Broken(
                    Invariant.RowsOnSimplex, block, i, $"the row is {refusal}: it sums to {Sum(row.Values):R}");
            }
            var entries = accepted[i].ToArray();
            if (entries.Length > 1 || Array.Exists(entries, e => e.From != i))
            {
                var owners = string.Join(", ", entries.Select(e => e.From));
                return Broken(
                    Invariant.OneOwner, block, i, $"{entries.Length} submissions are accepted, from {owners}");
            }
            // Entries for those who are gone are cleared, whoever submitted them.
            var wanted = entries.Length == 1 ? entries[0].Submission.Row : was;
            if (!row.Equals(wanted.Without(i, gone)))
            {
                return Broken(
                    Invariant.OneOwner, block, i,
                    entries.Length == 1
                        ? "the row is not the one its owner submitted"
                        : "the row changes without a submission");
            }
            var step = Admission.StepOf(was, wanted);
            if (step > before.Parameters.Epsilon * (1 + Relative))
            {
                return Broken(
                    Invariant.BoundedStep, block, i,
                    $"the row moves by {step:R}, more than epsilon {before.Parameters.Epsilon:R}");
            }
        }
        return null;
    }

    static Violation? Chain(Market after, LedgerBlock block, string previousHash)
    {
        if (block.PreviousHash != previousHash || block.Height != after.Height - 1)
        {
            return Broken(
                Invariant.HashChain, block, null,
                $"it follows {block.PreviousHash} at height {block.Height}, not {previousHash} at {after.Height - 1}");
        }
        var close = new MarketClose(after, [.. block.Stake], [.. block.Rank], [.. block.Emission], block.Mint)
        {
            Set = block.Set,
        };
        var hash = LedgerBlock.Seal(
            block.Height, block.AtMs, previousHash, close, block.Submissions, block.Commitments,
            block.Registrations, block.Leavings).Hash;
        return hash == block.Hash
            ? null
            : Broken(Invariant.HashChain, block, null, $"its hash is {block.Hash}, but that of its content is {hash}");
    }

    static Violation Broken(Invariant invariant, LedgerBlock block, int? neuron, FormattableString what) =>
        new(invariant, block.Height, neuron, what.ToString(CultureInfo.InvariantCulture), []);

    static Violation Broken(Invariant invariant, LedgerBlock block, int? neuron, string what) =>
        new(invariant, block.Height, neuron, what, []);

    static ImmutableArray<string> StateOf(LedgerBlock block)
    {
        static string Numbers(ImmutableArray<double> values) =>
            string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
        return
        [
            $"stake {Numbers(block.Stake)}", $"rank {Numbers(block.Rank)}", $"emission {Numbers(block.Emission)}",
            .. block.Submissions.Select(e =>
                $"submission {e.Arrival} from {e.From} for neuron {e.Submission.Neuron}: "
                + $"{e.Refused?.ToString() ?? "accepted"}"),
        ];
    }

    static bool Near(double a, double b) =>
        Math.Abs(a - b) <= Math.Max(Relative * Math.Max(Math.Abs(a), Math.Abs(b)), SmallestNormal);

    static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }
        return sum;
    }
}
