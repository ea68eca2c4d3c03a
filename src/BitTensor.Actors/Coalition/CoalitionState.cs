using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Coalition;

/// <summary>
/// The state of a coalition: its knowledge of the open block, the tactics that come due, and the orders of its members.
/// It knows the reports of its members, and as much of the ledger as the scenario's <c>knowledge</c> allows. Pure but
/// for its own state.
/// </summary>
sealed class CoalitionState
{
    readonly CoalitionSpec _spec;
    MechanismParameters _mechanism;
    readonly RandomStream _dice;
    readonly IReadOnlyList<NeuronPlan> _plans;
    readonly SortedSet<int> _present = [];
    readonly SortedSet<int> _reserve = [];
    readonly SortedDictionary<int, CoalitionMessage.Report> _reports = [];
    readonly SortedDictionary<int, (int Number, ConductSpec Conduct)> _standing = [];
    readonly int[] _fired;
    Market? _market;
    Market? _announced;
    double[]? _ranks;
    int _numbers;
    int _spawned;

    public CoalitionState(CoalitionSpec spec, Scenario scenario, IReadOnlyList<NeuronPlan> plans)
    {
        (_spec, _mechanism, _plans) = (spec, scenario.Mechanism, plans);
        _dice = new RandomStream(scenario.Seed, "coalition");
        _fired = new int[spec.Tactics.Length];
        foreach (var plan in plans.Where(p => spec.Has(p.Population.Name)))
        {
            (spec.Reserve.Contains(plan.Population.Name) ? _reserve : _present).Add(plan.Id);
        }
    }

    /// <summary>Height of the open block.</summary>
    public long Block { get; private set; } = -1;

    /// <summary>Orders sent so far.</summary>
    public long Sent { get; private set; }

    /// <summary>True when every present member has reported on the open block.</summary>
    public bool HasHeardAll => _present.All(_reports.ContainsKey);

    /// <summary>A block opens.</summary>
    /// <param name="market">
    /// The market of the open block. Everybody knows who is registered; the rest is read only as far as the coalition's
    /// knowledge allows.
    /// </param>
    public void Open(Market market)
    {
        Block = market.Height;
        _mechanism = market.Parameters;
        _announced = market;
        _market = _spec.Knowledge == Knowledge.Ledger ? market : null;
        _ranks = null;
        _reports.Clear();
    }

    /// <summary>Takes a member's report. False when it is of another block.</summary>
    public bool Note(CoalitionMessage.Report report)
    {
        if (report.Block == Block)
        {
            _reports[report.Self.Id] = report;
        }
        return report.Block == Block;
    }

    /// <summary>Decides the coalition's move in the open block.</summary>
    public CoalitionMove Move()
    {
        var fired = ImmutableArray.CreateBuilder<(string, ImmutableArray<int>)>();
        var (spawned, retired) = (new List<int>(), new List<int>());
        for (var k = 0; k < _fired.Length; k++)
        {
            var tactic = _spec.Tactics[k];
            if (Block >= tactic.From && _fired[k] < tactic.Times && IsDue(tactic.When))
            {
                var whom = Carry(tactic, spawned, retired);
                if (tactic.Conduct is null && whom.IsEmpty)
                {
                    // The tactic only spawns or retires, and no neuron is left for it.
                    continue;
                }
                _fired[k]++;
                fired.Add((tactic.Name, whom));
            }
        }
        return new CoalitionMove(fired.ToImmutable(), [.. spawned], [.. retired], Orders());
    }

    bool IsDue(TriggerSpec when) => when switch
    {
        TriggerSpec.AtBlock at => Block >= at.Block,
        TriggerSpec.Chance chance => _dice.NextDouble() < chance.Probability,
        TriggerSpec.Metric metric =>
            Value(metric) is { } value && (metric.Above ? value > metric.Bound : value < metric.Bound),
        _ => false,
    };

    /// <summary>Carries a tactic out. Returns the neurons it concerns.</summary>
    ImmutableArray<int> Carry(TacticSpec tactic, List<int> spawned, List<int> retired)
    {
        bool Concerns(int member) => tactic.Who is null || _plans[member].Population.Name == tactic.Who;
        var gone = _present.Where(Concerns).Take(tactic.Retire).ToArray();
        var come = _reserve.Where(Concerns).Take(Math.Min(tactic.Spawn, _spec.Identities - _spawned)).ToArray();
        foreach (var member in gone)
        {
            _present.Remove(member);
            retired.Add(member);
        }
        foreach (var member in come)
        {
            _reserve.Remove(member);
            _present.Add(member);
            spawned.Add(member);
        }
        _spawned += come.Length;
        if (tactic.Conduct is { } conduct)
        {
            _numbers++;
            foreach (var member in _present.Concat(_reserve).Where(Concerns))
            {
                _standing[member] = (_numbers, conduct);
            }
        }
        return tactic.Conduct is null ? [.. gone.Concat(come).Order()] : [.. _present.Where(Concerns)];
    }

