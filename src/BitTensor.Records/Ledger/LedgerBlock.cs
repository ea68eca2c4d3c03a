using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>A submission and the judgement on it.</summary>
/// <param name="Arrival">Counts the arrivals of one block from 0.</param>
/// <param name="From">Sender's address in the emulated network.</param>
/// <param name="Submission">The submission as it arrived.</param>
/// <param name="Refused">Reason of the refusal; null when accepted.</param>
public sealed record SubmissionEntry(long Arrival, int From, LedgerMessage.SubmitWeights Submission, Refusal? Refused);

/// <summary>A commitment to a row and the judgement on it.</summary>
/// <param name="Arrival">Counts the commitments of one block from 0.</param>
/// <param name="From">Sender's address in the emulated network.</param>
/// <param name="Commit">The commitment as it arrived.</param>
/// <param name="Refused">Reason of the refusal; null when accepted.</param>
public sealed record CommitmentEntry(long Arrival, int From, LedgerMessage.CommitWeights Commit, Refusal? Refused);

/// <summary>A registration and the judgement on it.</summary>
/// <param name="Arrival">Counts the registrations of one block from 0.</param>
/// <param name="From">Sender's address in the emulated network.</param>
/// <param name="Register">The registration as it arrived.</param>
/// <param name="Refused">Reason of the refusal; null when accepted.</param>
/// <param name="Index">Index that the neuron got; null when refused, and before the block closes.</param>
/// <param name="Replaced">The neuron that had the index and is registered no longer; null for a free index.</param>
public sealed record RegistrationEntry(
    long Arrival, int From, LedgerMessage.Register Register, Refusal? Refused, int? Index, int? Replaced = null);

/// <summary>A leaving and the judgement on it.</summary>
/// <param name="Arrival">Counts the leavings of one block from 0.</param>
/// <param name="From">Sender's address in the emulated network.</param>
/// <param name="Leave">The leaving as it arrived.</param>
/// <param name="Refused">Reason of the refusal; null when accepted.</param>
public sealed record LeavingEntry(long Arrival, int From, LedgerMessage.Leave Leave, Refusal? Refused);

