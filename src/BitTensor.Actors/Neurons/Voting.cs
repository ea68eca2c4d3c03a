using BitTensor.Actors.Adversary;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The half of a neuron that faces the ledger (section 1.6, step 5): once per block it moves its row by at most epsilon, as its evidence, its
/// strategies or its coalition want it. Where rows are hidden at first it commits to one, and shows it when its block has come. Runs inside
/// the neuron's actor.
/// </summary>
/// <param name="world">The run.</param>
/// <param name="plan">The neuron.</param>
/// <param name="conduct">What it follows.</param>
/// <param name="outbox">What holds its submissions where it submits late.</param>
/// <param name="links">Its links.</param>
/// <param name="membership">Its coalition; null for none.</param>
sealed class Voting(World world, NeuronPlan plan, Conduct conduct, Outbox outbox, Links links, Membership? membership) : IDisposable
{
    readonly MechanismParameters _mechanism = world.Scenario.Mechanism;
    NeuronKey? _key;
    (long Block, LedgerMessage.SubmitWeights[] Rows)? _promise;

    /// <summary>Its key, from the first time it signs: secret memory is a few pages of its own per key, and a process has so many.</summary>
    NeuronKey Key => _key ??= new NeuronKey(world.Scenario.Seed, plan.Id);

    /// <summary>A block opens.</summary>
    /// <param name="view">What the neuron knows of the ledger.</param>
    /// <param name="evidence">What its iterations showed since the block before.</param>
    /// <param name="loss">Their mean loss; null without an iteration.</param>
    public void HandleBlock(LedgerView view, SlotEvidence evidence, double? loss)
    {
        if (!KeepsPromise(view.Block.Height))
        {
            membership?.Report(view, evidence, loss);
            Decide(view, evidence);
        }
    }

    /// <summary>The coalition orders; a neuron that waits for it submits the row it is ordered to.</summary>
    public void HandleOrder(CoalitionMessage.Order order, LedgerView view, bool resting)
    {
        if (membership?.Take(order, view.Block.Height) is { } row && !resting && conduct.AwaitsOrders)
        {
            Submit(view, row);
        }
    }

    /// <summary>What it committed to is never shown.</summary>
    public void Crash() => _promise = null;

    public void Dispose() => _key?.Dispose();

    void Decide(LedgerView view, SlotEvidence evidence)
    {
        if (conduct.AwaitsOrders)
        {
            return;
        }
        if (evidence.IsEmpty && conduct.FollowsProtocol)
        {
            // It has learned nothing, and wants the row it has.
            _promise = null;
            return;
        }
        var row = view.Block.Row;
        var honest = evidence.IsEmpty
            ? row.Values.ToArray()
            : RowUpdate.Wanted(plan.Population.Weights, plan.Id, row, view.Block.Stake, view.Block.Count, evidence, _mechanism);
        Submit(view, conduct.Wanted(view, honest));
    }

    void Submit(LedgerView view, double[] wanted)
    {
        var row = view.Block.Row;
        var next = row.With(Simplex.Bounded(row.Values, wanted, _mechanism.Epsilon * conduct.Pace));
        var due = view.Block.Height + _mechanism.RevealAfter;
        var pen = new Pen(Key, world.Run, plan.Id, due, _mechanism.Epsilon, row, next);
        var own = conduct.Submissions(pen);
        if (_mechanism.RevealAfter > 0)
        {
            Promise(due, view.Block.Height, [.. own ?? (next.Equals(row) ? [] : [pen.Sign(next)])]);
        }
        else if (own is not null)
        {
            Array.ForEach([.. own], Show);
        }
        else if (!next.Equals(row))
        {
            ShowNext(pen);
        }
    }

    /// <summary>Where rows are hidden at first: commits to these.</summary>
    void Promise(long due, long height, LedgerMessage.SubmitWeights[] rows)
    {
        _promise = rows.Length == 0 ? null : (due, rows);
        Array.ForEach(rows, submission => Commit(Key.Commit(submission, height)));
    }

    /// <summary>Signing is what takes longest when a block opens, and nobody looks at a signature before it arrives.</summary>
    void ShowNext(Pen pen)
    {
        var signed = world.Compute.Aside(() => pen.Sign(pen.Next));
        Hold(() => links.SendLate(Addresses.Ledger, ParcelKind.Submission, WireSize.OfSubmission(pen.Next), signed));
    }

    /// <summary>Where rows are hidden at first: shows the row it committed to when its block has come. True while one is hidden or being shown.</summary>
    bool KeepsPromise(long height)
    {
        if (_promise is not { } promise || promise.Block < height)
        {
            return false;
        }
        if (promise.Block == height)
        {
            Array.ForEach(promise.Rows, Show);
        }
        return true;
    }

    void Show(LedgerMessage.SubmitWeights submission) =>
        Hold(() => links.Send(
            Addresses.Ledger, ParcelKind.Submission, WireSize.OfSubmission(submission.Row, submission.Signature.Length),
            submission));

    void Commit(LedgerMessage.CommitWeights commit) =>
        Hold(() => links.Send(Addresses.Ledger, ParcelKind.Submission, WireSize.OfCommitment, commit));

    void Hold(Action send) => outbox.Hold(conduct.SubmitsAfter(world.Scenario.BlockInterval), send);
}
