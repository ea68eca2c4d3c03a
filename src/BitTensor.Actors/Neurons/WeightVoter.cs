using BitTensor.Actors.Coalition;
using BitTensor.Actors.Strategies;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Votes on the ledger (section 1.6, step 5): once per block it moves the neuron's row by at most epsilon, as the
/// evidence, the strategies or the coalition want it. Where rows are hidden first, it commits to a row and reveals it
/// in its block. Runs inside the neuron's actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="delayed">Holds submissions back where the neuron submits late.</param>
/// <param name="coalition">The neuron's coalition; null for none.</param>
sealed class WeightVoter(NeuronState state, DelayedSends delayed, CoalitionClient? coalition) : IDisposable
{
    NeuronKey? _key;
    (long Block, LedgerMessage.SubmitWeights[] Rows)? _committed;

    /// <summary>
    /// The neuron's key, made when it first signs: each key takes pages of secret memory, of which a process has few.
    /// </summary>
    NeuronKey Key => _key ??= new NeuronKey(state.Run.Scenario.Seed, state.Id);

    /// <summary>A block opens.</summary>
    /// <param name="view">What the neuron knows of the ledger.</param>
    /// <param name="evidence">What its iterations showed since the block before.</param>
    /// <param name="loss">Their mean loss; null without an iteration.</param>
    public void HandleBlock(LedgerView view, SlotEvidence evidence, double? loss)
    {
        if (!Reveals(view.Block.Height))
        {
            coalition?.Report(view, evidence, loss);
            Decide(view, evidence);
        }
    }

    /// <summary>The coalition orders; a neuron that waits for it submits the row it is ordered to.</summary>
    public void HandleOrder(CoalitionMessage.Order order, LedgerView view, bool resting)
    {
        if (coalition?.Take(order, view.Block.Height) is { } row && !resting && state.Strategies.AwaitsOrders)
        {
            Submit(view, row);
        }
    }

    /// <summary>Registers the neuron in the open block of an open network.</summary>
    public void Register(long height) => state.Links.Send(
        Addresses.Ledger, ParcelKind.Submission, WireSize.OfRegistration,
        Key.Register(state.Run.Id, state.Id, height));

    /// <summary>Ends the neuron's registration in the open block of an open network.</summary>
    public void Leave(long height) => state.Links.Send(
        Addresses.Ledger, ParcelKind.Submission, WireSize.OfLeaving, Key.Leave(state.Run.Id, state.Id, height));

    /// <summary>What it committed to is never shown.</summary>
    public void Crash() => _committed = null;

    public void Dispose() => _key?.Dispose();

    void Decide(LedgerView view, SlotEvidence evidence)
    {
        if (state.Strategies.AwaitsOrders)
        {
            return;
        }
        var row = view.Block.Row;
        if (evidence.IsEmpty && state.Strategies.FollowsProtocol && (!view.HasUnnamed || row.IsZero))
        {
            // It has learned nothing, and wants the row it has.
            _committed = null;
            return;
        }
        var honest = evidence.IsEmpty
            ? row.Values.ToArray()
            : RowUpdate.Wanted(
                state.Plan.Population.Weights, state.Id, row, view.Block.Stake, view.Block.Count, evidence,
                view.Mechanism);
        Submit(view, state.Strategies.Wanted(view, honest));
    }

    void Submit(LedgerView view, double[] wanted)
    {
        var (row, mechanism) = (view.Block.Row, view.Mechanism);
        var next = view.ToLedger(
            Simplex.Bounded(row.Values, view.Votes(wanted), mechanism.Epsilon * state.Strategies.Pace));
        var due = view.Block.Height + mechanism.RevealAfter;
        var signer = new SubmissionSigner(Key, state.Run.Id, state.Id, due, mechanism.Epsilon, view.RowOnLedger, next);
        var own = state.Strategies.Submissions(signer);
        if (mechanism.RevealAfter > 0)
        {
            Commit(due, view.Block.Height, [.. own ?? (next.Equals(view.RowOnLedger) ? [] : [signer.Sign(next)])]);
        }
        else if (own is not null)
        {
            Array.ForEach([.. own], Send);
        }
        else if (!next.Equals(view.RowOnLedger))
        {
            SubmitNext(signer);
        }
    }

    /// <summary>Where rows are hidden at first: commits to these.</summary>
    void Commit(long due, long height, LedgerMessage.SubmitWeights[] rows)
    {
        _committed = rows.Length == 0 ? null : (due, rows);
        Array.ForEach(rows, submission => SendCommitment(Key.Commit(submission, height)));
    }

    /// <summary>
    /// Signing is what takes longest when a block opens, and nobody looks at a signature before it arrives.
    /// </summary>
    void SubmitNext(SubmissionSigner signer)
    {
        var signed = state.Run.Compute.RunOffLane(() => signer.Sign(signer.Next));
        After(() =>
            state.Links.Send(
                Addresses.Ledger, ParcelKind.Submission, WireSize.OfSubmission(signer.Next),
                new Deferred<LedgerMessage.SubmitWeights>(signed)));
    }

    /// <summary>
    /// Where rows are hidden at first: shows the row it committed to when its block has come. True while one is hidden
    /// or being shown.
    /// </summary>
    bool Reveals(long height)
    {
        if (_committed is not { } committed || committed.Block < height)
        {
            return false;
        }
        if (committed.Block == height)
        {
            Array.ForEach(committed.Rows, Send);
        }
        return true;
    }

    void Send(LedgerMessage.SubmitWeights submission) =>
        After(() => state.Links.Send(
            Addresses.Ledger, ParcelKind.Submission, WireSize.OfSubmission(submission.Row, submission.Signature.Length),
            submission));

    void SendCommitment(LedgerMessage.CommitWeights commit) =>
        After(() => state.Links.Send(Addresses.Ledger, ParcelKind.Submission, WireSize.OfCommitment, commit));

    void After(Action send) => delayed.After(state.Strategies.SubmitsAfter(state.Run.Scenario.BlockInterval), send);
}
