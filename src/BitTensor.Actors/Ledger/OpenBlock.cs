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
    readonly List<RegistrationEntry> _registrations = [];
    readonly HashSet<int> _registering = [];
    readonly List<LeavingEntry> _leavings = [];
    readonly HashSet<int> _leaving = [];
    readonly HashSet<(int From, LedgerMessage Said)> _arrived = [];

    /// <summary>The market the block closes on.</summary>
    public Market Market { get; } = market;

    /// <summary>Every submission, in the order of arrival.</summary>
    public IReadOnlyList<SubmissionEntry> Entries => _entries;

    /// <summary>Rows neurons had committed to when the block opened.</summary>
    public OpenCommitments Promised { get; } = promised;

    /// <summary>Every commitment that arrived, in the order of arrival.</summary>
    public IReadOnlyList<CommitmentEntry> Commitments => _commitments;

    /// <summary>Addresses from which something came that is admitted.</summary>
    public IEnumerable<int> Waiting =>
    [
        .. _entries.Where(e => e.Refused is null).Select(e => e.From),
        .. _commitments.Where(e => e.Refused is null).Select(e => e.From),
        .. _registrations.Where(e => e.Refused is null).Select(e => e.From),
        .. _leavings.Where(e => e.Refused is null).Select(e => e.From),
    ];

    /// <summary>
    /// True when the same submission, commitment, registration or leaving has come from this address already: the
    /// signature covers all of it.
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

    /// <summary>
    /// Judges a registration that came from address <paramref name="from"/>. Null when it is admitted.
    /// </summary>
    public Refusal? Receive(int from, LedgerMessage.Register register)
    {
        var refusal = SubmissionJudge.Judge(header, Market, _registering, from, register);
        _registrations.Add(new RegistrationEntry(_registrations.Count, from, register, refusal, null));
        _arrived.Add((from, register));
        if (refusal is null)
        {
            _registering.Add(register.Neuron);
        }
        return refusal;
    }

    /// <summary>
    /// Judges a leaving that came from address <paramref name="from"/>. Null when it is admitted.
    /// </summary>
    public Refusal? Receive(int from, LedgerMessage.Leave leave)
    {
        var refusal = SubmissionJudge.Judge(header, Market, _leaving, from, leave);
        _leavings.Add(new LeavingEntry(_leavings.Count, from, leave, refusal));
        _arrived.Add((from, leave));
        if (refusal is null)
        {
            _leaving.Add(leave.Neuron);
        }
        return refusal;
    }

    /// <summary>Closes the block: admitted changes in neuron order, all else in the order of arrival.</summary>
    public MarketClose Close() =>
        Market.Close(
            [.. _entries
                .Where(e => e.Refused is null)
                .OrderBy(e => e.Submission.Neuron)
                .Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row))],
            [.. _registrations.Where(e => e.Refused is null).Select(e => e.Register.Neuron)],
            [.. _leavings.Where(e => e.Refused is null).Select(e => e.Leave.Neuron)]);

    /// <summary>Seals the block that <see cref="Close"/> closed.</summary>
    /// <param name="at">Emulated time, ms.</param>
    /// <param name="previousHash">Hash of the block before, or of the header.</param>
    /// <param name="close">The result of the close.</param>
    public LedgerBlock Seal(double at, string previousHash, MarketClose close)
    {
        var made = close.Joined.ToDictionary(j => j.Neuron);
        return LedgerBlock.Seal(
            Market.Height, at, previousHash, close, _entries, _commitments,
            [.. _registrations.Select(e => e.Refused is null ? Placed(e, made[e.Register.Neuron]) : e)],
            _leavings);

        static RegistrationEntry Placed(RegistrationEntry entry, Registration made) =>
            entry with { Index = made.Index, Replaced = made.Replaced };
    }
}
