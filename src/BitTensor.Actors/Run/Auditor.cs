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

/// <summary>The value of each slot to a listener, and the listener's own held-out loss.</summary>
sealed record Heard(double Loss, double? Accuracy, double[] Hessian, double[] Fisher, double[] Ablation);

/// <summary>
/// Measures the ideal rank (2) from every model, every mask and all held-out data, which only the emulator has. Pure:
/// works on copies.
/// </summary>
sealed class Auditor(Scenario scenario, IReadOnlyList<NeuronPlan> plans, ModelFactory models)
{
    /// <summary>Beyond this many neurons the formula's game is not played beside the run.</summary>
    const int MostOfAGame = 64;

    readonly Lazy<WeightRow[]?> _equilibrium = new(() => EquilibriumOf(scenario, plans, models));

    /// <summary>The loss of a quadratic neuron, which needs no copy: it follows from the scenario.</summary>
    public QuadraticLoss LossOf(int neuron) =>
        models.LossOf(plans[neuron], (ModelSpec.Quadratic)plans[neuron].Population.Model);

    /// <summary>
    /// Measures one listener: its loss with the inputs the market grants it, and the worth of each of its slots.
    /// </summary>
    /// <param name="masks">m_ij for each slot of the listener.</param>
    /// <param name="snapshots">Models of all neurons at one moment.</param>
    /// <param name="listener">Id.</param>
    /// <param name="height">Block, for the draws of noise.</param>
    public Heard Listen(double[] masks, IReadOnlyList<object> snapshots, int listener, long height)
    {
        var plan = plans[listener];
        return snapshots[listener] is QuadraticLoss loss
            ? ListenQuadratic(loss, plan, masks, height)
            : ListenTorch(plan, masks, snapshots, height);
    }

    /// <summary>
    /// Ideal rank of every neuron: R_i = 1/n times the sum, over the listeners j other than i, of the value of slot i
    /// to j. A neuron's own slot is no service to a peer and does not count.
    /// </summary>
    /// <param name="height">Block.</param>
    /// <param name="market">The market as it closed.</param>
    /// <param name="heard">The measurement of each listener.</param>
    public ImmutableArray<JournalRecord.Audited> Combine(long height, Market market, IReadOnlyList<Heard> heard)
    {
        var n = plans.Count;
        var (hessian, fisher, ablation) = (new double[n], new double[n], new double[n]);
        for (var j = 0; j < n; j++)
        {
            for (var k = 0; k < plans[j].Slots.Length; k++)
            {
                var i = plans[j].Slots[k];
                if (i != j)
                {
                    hessian[i] += heard[j].Hessian[k] / n;
                    fisher[i] += heard[j].Fisher[k] / n;
                    ablation[i] += heard[j].Ablation[k] / n;
                }
            }
        }
        return
        [
            .. heard.Select((h, i) => new JournalRecord.Audited(
                height, i, h.Loss, h.Accuracy, hessian[i], fisher[i], ablation[i], DistanceOf(i, market.Row(i)))),
        ];
    }

    double? DistanceOf(int neuron, WeightRow row) =>
        _equilibrium.Value is { } rows ? FormulaGame.Distance(row, rows[neuron]) : null;

    static WeightRow[]? EquilibriumOf(Scenario scenario, IReadOnlyList<NeuronPlan> plans, ModelFactory models)
    {
        static bool IsOfFormula(PopulationSpec population) =>
            population is { Model: ModelSpec.Quadratic, Weights: WeightPolicy.Competitive }
            && population.Conduct.Has("honest");
        var formula = plans.Count <= MostOfAGame && !scenario.Mechanism.Emission
            && plans.All(p => IsOfFormula(p.Population));
        return formula
            ? FormulaGame.Equilibrium(
                Market.Genesis(
                    [.. plans.Select(Roster.FirstRow)], plans.Select(p => p.Population.StakeEach).ToArray(),
                    scenario.Mechanism),
                [.. plans.Select(p => models.LossOf(p, (ModelSpec.Quadratic)p.Population.Model))])
            : null;
    }

    Heard ListenTorch(NeuronPlan plan, double[] masks, IReadOnlyList<object> snapshots, long height)
    {
        var all = models.Shards[plan.Id].HeldOut;
        var examples = all.Take([.. Enumerable.Range(0, Math.Min(all.Count, scenario.Audit.Examples))]);
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
        var measured = IdealRank.Measure((ModelSnapshot)snapshots[plan.Id], inputs, examples);
        return new Heard(measured.Loss, measured.Accuracy, measured.Hessian, measured.Fisher, measured.Ablation);
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

    /// <summary>
    /// For the quadratic loss L = (m - m_ref)' H (m - m_ref) the Hessian is 2 H and dF_k = -m_k, so (2) reads 2 H_kk
    /// m_k^2. Read as the negative log-likelihood of a Gaussian its Fisher information is its Hessian, so the two
    /// estimators agree by definition.
    /// </summary>
    Heard ListenQuadratic(QuadraticLoss loss, NeuronPlan plan, double[] masks, long height)
    {
        var inputs = new double[masks.Length];
        for (var k = 0; k < inputs.Length; k++)
        {
            var strategies = k == plan.OwnSlot ? null : StrategiesOf(plan.Slots[k], height);
            inputs[k] = masks[k] * (
                strategies is null ? 1 : Spoiled(strategies, new QueryId(plan.Id, height), 1, [1])[0]);
        }
        var value = loss.Value(inputs);
        var (hessian, ablation) = (new double[masks.Length], new double[masks.Length]);
        for (var k = 0; k < masks.Length; k++)
        {
            hessian[k] = 2 * loss.Significance(k) * inputs[k] * inputs[k];
            var kept = inputs[k];
            inputs[k] = 0;
            ablation[k] = loss.Value(inputs) - value;
            inputs[k] = kept;
        }
        return new Heard(value, null, hessian, hessian, ablation);
    }
}
