using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>Draws one to four populations, at least one of which holds stake.</summary>
sealed class PopulationDraw(Swarm swarm, ScenarioDraw.Size size)
{
    static readonly string[] Names = ["a", "b", "c", "d"];

    readonly RandomStream _dice = swarm.Dice("populations");

    public ImmutableArray<PopulationSpec> All()
    {
        var count = _dice.Whole(1, Names.Length);
        var left = size.Neurons;
        var populations = ImmutableArray.CreateBuilder<PopulationSpec>(count);
        for (var k = 0; k < count; k++)
        {
            var here = k == count - 1 ? left : _dice.Whole(1, left - (count - 1 - k));
            left -= here;
            populations.Add(One(Names[k], here, k == 0));
        }
        var conducts = new ConductDraw(swarm, size, [.. populations.Select(p => p.Name)]);
        return [.. populations.Select((p, k) => Joining(p with { Conduct = conducts.Of(p) }, k))];
    }

    /// <summary>
    /// In an open network: half of the populations but the first join while it runs, and of all a quarter leave.
    /// </summary>
    PopulationSpec Joining(PopulationSpec population, int position)
    {
        var dice = swarm.Dice($"joins-{position}");
        var joins = position > 0 && swarm.Has("joins") && !dice.Chance(0.5)
            ? new PaceSpec(dice.Whole(1, 30), dice.Whole(0, 3))
            : null;
        var comes = joins is null
            ? population
            : population with { Joins = joins, FirstWeights = FirstWeights.Uniform };
        comes = swarm.Has("explore") && comes.Gating is not { By: GateRule.Gate }
            ? comes with { Explore = new ExploreSpec(dice.Whole(0, 3), dice.Whole(1, 4)) }
            : comes;
        return swarm.Has("joins") && dice.Chance(0.25)
            ? comes with
            {
                Leaves = new PaceSpec((joins?.From ?? 0) + dice.Whole(1, 20), (joins?.Every ?? 0) + dice.Whole(0, 3)),
            }
            : comes;
    }

    PopulationSpec One(string name, int count, bool first)
    {
        var population = WithStudent(Plain(name, count, first));
        return population.Gating is { By: GateRule.Gate } && _dice.Chance(0.5)
            ? population with { Weights = WeightPolicy.Gate }
            : population;
    }

    PopulationSpec WithStudent(PopulationSpec population) => !size.Learns || !swarm.Has("student")
        ? population
        : population with
        {
            Student = StudentSpec.Default with
            {
                Loss = _dice.Pick(StudentLoss.Mse, StudentLoss.Kl, StudentLoss.Both),
                Inputs = _dice.Pick(StudentInputs.Own, StudentInputs.Mixed, StudentInputs.Served),
                Every = _dice.Whole(1, 3),
                MaxAge = _dice.Chance(0.5) ? _dice.Whole(1, 9) : null,
            },
            Missing = _dice.Pick(population.Missing, MissingAnswer.Student),
            Depth = _dice.Chance(0.4) ? _dice.Whole(1, 2) : null,
            Private = _dice.Chance(0.3) ? new PrivateSpec(0.5, _dice.Chance(0.5)) : null,
        };

    PopulationSpec Plain(string name, int count, bool first) => new()
    {
        Name = name,
        Count = count,
        Zone = swarm.Has("zones") ? _dice.Pick("north", "south", null) : null,
        Stake = Stake(first),
        FirstWeights = swarm.Has("first-weights")
            ? _dice.Pick(FirstWeights.Uniform, FirstWeights.Random, FirstWeights.Self, FirstWeights.None)
            : FirstWeights.Uniform,
        DataShare = _dice.Pick(1, 2),
        Model = size.Learns
            ? TrainedModel()
            : new ModelSpec.Quadratic(_dice.Whole(1, 4), _dice.Pick(0, 0.5, 2)),
        Training = Training(),
        Serving = Serving(),
        Defence = DefenceSpec.Default,
        Gating = swarm.Has("gating") ? Gating() : null,
        Missing = size.Learns && swarm.Has("missing") ? MissingAnswer.Renormalise : MissingAnswer.Zero,
        Conduct = ConductSpec.Honest,
        Weights = swarm.Has("weights")
            ? _dice.Pick(
                WeightPolicy.Competitive, WeightPolicy.Significance, WeightPolicy.Uniform, WeightPolicy.Ablation,
                WeightPolicy.Synergy)
            : WeightPolicy.Competitive,
        Significance = size.Learns && swarm.Has("fresh-evidence") ? Significance() : null,
    };