    /// <summary>Orders for members that do not yet follow their conduct, and rows for members that await one.</summary>
    ImmutableArray<(int, CoalitionMessage.Order)> Orders()
    {
        var rows = Rows();
        var orders = ImmutableArray.CreateBuilder<(int, CoalitionMessage.Order)>();
        foreach (var (member, report) in _reports.Where(r => _present.Contains(r.Key)))
        {
            var (number, conduct) = _standing.TryGetValue(member, out var standing) ? standing : (0, null);
            var row = rows.GetValueOrDefault(member);
            if ((report.Following != number || row is not null) && Sent < _spec.Messages)
            {
                Sent++;
                orders.Add((member, new CoalitionMessage.Order(Block, number, conduct, row)));
            }
        }
        return orders.ToImmutable();
    }

    /// <summary>One step up the reporting members' joint payoff, for the adaptive ones.</summary>
    Dictionary<int, double[]> Rows()
    {
        var members = _reports.Where(r => _present.Contains(r.Key)).Select(r => r.Value.Self).ToArray();
        var wanted = new Dictionary<int, double[]>();
        double[][]? gradients = null;
        for (var k = 0; k < members.Length; k++)
        {
            if (ConductOf(members[k].Id).Find("adaptive") is { } adaptive)
            {
                gradients ??= CoalitionPayoff.Gradient(
                    members, _announced!.Members, _mechanism.Alpha, _mechanism.Tau);
                wanted[members[k].Id] = Simplex.Step(
                    members[k].Row.Values, gradients[k], adaptive.Number("step") * _mechanism.StepFactor);
            }
        }
        return wanted;
    }

    ConductSpec ConductOf(int member) =>
        _standing.TryGetValue(member, out var standing) ? standing.Conduct : _plans[member].Population.Conduct;

    /// <summary>
    /// A metric over the present neurons of a population; null when the coalition knows none of them.
    /// </summary>
    double? Value(TriggerSpec.Metric metric)
    {
        bool IsMeasured(NeuronPlan plan) => metric.Of is null
            ? _present.Contains(plan.Id)
            : plan.Population.Name == metric.Of && !_reserve.Contains(plan.Id);
        var of = _plans.Where(p => IsMeasured(p) && _announced!.IsMember(p.Id)).Select(p => p.Id).ToArray();
        var values = metric.Name switch
        {
            "rank-share" or "stake-share" => of.Select(id => (double?)Share(metric.Name, id)),
            "loss" => of.Select(id => _reports.GetValueOrDefault(id)?.Loss),
            "rank" => of.Select(Rank),
            "stake" => of.Select(id =>
                _market is { } market ? market.Stake[id] : _reports.GetValueOrDefault(id)?.Self.Stake),
            _ => of.Select(id =>
                _market is { } market ? market.Row(id)[id] : _reports.GetValueOrDefault(id)?.Self.Row[id]),
        };
        var known = values.OfType<double>().ToArray();
        var isShare = metric.Name.EndsWith("share", StringComparison.Ordinal);
        return known.Length == 0 ? null : isShare ? known.Sum() : known.Average();
    }

    double Share(string metric, int id)
    {
        var all = metric == "rank-share" ? Ranks() : _market!.Stake.ToArray();
        return all.Sum() is var sum and > 0 ? all[id] / sum : 0;
    }

    /// <summary>R of the rows and the stake as the ledger has them, computed once a block.</summary>
    double[] Ranks() =>
        _ranks ??= _market!.Pay().Scores;

    /// <summary>From the ledger, from the member itself, or from the announcement of a member that names it.</summary>
    double? Rank(int id)
    {
        if (_market is not null)
        {
            return Ranks()[id];
        }
        if (_reports.TryGetValue(id, out var own))
        {
            return own.Rank;
        }
        if (_spec.Knowledge == Knowledge.Own)
        {
            return null;
        }
        foreach (var report in _reports.Values)
        {
            if (report.Self.Row.Targets.BinarySearch(id) is >= 0 and var at)
            {
                return report.RowMu[at];
            }
        }
        return null;
    }
}
