using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using BitTensor.Mechanism;
using NSec.Cryptography;
using SHA256 = System.Security.Cryptography.SHA256;

namespace BitTensor.Protocol;

/// <summary>
/// Ed25519 over a submission. The signed bytes name their purpose, the run, the block and the neuron, so a signature is
/// worth nothing in another place, block or run.
/// </summary>
public static class SubmissionSignature
{
    /// <summary>Bytes of a signature.</summary>
    public const int Bytes = 64;

    static readonly byte[] Domain = Encoding.ASCII.GetBytes("BitTensor.Actors/SubmitWeights/1\0");
    static readonly byte[] CommitDomain = Encoding.ASCII.GetBytes("BitTensor.Actors/CommitWeights/1\0");
    static readonly byte[] RegisterDomain = Encoding.ASCII.GetBytes("BitTensor.Actors/Register/1\0");
    static readonly byte[] LeaveDomain = Encoding.ASCII.GetBytes("BitTensor.Actors/Leave/1\0");
    static readonly byte[] CommitmentDomain = Encoding.ASCII.GetBytes("BitTensor.Actors/Commitment/1\0");

    /// <summary>
    /// The one byte string a submission stands for: the domain <c>BitTensor.Actors/SubmitWeights/1</c> and a zero,
    /// length (int32) and UTF-8 of the run id, block (int64), neuron (int32), entries (int32), then target (int32) and
    /// weight (float64 bits) per entry; all little-endian.
    /// </summary>
    public static byte[] CanonicalBytes(string run, int neuron, long block, WeightRow row)
    {
        var name = Encoding.UTF8.GetBytes(run);
        var bytes = new byte[Domain.Length + 4 + name.Length + 16 + row.Count * 12];
        var at = bytes.AsSpan();
        Domain.CopyTo(at);
        at = at[Domain.Length..];
        BinaryPrimitives.WriteInt32LittleEndian(at, name.Length);
        name.CopyTo(at[4..]);
        at = at[(4 + name.Length)..];
        BinaryPrimitives.WriteInt64LittleEndian(at, block);
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], neuron);
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], row.Count);
        at = at[16..];
        for (var k = 0; k < row.Count; k++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, row.Targets[k]);
            BinaryPrimitives.WriteDoubleLittleEndian(at[4..], row.Values[k]);
            at = at[12..];
        }
        return bytes;
    }

    /// <summary>
    /// What commits to a submission, 32 bytes: SHA-256 of the domain <c>BitTensor.Actors/Commitment/1</c> and a zero,
    /// its canonical bytes and its signature. Nobody but the owner can make the signature, so nobody finds the row by
    /// trying rows.
    /// </summary>
    public static byte[] Commitment(LedgerMessage.SubmitWeights submission) => SHA256.HashData(
        [
            .. CommitmentDomain, .. CanonicalBytes(submission.Run, submission.Neuron, submission.Block, submission.Row),
            .. submission.Signature,
        ]);

    /// <summary>
    /// The one byte string a commitment stands for: the domain <c>BitTensor.Actors/CommitWeights/1</c> and a zero,
    /// length (int32) and UTF-8 of the run id, block (int64), neuron (int32), then the commitment; all little-endian.
    /// </summary>
    public static byte[] CommitmentBytes(string run, int neuron, long block, ReadOnlySpan<byte> commitment) =>
        BytesOf(CommitDomain, run, neuron, block, commitment);

    /// <summary>
    /// The one byte string a registration stands for: the domain <c>BitTensor.Actors/Register/1</c> and a zero, length
    /// (int32) and UTF-8 of the run id, block (int64), neuron (int32), then the public key; all little-endian.
    /// </summary>
    public static byte[] RegistrationBytes(string run, int neuron, long block, ReadOnlySpan<byte> publicKey) =>
        BytesOf(RegisterDomain, run, neuron, block, publicKey);

    /// <summary>
    /// The one byte string a leaving stands for: the domain <c>BitTensor.Actors/Leave/1</c> and a zero, length (int32)
    /// and UTF-8 of the run id, block (int64), neuron (int32); all little-endian.
    /// </summary>
    public static byte[] LeavingBytes(string run, int neuron, long block) =>
        BytesOf(LeaveDomain, run, neuron, block, []);

    static byte[] BytesOf(byte[] domain, string run, int neuron, long block, ReadOnlySpan<byte> content)
    {
        var name = Encoding.UTF8.GetBytes(run);
        var bytes = new byte[domain.Length + 16 + name.Length + content.Length];
        domain.CopyTo(bytes, 0);
        var at = bytes.AsSpan(domain.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at, name.Length);
        name.CopyTo(at[4..]);
        at = at[(4 + name.Length)..];
        BinaryPrimitives.WriteInt64LittleEndian(at, block);
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], neuron);
        content.CopyTo(at[12..]);
        return bytes;
    }

    /// <summary>True when the signature of <paramref name="register"/> verifies under the key it names.</summary>
    public static bool Verify(LedgerMessage.Register register) =>
        Verify(
            register.PublicKey.AsSpan(),
            RegistrationBytes(register.Run, register.Neuron, register.Block, register.PublicKey.AsSpan()),
            register.Signature);

    /// <summary>
    /// True when the signature of <paramref name="leave"/> verifies under <paramref name="publicKey"/>, 32 bytes.
    /// </summary>
    public static bool Verify(LedgerMessage.Leave leave, ReadOnlySpan<byte> publicKey) =>
        Verify(publicKey, LeavingBytes(leave.Run, leave.Neuron, leave.Block), leave.Signature);

    /// <summary>
    /// True when the signature of <paramref name="commit"/> verifies under <paramref name="publicKey"/>, 32 bytes.
    /// </summary>
    public static bool Verify(LedgerMessage.CommitWeights commit, ReadOnlySpan<byte> publicKey) =>
        Verify(
            publicKey, CommitmentBytes(commit.Run, commit.Neuron, commit.Block, commit.Commitment.AsSpan()),
            commit.Signature);

    /// <summary>
    /// True when the signature of <paramref name="submission"/> verifies under <paramref name="publicKey"/>, 32 bytes.
    /// An object that this process signed itself with the key's other half, and that nobody can have changed since, is
    /// not computed again.
    /// </summary>
    public static bool Verify(LedgerMessage.SubmitWeights submission, ReadOnlySpan<byte> publicKey) =>
        (!submission.SignedBy.IsDefault && submission.SignedBy.AsSpan().SequenceEqual(publicKey))
        || Verify(
            publicKey, CanonicalBytes(submission.Run, submission.Neuron, submission.Block, submission.Row),
            submission.Signature);

    static bool Verify(ReadOnlySpan<byte> publicKey, byte[] bytes, ImmutableArray<byte> signature) =>
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, bytes, signature.AsSpan());
}

