using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Protocol;

/// <summary>The conversation between a neuron and the ledger (section 1.6, step 5).</summary>
public abstract record LedgerMessage
{
    LedgerMessage() { }

    /// <summary>
    /// Neuron to ledger: set my row to this one in this block. Sealed until the block closes. The signature covers
    /// <see cref="SubmissionSignature.CanonicalBytes"/>.
    /// </summary>
    /// <param name="Run">Run the submission belongs to.</param>
    /// <param name="Neuron">Owner of the row.</param>
    /// <param name="Block">Height of the block it is meant for.</param>
    /// <param name="Row">The whole new row W_i.</param>
    /// <param name="Signature">Ed25519 signature of the owner, 64 bytes.</param>
    public sealed record SubmitWeights(
        string Run, int Neuron, long Block, WeightRow Row, ImmutableArray<byte> Signature) : LedgerMessage
    {
        /// <summary>A copy is another message: nobody has signed it yet, whatever its signature says.</summary>
        SubmitWeights(SubmitWeights other)
            : base(other) =>
                (Run, Neuron, Block, Row, Signature) = (
                    other.Run, other.Neuron, other.Block, other.Row, other.Signature);

        /// <summary>
        /// The public key of who signed this very object in this process; default for one that was read or copied.
        /// </summary>
        internal ImmutableArray<byte> SignedBy { get; init; }

        /// <inheritdoc/>
        public bool Equals(SubmitWeights? other) =>
            other is not null && Run == other.Run && Neuron == other.Neuron && Block == other.Block
                && Row.Equals(other.Row)
            && Signature.AsSpan().SequenceEqual(other.Signature.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Run, Neuron, Block, Row);
    }

    /// <summary>
    /// Neuron to ledger, where rows are hidden at first: I shall submit a row so many blocks after this one, and this
    /// is its <see cref="SubmissionSignature.Commitment"/>. The signature covers
    /// <see cref="SubmissionSignature.CommitmentBytes"/>.
    /// </summary>
    /// <param name="Run">Run the commitment belongs to.</param>
    /// <param name="Neuron">Owner of the row.</param>
    /// <param name="Block">Height of the block it is meant for; the row is meant for a later one.</param>
    /// <param name="Commitment">SHA-256 of the submission to come, 32 bytes.</param>
    /// <param name="Signature">Ed25519 signature of the owner, 64 bytes.</param>
    public sealed record CommitWeights(
        string Run, int Neuron, long Block, ImmutableArray<byte> Commitment, ImmutableArray<byte> Signature)
        : LedgerMessage
    {
        /// <inheritdoc/>
        public bool Equals(CommitWeights? other) =>
            other is not null && Run == other.Run && Neuron == other.Neuron && Block == other.Block
            && Commitment.AsSpan().SequenceEqual(other.Commitment.AsSpan())
            && Signature.AsSpan().SequenceEqual(other.Signature.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Run, Neuron, Block);
    }

    /// <summary>
    /// Neuron to ledger of an open network: register me in this block under this key. The signature is made with the
    /// key and covers <see cref="SubmissionSignature.RegistrationBytes"/>.
    /// </summary>
    /// <param name="Run">Run the registration belongs to.</param>
    /// <param name="Neuron">The neuron.</param>
    /// <param name="Block">Height of the block it is meant for.</param>
    /// <param name="PublicKey">Ed25519 public key of its submissions, 32 bytes.</param>
    /// <param name="Signature">Ed25519 signature under that key, 64 bytes.</param>
    public sealed record Register(
        string Run, int Neuron, long Block, ImmutableArray<byte> PublicKey, ImmutableArray<byte> Signature)
        : LedgerMessage
    {
        /// <inheritdoc/>
        public bool Equals(Register? other) =>
            other is not null && Run == other.Run && Neuron == other.Neuron && Block == other.Block
            && PublicKey.AsSpan().SequenceEqual(other.PublicKey.AsSpan())
            && Signature.AsSpan().SequenceEqual(other.Signature.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Run, Neuron, Block);
    }

    /// <summary>
    /// Neuron to ledger of an open network: end my registration in this block. The signature is made with the key that
    /// the neuron registered and covers <see cref="SubmissionSignature.LeavingBytes"/>.
    /// </summary>
    /// <param name="Run">Run the leaving belongs to.</param>
    /// <param name="Neuron">The neuron.</param>
    /// <param name="Block">Height of the block it is meant for.</param>
    /// <param name="Signature">Ed25519 signature of the neuron, 64 bytes.</param>
    public sealed record Leave(string Run, int Neuron, long Block, ImmutableArray<byte> Signature) : LedgerMessage
    {
        /// <inheritdoc/>
        public bool Equals(Leave? other) =>
            other is not null && Run == other.Run && Neuron == other.Neuron && Block == other.Block
            && Signature.AsSpan().SequenceEqual(other.Signature.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Run, Neuron, Block);
    }

    /// <summary>
    /// Ledger to neuron: the submission, registration or leaving is part of the durable block <paramref name="Block"/>.
    /// </summary>
    public sealed record SubmissionAccepted(int Neuron, long Block) : LedgerMessage;

    /// <summary>Ledger to neuron: the submission, registration or leaving changed nothing, and why.</summary>
    public sealed record SubmissionRefused(int Neuron, long Block, Refusal Reason) : LedgerMessage;

    /// <summary>
    /// Ledger to one neuron: a block is durable and the next one is open. Carries what this neuron needs of W and S,
    /// not all of it: its row, its column and mu. To a neuron that is not registered it carries an empty row.
    /// </summary>
    /// <param name="Height">Height of the block that is now open.</param>
    /// <param name="Count">n, the registered neurons.</param>
    /// <param name="Stake">s_i.</param>
    /// <param name="MaskStake">s_i as eq. (7) sees it.</param>
    /// <param name="Row">Row i of W as it stands.</param>
    /// <param name="RowMu">mu_j for each target of <paramref name="Row"/>.</param>
    /// <param name="Callers">Neurons that name this one in their row, ascending.</param>
    /// <param name="CallerBids">s_c w_ci for each of <paramref name="Callers"/>, with stake as eq. (7) sees it.</param>
    /// <param name="Mu">mu_i of this neuron's own column.</param>
    /// <param name="Final">True when no further block will be closed: neurons come to rest.</param>
    public sealed record BlockOpened(
        long Height, int Count, double Stake, double MaskStake, WeightRow Row, ImmutableArray<double> RowMu,
        ImmutableArray<int> Callers, ImmutableArray<double> CallerBids, double Mu, bool Final) : LedgerMessage
    {
        /// <summary>The mechanism's numbers in the open block; null while they are those of the start.</summary>
        public NeuronNumbers? Numbers { get; init; }

        /// <summary>Ids of the registered neurons, ascending; empty in a closed network, where all are.</summary>
        public ImmutableArray<int> Members { get; init; } = [];
    }
}
