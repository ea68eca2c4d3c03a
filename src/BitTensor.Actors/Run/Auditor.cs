using System.Collections.Immutable;
using BitTensor.Actors.Context;
using BitTensor.Actors.Neurons;
using BitTensor.Actors.Strategies;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Run;

/// <summary>What one listener's loss says of its slots.</summary>
/// <param name="Potential">With every slot filled.</param>
/// <param name="Served">
/// The mean over its iterations since the last audit, each with the slots filled whose answers it used; null without an
/// iteration.
/// </param>
/// <param name="Shares">Share of these iterations that used each slot, in [0, 1].</param>
sealed record Heard(ListenerAudit Potential, ListenerAudit? Served, double[] Shares)
{
    /// <summary>Without its peers; null where that is not measured.</summary>
    public AloneLoss? Alone { get; init; }
}

/// <summary>
/// Measures the ideal rank (2) from every model, every mask and all held-out data, which only the emulator has. Pure:
/// works on copies. Only the neurons that learn alone beside the run go on from audit to audit; jobs of different
/// listeners may run side by side.
/// </summary>
sealed class Auditor(Scenario scenario, IReadOnlyList<NeuronPlan> plans, ModelFactory models)
{
    /// <summary>Beyond this many neurons the formula's game is not played beside the run.</summary>
    const int MostOfAGame = 64;

    readonly SoloTraining[]? _solo =
        scenario.Audit.Solo ? [.. plans.Select(p => new SoloTraining(models, p))] : null;

    readonly bool _measuresAlone =
        scenario.Audit.Solo || scenario.Timeline.Any(entry => entry.Do is FaultSpec.Disconnect);

    readonly Lazy<WeightRow[]?> _equilibrium = new(() => EquilibriumOf(scenario, plans, models));

    /// <summary>The loss of a quadratic neuron, which needs no copy: it follows from the scenario.</summary>
    public QuadraticLoss LossOf(int neuron) =>
        models.LossOf(plans[neuron], (ModelSpec.Quadratic)plans[neuron].Population.Model);

    /// <summary>
    /// Measures one listener: its loss with the inputs the market grants it, and the worth of each of its slots.
    /// </summary>
    /// <param name="listener">Id.</param>
    /// <param name="height">Block, for the draws of noise.</param>
    /// <param name="masks">m_ij for each slot of the listener.</param>
    /// <param name="snapshots">Models of all neurons at one moment.</param>
    /// <param name="service">The listener's iterations since the last audit, by the slots they used.</param>
    public Heard Listen(
        int listener, long height, double[] masks, IReadOnlyList<object> snapshots,
        ImmutableArray<ServicePattern> service)
    {
        var plan = plans[listener];
        var shares = SharesOf(service, masks.Length);
        if (snapshots[listener] is QuadraticLoss loss)
        {
            var (all, used) = ListenQuadratic(plan, loss, InputsOf(plan, masks, height), service);
            return new Heard(all, used, shares) { Alone = _measuresAlone ? AloneOf(plan, loss, masks) : null };
        }
        var (potential, served) = ListenTorch(plan, masks, snapshots, height, service);
        return new Heard(potential, served, shares)
        {
            Alone = AloneOf(
                plan, (ModelSnapshot)snapshots[listener], RuleOf(plan.Population, height),
                _solo?[listener].After(height, service.Sum(p => p.Iterations))),
        };
    }

    /// <summary>Releases the neurons that learned alone; no listener is measured any more.</summary>
    public void Release() => Array.ForEach(_solo ?? [], s => s.Dispose());

    Examples HeldOutOf(NeuronPlan plan)
    {
        var all = models.Shards[plan.Id].HeldOut;
        return all.Take([.. Enumerable.Range(0, Math.Min(all.Count, scenario.Audit.Examples))]);
    }

    /// <summary>The loss of (16) where only the own slot is connected.</summary>
    static AloneLoss AloneOf(NeuronPlan plan, QuadraticLoss loss, double[] masks)
    {
        var alone = new double[masks.Length];
        alone[plan.OwnSlot] = masks[plan.OwnSlot];
        return new AloneLoss(null, null, loss.Value(alone), null);
    }