/// <summary>One closed block of the hash chain.</summary>
/// <param name="Height">Height; 0 is the genesis block.</param>
/// <param name="AtMs">Emulated time of the close, ms since the start.</param>
/// <param name="PreviousHash">Hash of the block before, or of the header.</param>
/// <param name="Hash">SHA-256 over everything in this block and <paramref name="PreviousHash"/>, lowercase hex.</param>
/// <param name="Submissions">All submissions that arrived, in the order of arrival.</param>
/// <param name="Stake">S^t that weighted the rank, shape n.</param>
/// <param name="Rank">R, eq. (5), shape n.</param>
/// <param name="Emission">Increment of each stake by eq. (6), shape n.</param>
/// <param name="Mint">Sum of <paramref name="Emission"/>.</param>
public sealed record LedgerBlock(
    long Height, double AtMs, string PreviousHash, string Hash, ImmutableArray<SubmissionEntry> Submissions,
    ImmutableArray<double> Stake, ImmutableArray<double> Rank, ImmutableArray<double> Emission, double Mint)
{
    /// <summary>All commitments that arrived, in the order of arrival; empty where rows need no commitment.</summary>
    public ImmutableArray<CommitmentEntry> Commitments { get; init; } = [];

    /// <summary>tau of eq. (6) in this block. The blocks before say it, and the emission follows from it.</summary>
    public double Tau { get; init; }

    /// <summary>Numbers of the mechanism that the ledger set, in force from the next block; null for none.</summary>
    public MechanismChange? Set { get; init; }

    /// <summary>
    /// All registrations that arrived, in the order of arrival; empty in a closed network. A block makes the accepted
    /// ones before it computes the rank.
    /// </summary>
    public ImmutableArray<RegistrationEntry> Registrations { get; init; } = [];

    /// <summary>
    /// All leavings that arrived, in the order of arrival; empty in a closed network. A block makes the accepted ones
    /// before its registrations.
    /// </summary>
    public ImmutableArray<LeavingEntry> Leavings { get; init; } = [];

    /// <summary>The neurons that left in the block, in the order of arrival.</summary>
    public IEnumerable<int> Left => Leavings.Where(e => e.Refused is null).Select(e => e.Leave.Neuron);

    /// <summary>The neurons that the block removed: those that left, and those that were replaced.</summary>
    public IReadOnlySet<int> Gone =>
        new HashSet<int>([.. Left, .. Joined.Select(j => j.Replaced).OfType<int>()]);

    /// <summary>The neurons that the block registered, in the order of arrival.</summary>
    public IEnumerable<Registration> Joined => Registrations
        .Where(e => e.Index is not null)
        .Select(e => new Registration(e.Register.Neuron, e.Index!.Value, e.Replaced));

    /// <summary>Makes a block with its hash from the result of a close.</summary>
    public static LedgerBlock Seal(
        long height, double atMs, string previousHash, MarketClose close, IReadOnlyList<SubmissionEntry> submissions,
        IReadOnlyList<CommitmentEntry>? commitments = null, IReadOnlyList<RegistrationEntry>? registrations = null,
        IReadOnlyList<LeavingEntry>? leavings = null)
    {
        using var bytes = new CanonicalHash("BitTensor.Actors/Block/1");
        bytes.Add(previousHash).Add(height).Add(atMs).Add(submissions.Count);
        foreach (var (arrival, from, submission, refused) in submissions)
        {
            bytes.Add(arrival).Add(from).Add(refused is { } reason ? reason.ToString() : "");
            bytes.Add(SubmissionSignature.CanonicalBytes(
                submission.Run, submission.Neuron, submission.Block, submission.Row));
            bytes.Add(submission.Signature.AsSpan());
        }
        foreach (var (arrival, from, commit, refused) in commitments ?? [])
        {
            bytes.Add("commitment").Add(arrival).Add(from).Add(refused is { } reason ? reason.ToString() : "");
            bytes.Add(SubmissionSignature.CommitmentBytes(
                commit.Run, commit.Neuron, commit.Block, commit.Commitment.AsSpan()));
            bytes.Add(commit.Signature.AsSpan());
        }
        if (close.Set is { } set)
        {
            Add(bytes, set);
        }
        foreach (var (arrival, from, register, refused, index, replaced) in registrations ?? [])
        {
            bytes.Add("registration").Add(arrival).Add(from).Add(refused is { } reason ? reason.ToString() : "");
            bytes.Add(SubmissionSignature.RegistrationBytes(
                register.Run, register.Neuron, register.Block, register.PublicKey.AsSpan()));
            bytes.Add(register.Signature.AsSpan()).Add(index ?? -1L).Add(replaced ?? -1L);
        }
        foreach (var (arrival, from, leave, refused) in leavings ?? [])
        {
            bytes.Add("leaving").Add(arrival).Add(from).Add(refused is { } reason ? reason.ToString() : "");
            bytes.Add(SubmissionSignature.LeavingBytes(leave.Run, leave.Neuron, leave.Block));
            bytes.Add(leave.Signature.AsSpan());
        }
        bytes.Add(close.Stake).Add(close.Rank).Add(close.Emission).Add(close.Mint).Add(close.Next.Stake);
        return new LedgerBlock(
            height, atMs, previousHash, bytes.Hex(), [.. submissions], [.. close.Stake], [.. close.Rank],
            [.. close.Emission], close.Mint)
        {
            Commitments = [.. commitments ?? []], Registrations = [.. registrations ?? []],
            Leavings = [.. leavings ?? []], Tau = close.Tau, Set = close.Set,
        };
    }

    static void Add(CanonicalHash bytes, MechanismChange set)
    {
        bytes.Add("set");
        foreach (var number in new[] { set.Alpha, set.Tau, set.Step, set.Epsilon, set.Temperature })
        {
            bytes.Add(number is null ? 0 : 1).Add(number ?? 0);
        }
        bytes.Add(set.Norm?.ToString() ?? "").Add(set.Rule?.ToString() ?? "");
    }
}
