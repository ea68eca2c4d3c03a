using BitTensor.Actors.Models;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Context;

/// <summary>Makes the models of a scenario: deals the data, draws the shared importance, builds the models.</summary>
sealed class ModelFactory
{
    readonly Scenario _scenario;
    readonly IReadOnlyList<NeuronPlan> _plans;
    readonly IReadOnlyList<Shard> _shards = [];
    readonly Dictionary<double, double[]> _importance = [];

    /// <summary>Loads and deals the data, if the scenario has any.</summary>
    /// <exception cref="DataSetException">The data set is not there, is damaged, or has too few examples.</exception>
    public ModelFactory(Scenario scenario, IReadOnlyList<NeuronPlan> plans, RunExtensions? extensions = null)
    {
        _scenario = scenario;
        Extensions = extensions ?? new();
        _plans = plans;
        if (scenario.Data is { } data)
        {
            TorchRuntime.Initialize();
            _shards = DataSource.Shards(data, [.. plans.Select(p => p.Population.DataShare)], scenario.Seed);
        }
    }

    /// <summary>Code in the place of parts of the scenario.</summary>
    public RunExtensions Extensions { get; }

    /// <summary>What each neuron has of the data, by id; empty when nobody learns from data.</summary>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <summary>The model of one neuron, as it is at the start of a run.</summary>
    public NeuronModel Create(NeuronPlan plan)
    {
        if (Extensions.Models.TryGetValue(plan.Population.Name, out var model))
        {
            return model(plan);
        }
        if (plan.Population.Model is ModelSpec.Quadratic quadratic)
        {
            return new QuadraticModel(LossOf(plan, quadratic), plan.OwnSlot, plan.Population.Weights);
        }
        var (trained, training) = ((ModelSpec.Trained)plan.Population.Model, plan.Population.Training);
        var settings = new LearningSettings(training.Optimizer, training.LearningRate, training.WeightDecay)
        {
            SlotDropout = trained.SlotDropout, OwnDropout = trained.OwnDropout, Missing = plan.Population.Missing,
            Student = plan.Slots.Length > 1 ? plan.Population.Student : null,
            AnswersWithPeers = plan.Population.Depth is not null && plan.Slots.Length > 1,
            Gate = plan.Population.Gating is { By: GateRule.Gate } gate && plan.Slots.Length > 1 ? gate : null,
        };
        var shape = ModelShape.Of(trained, _shards[plan.Id].Train, plan.Slots.Length, plan.OwnSlot);
        return new TorchModel(
            new SlotModel(shape, settings, _scenario.Seed, plan.Id, Extensions.ModulesOf(plan)), ShardOf(plan),
            _scenario.Seed, plan);
    }

    /// <summary>The model of one neuron that never hears of its peers: without gate and slot dropout.</summary>
    public NeuronModel CreateSolo(NeuronPlan plan)
    {
        var population = plan.Population;
        var solo = population.Model is ModelSpec.Trained trained
            ? population with
            {
                Model = trained with { SlotDropout = 0, OwnDropout = 0 }, Gating = null, Missing = MissingAnswer.Zero,
            }
            : population;
        return Create(plan with { Population = solo });
    }

    /// <summary>The quadratic loss of one neuron, eq. (16).</summary>
    public QuadraticLoss LossOf(NeuronPlan plan, ModelSpec.Quadratic model)
    {
        if (!_importance.TryGetValue(model.Sigma, out var importance))
        {
            var dice = new RandomStream(_scenario.Seed, "importance");
            _importance[model.Sigma] = importance = QuadraticLoss.Importance(dice, _plans.Count, model.Sigma);
        }
        return QuadraticLoss.Draw(
            new RandomStream(_scenario.Seed, "hessian", plan.Id), plan.Slots.AsSpan(), importance, model.HessianRank);
    }

    /// <summary>
    /// What it learns from. Its private data are set apart; of the rest it keeps some aside for fresh evidence.
    /// </summary>
    /// <exception cref="DataSetException">It has too few examples to keep some aside.</exception>
    public Shard ShardOf(NeuronPlan plan)
    {
        var (shard, population) = (DealtTo(plan), plan.Population);
        shard = population.Private is { } hidden ? shard.WithPrivate(hidden.Share) : shard;
        return population.Significance is { IsFresh: true } fresh ? shard.KeepAside(fresh.Share) : shard;
    }

    /// <summary>
    /// What it learns from: its own data, or with strategy <c>poison-data</c> some of it under the label of the next
    /// class, or in a regression with a target of the other sign.
    /// </summary>
    Shard DealtTo(NeuronPlan plan)
    {
        var shard = _shards[plan.Id];
        if (plan.Population.Conduct.Find("poison-data") is not { } poison)
        {
            return shard;
        }
        var dice = new RandomStream(_scenario.Seed, "poison-data", plan.Id);
        var (train, share) = (shard.Train, poison.Number("share"));
        return shard with
        {
            Train = train with
            {
                Labels = Array.ConvertAll(train.Labels, l => dice.NextDouble() < share ? (l + 1) % train.Classes : l),
                Targets = train.Targets is { } targets
                    ? Array.ConvertAll(targets, t => dice.NextDouble() < share ? -t : t)
                    : null,
            },
        };
    }
}