    /// <summary>
    /// A listener without its peers: with its student in their place, with zeros, on its private data, and after as
    /// many steps alone.
    /// </summary>
    AloneLoss? AloneOf(NeuronPlan plan, ModelSnapshot listener, JoinRule rule, ModelSnapshot? solo)
    {
        var taught = listener.Student.Length > 0;
        if (!_measuresAlone && !taught)
        {
            return null;
        }
        var heldOut = HeldOutOf(plan);
        var zeros = IdealRank.Disconnected(listener, heldOut, null);
        var student = taught ? IdealRank.Disconnected(listener, heldOut, rule) : null;
        var hidden = taught && plan.Population.Private is not null ? models.ShardOf(plan).Private : null;
        var onPrivate = hidden is { Count: > 0 } ? IdealRank.Disconnected(listener, hidden, rule) : null;
        var alone = solo is null ? null : IdealRank.Disconnected(solo, heldOut, null);
        return new AloneLoss(student?.Loss, student?.Accuracy, zeros.Loss, zeros.Accuracy)
        {
            PrivateLoss = onPrivate?.Loss, PrivateAccuracy = onPrivate?.Accuracy, SoloLoss = alone?.Loss,
            SoloAccuracy = alone?.Accuracy,
        };
    }

    /// <summary>
    /// Ideal rank of every registered neuron: R_i = 1/n times the sum, over the listeners j other than i, of the value
    /// of slot i to j. A neuron's own slot is no service to a peer and does not count. A listener without an iteration
    /// since the last audit was served by nobody and adds nothing; where nobody iterated, nothing was measured.
    /// </summary>
    /// <param name="height">Block.</param>
    /// <param name="market">The market as it closed.</param>
    /// <param name="heard">The measurement of each listener.</param>
    public ImmutableArray<JournalRecord.Audited> Combine(long height, Market market, IReadOnlyList<Heard> heard)
    {
        int[] members = [.. Enumerable.Range(0, plans.Count).Where(market.IsMember)];
        var potential = WorthSums.Of(plans, market, heard, h => h.Potential)!;
        var served = WorthSums.Of(plans, market, heard, h => h.Served);
        var used = SharesUsed(heard);
        return [.. members.Select(i => Audited(i, heard[i]))];

        JournalRecord.Audited Audited(int i, Heard h) => new(
            height, i, h.Served?.Loss, h.Served?.Accuracy, served?.Hessian[i], served?.Fisher[i],
            served?.Ablation[i], DistanceOf(i, market.Row(i)), used[i],
            new(
                h.Potential.Loss, h.Potential.Accuracy, potential.Hessian[i], potential.Fisher[i],
                potential.Ablation[i])
            {
                Taylor = potential.Taylor[i], Path = potential.Path[i], Shapley = potential.Shapley?[i],
            })
        {
            Taylor = served?.Taylor[i], Path = served?.Path[i], Shapley = served?.Shapley?[i],
            Agreement = i > members[0] ? null : new WorthAgreement(served?.Agreement, potential.Agreement),
            Alone = h.Alone,
        };
    }

    /// <summary>
    /// Mean share of each neuron's listeners' iterations that used its answer; null where no listener iterated.
    /// </summary>
    double?[] SharesUsed(IReadOnlyList<Heard> heard)
    {
        var (sum, listeners) = (new double[plans.Count], new int[plans.Count]);
        foreach (var plan in plans.Where(p => heard[p.Id].Served is not null))
        {
            foreach (var (k, i) in plan.Slots.Index().Where(slot => slot.Item != plan.Id))
            {
                sum[i] += heard[plan.Id].Shares[k];
                listeners[i]++;
            }
        }
        return [.. sum.Select((s, i) => listeners[i] > 0 ? s / listeners[i] : (double?)null)];
    }

    static double[] SharesOf(ImmutableArray<ServicePattern> service, int slots)
    {
        var (used, total) = (new long[slots], service.Sum(p => (long)p.Iterations));
        Array.Fill(used, total);
        foreach (var pattern in service)
        {
            foreach (var slot in pattern.Empty.Concat(pattern.Unasked))
            {
                used[slot] -= pattern.Iterations;
            }
        }
        return Array.ConvertAll(used, count => total == 0 ? 0 : (double)count / total);
    }

    double? DistanceOf(int neuron, WeightRow row) =>
        _equilibrium.Value is { } rows ? FormulaGame.Distance(row, rows[neuron]) : null;

    static WeightRow[]? EquilibriumOf(Scenario scenario, IReadOnlyList<NeuronPlan> plans, ModelFactory models)
    {
        static bool IsOfFormula(PopulationSpec population) =>
            population is { Model: ModelSpec.Quadratic, Weights: WeightPolicy.Competitive }
            && population.Conduct.Has("honest");
        // A game whose numbers or players change during the run has no one equilibrium.
        var formula = plans.Count <= MostOfAGame
            && scenario.Mechanism is { Emission: false, Membership: null, Adaptive: null }
            && !scenario.Timeline.Any(e => e.Do is FaultSpec.Set)
            && plans.All(p => IsOfFormula(p.Population));
        if (!formula)
        {
            return null;
        }
        var first = FirstState.Of(scenario, plans);
        return FormulaGame.Equilibrium(
            Market.Genesis(first.Rows, first.Stake, scenario.Mechanism),
            [.. plans.Select(p => models.LossOf(p, (ModelSpec.Quadratic)p.Population.Model))]);
    }

