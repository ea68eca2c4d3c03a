using System.Security.Cryptography;
using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Records;

/// <summary>
/// The rules of admission of submissions, commitments, registrations and leavings to the open block. Ledger and
/// verifier both use them. Pure.
/// </summary>
public static class SubmissionJudge
{
    /// <summary>Null when the submission is acceptable.</summary>
    /// <param name="header">Run and keys.</param>
    /// <param name="market">The market the block closes on.</param>
    /// <param name="promised">Rows neurons have committed to.</param>
    /// <param name="admitted">Neurons with a submission accepted in this block.</param>
    /// <param name="from">Address of the sender.</param>
    /// <param name="submission">The submission.</param>
    public static Refusal? Judge(
        LedgerHeader header, Market market, OpenCommitments promised, IReadOnlySet<int> admitted, int from,
        LedgerMessage.SubmitWeights submission)
    {
        if (JudgeSender(header, market, from, submission.Neuron, submission.Run, submission.Block) is { } refusal)
        {
            return refusal;
        }
        if (!market.IsMember(submission.Neuron))
        {
            return Refusal.NotRegistered;
        }
        if (admitted.Contains(submission.Neuron))
        {
            return Refusal.TooFast;
        }
        if (!SubmissionSignature.Verify(submission, header.Neurons[submission.Neuron].PublicKey.AsSpan()))
        {
            return Refusal.BadSignature;
        }
        return header.Parameters.RevealAfter > 0 && !promised.Keeps(submission)
            ? Refusal.NotCommitted
            : Admission.JudgeChange(market, new RowChange(submission.Neuron, submission.Row));
    }

    /// <summary>Null when the commitment binds its neuron.</summary>
    /// <param name="header">Run and keys.</param>
    /// <param name="market">The market the block closes on.</param>
    /// <param name="promised">
    /// Rows neurons have committed to: a neuron shows one row before it commits to the next.
    /// </param>
    /// <param name="committed">Neurons with a commitment accepted in this block.</param>
    /// <param name="from">Address of the sender.</param>
    /// <param name="commit">The commitment.</param>
    public static Refusal? Judge(
        LedgerHeader header, Market market, OpenCommitments promised, IReadOnlySet<int> committed, int from,
        LedgerMessage.CommitWeights commit)
    {
        if (JudgeSender(header, market, from, commit.Neuron, commit.Run, commit.Block) is { } refusal)
        {
            return refusal;
        }
        if (header.Parameters.RevealAfter == 0 || !market.IsMember(commit.Neuron))
        {
            return header.Parameters.RevealAfter == 0 ? Refusal.NoCommitments : Refusal.NotRegistered;
        }
        if (promised.Has(commit.Neuron) || committed.Contains(commit.Neuron))
        {
            return Refusal.TooFast;
        }
        if (commit.Commitment.Length != SHA256.HashSizeInBytes)
        {
            return Refusal.BadShape;
        }
        return SubmissionSignature.Verify(commit, header.Neurons[commit.Neuron].PublicKey.AsSpan())
            ? null
            : Refusal.BadSignature;
    }

    /// <summary>Null when the registration is acceptable.</summary>
    /// <param name="header">Run.</param>
    /// <param name="market">The market the block closes on.</param>
    /// <param name="registering">Neurons with a registration accepted in this block.</param>
    /// <param name="from">Address of the sender.</param>
    /// <param name="register">The registration.</param>
    public static Refusal? Judge(
        LedgerHeader header, Market market, IReadOnlySet<int> registering, int from, LedgerMessage.Register register)
    {
        if (JudgeSender(header, market, from, register.Neuron, register.Run, register.Block) is { } refusal)
        {
            return refusal;
        }
        if (registering.Contains(register.Neuron))
        {
            return Refusal.TooFast;
        }
        return SubmissionSignature.Verify(register)
            ? Admission.JudgeRegistration(market, register.Neuron, registering.Count)
            : Refusal.BadSignature;
    }

    /// <summary>Null when the leaving is acceptable.</summary>
    /// <param name="header">Run and keys.</param>
    /// <param name="market">The market the block closes on.</param>
    /// <param name="leaving">Neurons with a leaving accepted in this block.</param>
    /// <param name="from">Address of the sender.</param>
    /// <param name="leave">The leaving.</param>
    public static Refusal? Judge(
        LedgerHeader header, Market market, IReadOnlySet<int> leaving, int from, LedgerMessage.Leave leave)
    {
        if (JudgeSender(header, market, from, leave.Neuron, leave.Run, leave.Block) is { } refusal)
        {
            return refusal;
        }
        if (leaving.Contains(leave.Neuron))
        {
            return Refusal.TooFast;
        }
        return Admission.JudgeLeaving(market, leave.Neuron, leaving.Count)
            ?? (SubmissionSignature.Verify(leave, header.Neurons[leave.Neuron].PublicKey.AsSpan())
                ? null
                : Refusal.BadSignature);
    }

    static Refusal? JudgeSender(LedgerHeader header, Market market, int from, int neuron, string run, long block) =>
        neuron < 0 || neuron >= header.Neurons.Length ? Refusal.UnknownNeuron
        : neuron != from ? Refusal.NotOwner
        : run != header.Run ? Refusal.WrongRun
        : Admission.JudgeBlock(block, market.Height);
}
