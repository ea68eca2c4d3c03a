using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Actors.Ledger;

/// <summary>
/// The open block. Every submission is judged on arrival, since no input of the judgement changes before the block
/// closes, and stays sealed until then. Pure but for its own list.
/// </summary>
sealed class OpenBlock(LedgerHeader header, Market market, OpenCommitments promised)
{
    readonly List<SubmissionEntry> _entries = [];
    readonly HashSet<int> _admitted = [];
    readonly List<CommitmentEntry> _commitments = [];
    readonly HashSet<int> _committed = [];
    readonly HashSet<(int From, LedgerMessage Said)> _arrived = [];

    /// <summary>The market the block closes on.</summary>
    public Market Market { get; } = market;

    /// <summary>Every submission, in the order of arrival.</summary>
    public IReadOnlyList<SubmissionEntry> Entries => _entries;

    /// <summary>Rows neurons had committed to when the block opened.</summary>
    public OpenCommitments Promised { get; } = promised;

    /// <summary>Every commitment that arrived, in the order of arrival.</summary>
    public IReadOnlyList<CommitmentEntry> Commitments => _commitments;

    /// <summary>
    /// True when the same submission or commitment has come from this address already: the signature covers all of it.
    /// </summary>
    public bool Has(int from, LedgerMessage said) => _arrived.Contains((from, said));

    /// <summary>
    /// Judges and seals a submission that came from address <paramref name="from"/>. Null when it is admitted.
    /// </summary>
    public Refusal? Receive(int from, LedgerMessage.SubmitWeights submission)
    {
        var refusal = SubmissionJudge.Judge(header, Market, Promised, _admitted, from, submission);
        _entries.Add(new SubmissionEntry(_entries.Count, from, submission, refusal));
        _arrived.Add((from, submission));
        if (refusal is null)
        {
            _admitted.Add(submission.Neuron);
        }
        return refusal;
    }

    /// <summary>
    /// Judges a commitment that came from address <paramref name="from"/>. Null when it binds its neuron.
    /// </summary>
    public Refusal? Receive(int from, LedgerMessage.CommitWeights commit)
    {
        var refusal = SubmissionJudge.Judge(header, Market, Promised, _committed, from, commit);
        _commitments.Add(new CommitmentEntry(_commitments.Count, from, commit, refusal));
        _arrived.Add((from, commit));
        if (refusal is null)
        {
            _committed.Add(commit.Neuron);
        }
        return refusal;
    }

    /// <summary>Closes the block: admitted changes in neuron order.</summary>
    public MarketClose Close() =>
        Market.Close([.. _entries
            .Where(e => e.Refused is null)
            .OrderBy(e => e.Submission.Neuron)
            .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row))]);
}
