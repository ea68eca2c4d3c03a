using System.Collections.Immutable;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Strategies;

/// <summary>Who follows a strategy: the neuron, and whom it may know.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Plan">The neuron.</param>
/// <param name="Plans">Everybody, by id.</param>
sealed record StrategyContext(ulong Seed, NeuronPlan Plan, IReadOnlyList<NeuronPlan> Plans)
{
    /// <summary>Ids of the neurons of these populations, ascending.</summary>
    public ImmutableArray<int> Of(ImmutableArray<string> populations) =>
        [.. Plans.Where(p => populations.Contains(p.Population.Name)).Select(p => p.Id)];

    /// <summary>Ids of the neurons a key of the strategy names; of its own population when it names none.</summary>
    public ImmutableArray<int> Of(StrategySpec spec, string key) => Of(spec.PopulationsOf(key, Plan.Population.Name));
}

/// <summary>
/// How a neuron departs from the protocol; this one does not. Each dishonest strategy overrides what it decides, and no
/// two strategies of a neuron decide the same. <see cref="Answered"/> runs in the neuron's lane of compute,
/// <see cref="Audited"/> in the audit, all else in the neuron's actor.
/// </summary>
public abstract class Strategy
{
    /// <summary>A block of this height is open.</summary>
    public virtual void Opens(long height) { }

    /// <summary>The row the neuron wants in the next block, before the bound epsilon. Shape: its slots.</summary>
    /// <param name="view">What it knows of the ledger.</param>
    /// <param name="honest">What an honest neuron would want.</param>
    public virtual double[] Wanted(LedgerView view, double[] honest) => honest;

    /// <summary>True when it submits not at the opening of a block but when its coalition orders it to.</summary>
    public virtual bool AwaitsOrders => false;

    /// <summary>Length of its step as a share of epsilon.</summary>
    public virtual double Pace => 1;

    /// <summary>How long after the opening of a block it submits.</summary>
    /// <param name="interval">Time between two blocks.</param>
    public virtual TimeSpan SubmitsAfter(TimeSpan interval) => TimeSpan.Zero;

    /// <summary>What it sends to the ledger; null for what an honest neuron would send.</summary>
    public virtual IReadOnlyList<LedgerMessage.SubmitWeights>? Submissions(SubmissionSigner signer) => null;

    /// <summary>What it answers instead of computing; null when it computes.</summary>
    public virtual Tensor? Fake(QueryId query, int rows, int columns) => null;

    /// <summary>What it answers when it computes. Runs in the neuron's lane, one answer after another.</summary>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="represent">Computes the honest answer.</param>
    public virtual Tensor Answered(int rows, Func<Tensor> represent) => represent();

    /// <summary>What it would answer where <paramref name="honest"/> is honest, for the audit.</summary>
    public virtual Tensor Audited(Tensor honest) => Answered(honest.Rows, () => honest);

    /// <summary>False when the next answer takes no time to compute. Asked once per answer.</summary>
    public virtual bool Computes() => true;

    /// <summary>Whose answer it passes on as its own; null for its own.</summary>
    public virtual int? Relays(int caller) => null;

    /// <summary>True when it learns from gradients its callers send.</summary>
    public virtual bool Learns => true;

    /// <summary>
    /// Why it does not serve a caller; null when it does. Asked once per query that nothing else refuses.
    /// </summary>
    /// <param name="caller">Id.</param>
    /// <param name="bid">s_c w_ci of the caller.</param>
    public virtual ServingRefusal? Refuses(int caller, double bid) => null;

    /// <summary>The gradient it sends for a slot; null when it sends none.</summary>
    public virtual Func<Tensor>? Taught(int slot, Func<Tensor> gradient) => gradient;

    /// <summary>How long its messages of a kind wait before they are sent.</summary>
    public virtual TimeSpan Holds(ParcelKind kind) => TimeSpan.Zero;

    /// <summary>True when it asks peers about its own batches.</summary>
    public virtual bool Asks => true;

    /// <summary>Queries beyond the honest ones, per peer and iteration.</summary>
    public virtual int Floods => 0;
}

/// <summary>What a neuron needs to write submissions, for strategies that write their own.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Run">The run.</param>
/// <param name="Self">Its id.</param>
/// <param name="Block">The open block.</param>
/// <param name="Epsilon">epsilon.</param>
/// <param name="Row">Its row as the ledger has it.</param>
/// <param name="Next">The row it would submit.</param>
public sealed record SubmissionSigner(
    NeuronKey Key, string Run, int Self, long Block, double Epsilon, WeightRow Row, WeightRow Next)
{
    /// <summary>Its own submission of a row to the open block.</summary>
    public LedgerMessage.SubmitWeights Sign(WeightRow row) => Key.Sign(Run, Self, Block, row);
}