    (ListenerAudit Potential, ListenerAudit? Served) ListenTorch(
        NeuronPlan plan, double[] masks, IReadOnlyList<object> snapshots, long height,
        ImmutableArray<ServicePattern> service)
    {
        var examples = HeldOutOf(plan);
        var inputs = new SlotInput[masks.Length];
        for (var k = 0; k < inputs.Length; k++)
        {
            var server = plan.Slots[k];
            var encoder = (ModelSnapshot)snapshots[server];
            var own = k == plan.OwnSlot;
            var strategies = own ? null : StrategiesOf(server, height);
            inputs[k] = new SlotInput(encoder, null, own ? 1 : masks[k])
            {
                Change = strategies is null
                    ? null
                    : output => Spoiled(strategies, new QueryId(plan.Id, height), examples.Count, output),
            };
        }
        return IdealRank.Measure(
            (ModelSnapshot)snapshots[plan.Id], inputs, examples, service, RuleOf(plan.Population, height),
            OrdersOf(plan, height));
    }

    /// <summary>The drawn orders of the listener's peers, for Shapley values.</summary>
    int[][] OrdersOf(NeuronPlan plan, long height)
    {
        var dice = new RandomStream(scenario.Seed, "shapley", plan.Id, height);
        return [.. Enumerable.Range(0, scenario.Audit.Shapley).Select(_ =>
        {
            int[] order = [.. Enumerable.Range(0, plan.Slots.Length).Where(k => k != plan.OwnSlot)];
            dice.Shuffle<int>(order);
            return order;
        })];
    }

    /// <summary>How a neuron joins answers at a block.</summary>
    public static JoinRule RuleOf(PopulationSpec population, long height)
    {
        var gate = population.Gating;
        // The iterations since the last audit ran while blocks up to this one were open.
        var top = gate is null || height <= gate.WarmUp ? int.MaxValue : gate.Top;
        return new JoinRule(population.Missing, top, gate?.Per ?? GateScope.Example);
    }

    /// <summary>
    /// The strategies by which a server departs from honest answers; null when it does not. A new one each time: jobs
    /// run side by side.
    /// </summary>
    StrategySet? StrategiesOf(int server, long height)
    {
        if (plans[server].Population.Conduct.AnswersHonestly)
        {
            return null;
        }
        var strategies = new StrategySet(
            new StrategyContext(scenario.Seed, plans[server], plans), models.Extensions.StrategyOf(plans[server]));
        strategies.Opens(height);
        return strategies;
    }

    /// <summary>
    /// The server's answer as the listener takes it: a refused answer counts as missing. A server that serves only some
    /// callers is assumed to serve.
    /// </summary>
    static float[] Spoiled(StrategySet strategies, QueryId query, int rows, float[] output)
    {
        var honest = new Tensor(rows, output.Length / rows, output);
        var answer = strategies.Fake(query, rows, honest.Columns) ?? strategies.Audited(honest);
        return TensorCheck.Judge(answer, rows, honest.Columns) is null ? answer.Values : new float[output.Length];
    }

    /// <summary>Masked answers of a listener's slots with every slot filled; an answer is 1.</summary>
    double[] InputsOf(NeuronPlan plan, double[] masks, long height)
    {
        var inputs = new double[masks.Length];
        for (var k = 0; k < inputs.Length; k++)
        {
            var strategies = k == plan.OwnSlot ? null : StrategiesOf(plan.Slots[k], height);
            inputs[k] = masks[k] * (
                strategies is null ? 1 : Spoiled(strategies, new QueryId(plan.Id, height), 1, [1])[0]);
        }
        return inputs;
    }

    (ListenerAudit Potential, ListenerAudit? Served) ListenQuadratic(
        NeuronPlan plan, QuadraticLoss loss, double[] inputs, ImmutableArray<ServicePattern> service)
    {
        var worth = new QuadraticWorth(loss, scenario.Audit.Shapley > 0 ? plan.OwnSlot : null);
        var potential = worth.Of(inputs);
        var always = service.All(p => p.Empty.IsEmpty && p.Unasked.IsEmpty);
        return (potential, service.IsEmpty ? null : always ? potential : worth.Served(inputs, service));
    }
}
