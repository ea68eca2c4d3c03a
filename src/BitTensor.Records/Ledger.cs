using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>One neuron as the genesis block knows it.</summary>
/// <param name="Id">Id.</param>
/// <param name="Population">Population.</param>
/// <param name="PublicKey">Ed25519 key that signs its submissions, 32 bytes.</param>
/// <param name="Stake">Stake it starts with.</param>
/// <param name="Row">Row it starts with.</param>
public sealed record LedgerNeuron(int Id, string Population, ImmutableArray<byte> PublicKey, double Stake, WeightRow Row);

/// <summary>What a ledger is founded on; its hash is the predecessor of the genesis block.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Parameters">The mechanism's numbers.</param>
/// <param name="Neurons">Every neuron, by id.</param>
public sealed record LedgerHeader(string Run, ulong Seed, MechanismParameters Parameters, ImmutableArray<LedgerNeuron> Neurons)
{
    /// <summary>SHA-256 of the header, lowercase hex.</summary>
    public string Hash()
    {
        using var bytes = new CanonicalHash("BitTensor.Actors/Ledger/1");
        bytes.Add(Run).Add((long)Seed);
        bytes.Add(Parameters.Alpha).Add(Parameters.Tau).Add(Parameters.Step).Add(Parameters.Epsilon).Add(Parameters.Temperature);
        bytes.Add((long)Parameters.Norm).Add((long)Parameters.StakeScale).Add(Parameters.Emission ? 1 : 0);
        if (Parameters.Rule is not RankRule.Paper)
        {
            bytes.Add(Parameters.Rule.ToString());
        }
        if (Parameters.RevealAfter > 0)
        {
            bytes.Add("reveal-after").Add(Parameters.RevealAfter);
        }
        if (Parameters.RegistrationCost > 0)
        {
            bytes.Add("registration-cost").Add(Parameters.RegistrationCost);
        }
        bytes.Add(Neurons.Length);
        foreach (var neuron in Neurons)
        {
            bytes.Add(neuron.Id).Add(neuron.Population).Add(neuron.PublicKey.AsSpan()).Add(neuron.Stake);
            bytes.Add(SubmissionSignature.CanonicalBytes(Run, neuron.Id, -1, neuron.Row));
        }
        return bytes.Hex();
    }

    /// <summary>The market before the genesis block.</summary>
    public Market Genesis() => Market.Genesis([.. Neurons.Select(n => n.Row)], Neurons.Select(n => n.Stake).ToArray(), Parameters);
}

/// <summary>A submission and its fate.</summary>
/// <param name="Arrival">Counts the arrivals of one block from 0.</param>
/// <param name="From">The address it came from, as the emulated network knows it.</param>
/// <param name="Submission">The submission as it arrived.</param>
/// <param name="Refused">Why it changed nothing; null when it was accepted.</param>
public sealed record SubmissionEntry(long Arrival, int From, LedgerMessage.SubmitWeights Submission, Refusal? Refused);

/// <summary>A commitment to a row and its fate.</summary>
/// <param name="Arrival">Counts the commitments of one block from 0.</param>
/// <param name="From">The address it came from, as the emulated network knows it.</param>
/// <param name="Commit">The commitment as it arrived.</param>
/// <param name="Refused">Why it binds nobody; null when it was accepted.</param>
public sealed record CommitmentEntry(long Arrival, int From, LedgerMessage.CommitWeights Commit, Refusal? Refused);

/// <summary>One closed block of the hash chain.</summary>
/// <param name="Height">Height; 0 is the genesis block.</param>
/// <param name="AtMs">Emulated time of the close, ms since the start.</param>
/// <param name="PreviousHash">Hash of the block before, or of the header.</param>
/// <param name="Hash">SHA-256 over everything in this block and <paramref name="PreviousHash"/>, lowercase hex.</param>
/// <param name="Submissions">Everything that arrived, in the order of arrival.</param>
/// <param name="Stake">S^t that weighted the rank, shape n.</param>
/// <param name="Rank">R, eq. (5), shape n.</param>
/// <param name="Emission">What eq. (6) added to each stake, shape n.</param>
/// <param name="Mint">Sum of <paramref name="Emission"/>.</param>
public sealed record LedgerBlock(
    long Height, double AtMs, string PreviousHash, string Hash, ImmutableArray<SubmissionEntry> Submissions,
    ImmutableArray<double> Stake, ImmutableArray<double> Rank, ImmutableArray<double> Emission, double Mint)
{
    /// <summary>Every commitment that arrived, in the order of arrival; none where rows are taken as they are.</summary>
    public ImmutableArray<CommitmentEntry> Commitments { get; init; } = [];

    /// <summary>Seals what a close gave into a block.</summary>
    public static LedgerBlock Seal(
        long height, double atMs, string previousHash, MarketClose close, IReadOnlyList<SubmissionEntry> submissions,
        IReadOnlyList<CommitmentEntry>? commitments = null)
    {
        using var bytes = new CanonicalHash("BitTensor.Actors/Block/1");
        bytes.Add(previousHash).Add(height).Add(atMs).Add(submissions.Count);
        foreach (var (arrival, from, submission, refused) in submissions)
        {
            bytes.Add(arrival).Add(from).Add(refused is { } reason ? reason.ToString() : "");
            bytes.Add(SubmissionSignature.CanonicalBytes(submission.Run, submission.Neuron, submission.Block, submission.Row));
            bytes.Add(submission.Signature.AsSpan());
        }
        foreach (var (arrival, from, commit, refused) in commitments ?? [])
        {
            bytes.Add("commitment").Add(arrival).Add(from).Add(refused is { } reason ? reason.ToString() : "");
            bytes.Add(SubmissionSignature.CommitmentBytes(commit.Run, commit.Neuron, commit.Block, commit.Commitment.AsSpan()));
            bytes.Add(commit.Signature.AsSpan());
        }
        bytes.Add(close.Stake).Add(close.Rank).Add(close.Emission).Add(close.Mint).Add(close.Next.Stake);
        return new LedgerBlock(
            height, atMs, previousHash, bytes.Hex(), [.. submissions], [.. close.Stake], [.. close.Rank], [.. close.Emission], close.Mint)
        {
            Commitments = [.. commitments ?? []],
        };
    }
}

/// <summary>SHA-256 over values in one canonical form: little-endian numbers, length before every string and array.</summary>
sealed class CanonicalHash : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public CanonicalHash(string domain) => Add(domain);

    public CanonicalHash Add(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalHash Add(double value) => Add(BitConverter.DoubleToInt64Bits(value));

    public CanonicalHash Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public CanonicalHash Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    public CanonicalHash Add(ReadOnlySpan<double> values)
    {
        Add(values.Length);
        foreach (var value in values)
        {
            Add(value);
        }
        return this;
    }

    public CanonicalHash Add(double[] values) => Add(values.AsSpan());

    public CanonicalHash Add(byte[] values) => Add(values.AsSpan());

    public string Hex() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
