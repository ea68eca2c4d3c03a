using System.Collections.Frozen;
using System.Collections.Immutable;
using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Strategies;

/// <summary>
/// Everything a neuron follows at once: each question is answered by the one strategy that decides it.
/// </summary>
/// <param name="context">The neuron.</param>
/// <param name="own">A strategy of a program's own, beside those of the scenario; null for none.</param>
sealed class StrategySet(StrategyContext context, Strategy? own = null) : Strategy
{
    static readonly FrozenDictionary<string, Func<StrategySpec, StrategyContext, Strategy>> Makers =
        new Dictionary<string, Func<StrategySpec, StrategyContext, Strategy>>
    {
        ["honest"] = static (_, _) => new Honest(),
        ["self-weight"] = static (_, who) => new SelfWeight(who.Plan),
        ["cartel"] = static (spec, who) => new Cartel(spec, who),
        ["underweight"] = static (spec, who) => new Underweight(spec, who),
        ["sybil-split"] = static (_, _) => new Honest(),
        ["sybil-dilute"] = static (_, _) => new SybilDilute(),
        ["sybil-flood"] = static (spec, _) => new SybilFlood((int)spec.Whole("queries")),
        ["copy-weights"] = static (_, who) => new CopyWeights(who.Plan),
        ["lazy"] = static (spec, who) => spec.Word("kind") == "never" ? new Lazy() : new LazyUniform(who.Plan),
        ["last-mover"] = static (spec, _) => new LastMover(spec.Time("margin")),
        ["slow-walk"] = static (spec, who) => new SlowWalk(who.Of(spec, "targets"), spec.Number("pace")),
        ["malformed"] = static (spec, _) => new Malformed(spec.Word("kind")),
        ["equivocate"] = static (_, _) => new Equivocate(),
        ["outbid"] = static (spec, who) => new Outbid(who.Of(spec, "targets")),
        ["tau-game"] = static (spec, who) => new TauGame(who.Plan, spec.Number("diagonal")),
        ["free-ride"] = static (spec, who) =>
            spec.Word("kind") == "cached" ? new Cached() : new FreeRide(spec, who.Seed, who.Plan.Id),
        ["relay"] = static (spec, who) => new Relay(who.Of(spec, "targets").Remove(who.Plan.Id)),
        ["bait-and-switch"] = static (spec, _) => new BaitAndSwitch(spec.Whole("at")),
        ["selective"] = static (spec, who) => new Selective(who.Of(spec, "members"), (double?)spec.Find("least-bid")),
        ["poison-forward"] = static (spec, _) => new PoisonForward(new Poison(spec)),
        ["poison-backward"] = static (spec, _) => new PoisonBackward(new Poison(spec)),
        ["withhold-backward"] = static (_, _) => new WithholdBackward(),
        ["poison-data"] = static (_, _) => new Honest(),
        ["delay"] = static (spec, _) => new Delay(ParcelKinds.FindWord(spec.Word("kind"))!.Value, spec.Time("by")),
        ["flood"] = static (spec, _) => new Flood((int)spec.Whole("queries")),
        ["eclipse"] = static (_, _) => new Honest(),
        ["churn"] = static (_, _) => new Honest(),
        ["adaptive"] = static (_, _) => new Adaptive(),
    }.ToFrozenDictionary();

    // Without strategies that decide nothing: a neuron that follows the protocol is asked eight things per message.
    ImmutableArray<Strategy> _all = Make(context.Plan.Population.Conduct.Strategies, context, own);

    /// <summary>Names of strategies there is code for.</summary>
    public static IReadOnlyCollection<string> Known => Makers.Keys;

    /// <summary>True when it departs from the protocol in nothing that is decided during the run.</summary>
    public bool FollowsProtocol => _all.IsEmpty;

    /// <summary>From now on it follows these.</summary>
    public void Follow(ImmutableArray<StrategySpec> strategies) => _all = Make(strategies, context, own);

    public override void Opens(long height)
    {
        foreach (var strategy in _all)
        {
            strategy.Opens(height);
        }
    }

    public override double[] Wanted(LedgerView view, double[] honest) =>
        _all.Aggregate(honest, (row, s) => s.Wanted(view, row));

    public override bool AwaitsOrders => _all.Any(static s => s.AwaitsOrders);

    public override double Pace => _all.Aggregate(1.0, static (pace, s) => pace * s.Pace);

    public override TimeSpan SubmitsAfter(TimeSpan interval) =>
        _all.Aggregate(TimeSpan.Zero, (wait, s) => wait + s.SubmitsAfter(interval));

    public override IReadOnlyList<LedgerMessage.SubmitWeights>? Submissions(SubmissionSigner signer) =>
        First(s => s.Submissions(signer));

    public override Tensor? Fake(QueryId query, int rows, int columns) =>
        _all.IsEmpty ? null : First(s => s.Fake(query, rows, columns));

    public override Tensor Answered(int rows, Func<Tensor> represent) =>
        _all.IsEmpty ? represent() : _all.Aggregate(represent, (compute, s) => () => s.Answered(rows, compute))();

    public override Tensor Audited(Tensor honest) => _all.Aggregate(honest, static (answer, s) => s.Audited(answer));

    public override bool Computes() =>
        _all.IsEmpty || _all.Aggregate(true, static (computes, s) => s.Computes() && computes);

    public override int? Relays(int caller) =>
        _all.IsEmpty ? null : _all.Select(s => s.Relays(caller)).FirstOrDefault(to => to is not null);

    public override bool Learns => _all.IsEmpty || _all.All(static s => s.Learns);

    public override ServingRefusal? Refuses(int caller, double bid) =>
        _all.IsEmpty ? null : _all.Select(s => s.Refuses(caller, bid)).FirstOrDefault(r => r is not null);

    public override Func<Tensor>? Taught(int slot, Func<Tensor> gradient) =>
        _all.IsEmpty
            ? gradient
            : _all.Aggregate((Func<Tensor>?)gradient, (taught, s) => taught is null ? null : s.Taught(slot, taught));

    public override TimeSpan Holds(ParcelKind kind) =>
        _all.IsEmpty ? TimeSpan.Zero : _all.Aggregate(TimeSpan.Zero, (wait, s) => wait + s.Holds(kind));

    public override bool Asks => _all.All(static s => s.Asks);

    public override int Floods => _all.Sum(static s => s.Floods);

    T? First<T>(Func<Strategy, T?> ask)
        where T : class => _all.Select(ask).FirstOrDefault(answer => answer is not null);

    static ImmutableArray<Strategy> Make(
        ImmutableArray<StrategySpec> strategies, StrategyContext context, Strategy? own) =>
        [
            .. strategies.Select(spec => Makers[spec.Name](spec, context)).Where(s => s is not Honest),
            .. own is null ? Array.Empty<Strategy>() : [own],
        ];
}

/// <summary>
/// Follows the protocol, or departs from it in what is decided before the run: its data, its peers, its identities, its
/// presence.
/// </summary>
sealed class Honest : Strategy;