/// <summary>The key with which one neuron signs.</summary>
public sealed class NeuronKey : IDisposable
{
    readonly Key _key;

    /// <summary>
    /// Derives neuron <paramref name="neuron"/>'s key from the run's seed, so that a replay signs the same bytes. Such
    /// keys protect the emulated world from its own neurons, not from someone who knows the seed.
    /// </summary>
    public NeuronKey(ulong seed, int neuron)
    {
        _key = Key.Import(
            SignatureAlgorithm.Ed25519, RandomStream.Bytes(seed, "neuron-key", neuron), KeyBlobFormat.RawPrivateKey);
        PublicKey = [.. _key.PublicKey.Export(KeyBlobFormat.RawPublicKey)];
    }

    /// <summary>The public half, 32 bytes.</summary>
    public ImmutableArray<byte> PublicKey { get; }

    /// <summary>A signed submission of <paramref name="row"/>.</summary>
    public LedgerMessage.SubmitWeights Sign(string run, int neuron, long block, WeightRow row)
    {
        var signature = SignatureAlgorithm.Ed25519.Sign(
            _key, SubmissionSignature.CanonicalBytes(run, neuron, block, row));
        return new LedgerMessage.SubmitWeights(run, neuron, block, row, [.. signature]) { SignedBy = PublicKey };
    }

    /// <summary>A signed commitment in block <paramref name="block"/> to a submission that is to come.</summary>
    public LedgerMessage.CommitWeights Commit(LedgerMessage.SubmitWeights submission, long block)
    {
        var commitment = SubmissionSignature.Commitment(submission);
        var bytes = SubmissionSignature.CommitmentBytes(submission.Run, submission.Neuron, block, commitment);
        return new LedgerMessage.CommitWeights(
            submission.Run, submission.Neuron, block, [.. commitment],
            [.. SignatureAlgorithm.Ed25519.Sign(_key, bytes)]);
    }

    /// <summary>A signed registration under this key.</summary>
    public LedgerMessage.Register Register(string run, int neuron, long block)
    {
        var bytes = SubmissionSignature.RegistrationBytes(run, neuron, block, PublicKey.AsSpan());
        return new LedgerMessage.Register(
            run, neuron, block, PublicKey, [.. SignatureAlgorithm.Ed25519.Sign(_key, bytes)]);
    }

    /// <summary>A signed leaving.</summary>
    public LedgerMessage.Leave Leave(string run, int neuron, long block) => new(
        run, neuron, block,
        [.. SignatureAlgorithm.Ed25519.Sign(_key, SubmissionSignature.LeavingBytes(run, neuron, block))]);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