    SignificanceSpec Significance() => new()
    {
        On = EvidenceSource.Fresh, Average = _dice.Pick(1, 16), Share = 0.5, Every = _dice.Whole(2, 4),
    };

    StakeSpec Stake(bool first) =>
        swarm.Has("drawn-stakes")
            ? _dice.Pick<StakeSpec>(
                new StakeSpec.Uniform(0.5, 2), new StakeSpec.Lognormal(1, 3), new StakeSpec.Pareto(0.1, 0.5))
            : new StakeSpec.Each(swarm.Has("stakes") ? _dice.Pick(first ? 1 : 0, 0.01, 1, 1000) : 1);

    ModelSpec TrainedModel()
    {
        var model = ModelSpec.Mlp.Of(2, 4);
        return swarm.Has("heads")
            ? model with
            {
                Head = _dice.Pick(HeadKind.Hidden, HeadKind.Linear, HeadKind.Sum, HeadKind.Attention),
                SlotDropout = _dice.Pick(0, 0.25),
                OwnDropout = _dice.Pick(0, 0.5),
            }
            : model;
    }

    TrainingSpec Training()
    {
        var interval = size.IterationInterval * _dice.Pick(1, 1, 2);
        return TrainingSpec.Default with
        {
            IterationInterval = interval,
            ReplyTimeout = interval * _dice.Pick(0.2, 0.5, 1),
            StepCost = swarm.Has("costs") ? _dice.Around(interval, 0.001, 0.5) : TimeSpan.Zero,
            KMin = swarm.Has("k-min") ? _dice.Whole(1, size.Degree) : null,
            BackOff = swarm.Has("back-off") ? _dice.Around(interval, 0.1, 3) : TimeSpan.Zero,
            BackOffMost = interval * 8,
            BatchSize = 4,
            Optimizer = _dice.Pick(OptimizerKind.Adam, OptimizerKind.Sgd),
        };
    }

    GatingSpec Gating()
    {
        var by = size.Learns
            ? _dice.Pick(GateRule.Rank, GateRule.Row, GateRule.Significance, GateRule.Drawn, GateRule.Gate)
            : _dice.Pick(GateRule.Rank, GateRule.Row, GateRule.Drawn);
        var top = _dice.Whole(1, 3);
        return GatingSpec.Asking(top, by) with
        {
            Wait = _dice.Chance(0.25)
                ? new WaitSpec(_dice.Whole(1, top), _dice.Around(size.IterationInterval, 0.001, 0.5))
                : null,
            WarmUp = _dice.Pick(0, 2),
            Explore = by == GateRule.Gate ? 0 : _dice.Pick(0, 0.25),
            Per = by == GateRule.Gate ? _dice.Pick(GateScope.Example, GateScope.Batch) : GateScope.Example,
            Noise = by == GateRule.Gate ? _dice.Pick(0, 1) : 0,
            Balance = by == GateRule.Gate
                ? _dice.Pick(BalanceLoss.None, BalanceLoss.Cv2, BalanceLoss.Switch)
                : BalanceLoss.None,
        };
    }

    ServingSpec Serving() => new()
    {
        Cost = swarm.Has("costs") ? _dice.Around(size.IterationInterval, 0.001, 0.2) : TimeSpan.Zero,
        OpenQueries = swarm.Has("open-queries") ? _dice.Whole(1, 8) : 256,
        Remember = swarm.Has("remember") ? _dice.Around(size.IterationInterval, 0.1, 2) : TimeSpan.FromSeconds(5),
        Limits = swarm.Has("workers")
            ? new ServiceLimits(
                _dice.Whole(1, 3), _dice.Whole(0, 4),
                _dice.Chance(0.5) ? _dice.Around(size.IterationInterval, 0.01, 1) : null, swarm.Has("admission"))
            : null,
    };
}
