using System.Globalization;
using System.Text;
using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Scenarios;

/// <summary>Scenario to text: every default written out, so that the text runs again by itself whatever later defaults are.</summary>
public static class ScenarioWriter
{
    /// <summary>The scenario as YAML. Reading it gives an equal scenario.</summary>
    public static string Write(Scenario scenario)
    {
        var y = new YamlText();
        y.Line("version: 1");
        y.Line($"name: {scenario.Name}");
        if (scenario.Description.Length > 0)
        {
            y.Line($"description: {YamlText.Quoted(scenario.Description)}");
        }
        y.Line($"seed: {scenario.Seed}");
        y.Line($"duration: {scenario.Blocks} blocks");
        WriteMechanism(y, scenario);
        if (scenario.Data is { } data)
        {
            WriteData(y, data);
        }
        y.Section("populations", () => scenario.Populations.ToList().ForEach(p => y.Item(() => WritePopulation(y, p))));
        WriteTopology(y, scenario.Topology);
        WriteNetwork(y, scenario.Network);
        if (scenario.Timeline.Length > 0)
        {
            y.Section("timeline", () => scenario.Timeline.ToList().ForEach(e => y.Item(() => TimelineWriter.Write(y, e))));
        }
        if (scenario.Coalition is { } coalition)
        {
            CoalitionWriter.Write(y, coalition);
        }
        y.Section("audit", () =>
        {
            y.Line($"every: {(scenario.Audit.EveryBlocks == 0 ? "never" : $"{scenario.Audit.EveryBlocks} blocks")}");
            y.Line($"examples: {scenario.Audit.Examples}");
        });
        y.Section("record", () => y.Line($"weights-every: {scenario.Record.WeightsEveryBlocks} blocks"));
        if (scenario.Expect.Length > 0)
        {
            y.Section("expect", () => scenario.Expect.ToList().ForEach(p => y.Item(() => WriteProperty(y, p))));
        }
        if (scenario.Sweep is { } sweep)
        {
            WriteSweep(y, sweep);
        }
        return y.ToString();
    }

    static void WriteMechanism(YamlText y, Scenario scenario) => y.Section("mechanism", () =>
    {
        var m = scenario.Mechanism;
        y.Line($"block-interval: {YamlText.Time(scenario.BlockInterval)}");
        y.Line($"alpha: {YamlText.Number(m.Alpha)}");
        y.Line($"tau: {YamlText.Number(m.Tau)}");
        y.Line($"step: {YamlText.Number(m.Step)}");
        y.Line($"epsilon: {YamlText.Number(m.Epsilon)}");
        y.Line($"temperature: {YamlText.Number(m.Temperature)}");
        y.Line(m.Rule switch
        {
            RankRule.Trust t => $"rule: {{ kind: trust, kappa: {YamlText.Number(t.Kappa)}, rho: {YamlText.Number(t.Rho)} }}",
            RankRule.Yuma u => $"rule: {{ kind: yuma, kappa: {YamlText.Number(u.Kappa)}, dividend: {YamlText.Number(u.Dividend)} }}",
            _ => "rule: paper",
        });
        y.Line($"norm: {(m.Norm == InflationNorm.L1 ? "l1" : "l2")}");
        y.Line($"stake: {(m.StakeScale == StakeScale.Share ? "share" : "raw")}");
        y.Line($"emission: {(m.Emission ? "on" : "frozen")}");
        y.Line($"reveal-after: {m.RevealAfter} blocks");
        y.Line($"registration-cost: {YamlText.Number(m.RegistrationCost)}");
    });

    static void WriteData(YamlText y, DataSpec data) => y.Section("data", () =>
    {
        y.Line($"set: {YamlText.Word(data.Set)}");
        y.LineIf(data.Folder is not null, $"folder: {YamlText.Quoted(data.Folder ?? "")}");
        y.Line($"split: {YamlText.Word(data.Split)}");
        y.LineIf(data.Split == DataSplit.Dirichlet, $"concentration: {YamlText.Number(data.Concentration)}");
        y.LineIf(data.Split == DataSplit.ByLabel, $"labels-per-neuron: {data.LabelsPerNeuron}");
        y.Line($"holdout: {YamlText.Number(data.Holdout)}");
        y.LineIf(data.Examples is not null, $"examples: {data.Examples}");
        if (data.Set == DataSet.Synthetic)
        {
            y.Line($"features: {data.Features}");
            y.Line($"classes: {data.Classes}");
            y.Line($"spread: {YamlText.Number(data.Spread)}");
        }
    });

    static void WritePopulation(YamlText y, PopulationSpec p)
    {
        y.Line($"name: {p.Name}");
        y.Line($"count: {p.Count / p.Conduct.Identities}");
        y.LineIf(p.Zone is not null, $"zone: {p.Zone}");
        y.Line($"stake: {YamlText.Number(p.Stake)}");
        y.Line($"data-share: {YamlText.Number(p.DataShare)}");
        y.Line(p.Model is ModelSpec.Quadratic q
            ? $"model: {{ kind: quadratic, hessian-rank: {q.HessianRank}, sigma: {YamlText.Number(q.Sigma)} }}"
            : $"model: {{ kind: mlp, representation: {((ModelSpec.Mlp)p.Model).Representation}, hidden: {((ModelSpec.Mlp)p.Model).Hidden} }}");
        y.Section("training", () =>
        {
            y.Line($"iteration-interval: {YamlText.Time(p.Training.IterationInterval)}");
            y.Line($"step-cost: {YamlText.Time(p.Training.StepCost)}");
            y.Line($"reply-timeout: {YamlText.Time(p.Training.ReplyTimeout)}");
            y.LineIf(p.Training.KMin is not null, $"k-min: {p.Training.KMin}");
            y.Line($"back-off: {YamlText.Time(p.Training.BackOff)}");
            y.Line($"back-off-most: {YamlText.Time(p.Training.BackOffMost)}");
            y.Line($"batch-size: {p.Training.BatchSize}");
            y.Line($"learning-rate: {YamlText.Number(p.Training.LearningRate)}");
            y.Line($"weight-decay: {YamlText.Number(p.Training.WeightDecay)}");
            y.Line($"optimizer: {YamlText.Word(p.Training.Optimizer)}");
        });
        y.Section("serving", () =>
        {
            y.Line($"cost: {YamlText.Time(p.Serving.Cost)}");
            y.Line($"open-queries: {p.Serving.OpenQueries}");
            y.Line($"remember: {YamlText.Time(p.Serving.Remember)}");
            if (p.Serving.Limits is { } limits)
            {
                y.Line($"workers: {limits.Workers}");
                y.Line($"queue: {limits.Queue}");
                y.LineIf(limits.Timeout is not null, $"timeout: {YamlText.Time(limits.Timeout ?? default)}");
                y.Line($"admission: {(limits.ByStake ? "stake" : "first-come")}");
            }
        });
        if (p.Model is ModelSpec.Mlp)
        {
            y.Section("defence", () => WriteDefence(y, p.Defence));
        }
        y.Line($"weights: {YamlText.Word(p.Weights)}");
        y.Line($"strategy: {p.Conduct}");
    }

    static void WriteDefence(YamlText y, DefenceSpec defence)
    {
        y.LineIf(defence.NormClip is not null, $"norm-clip: {YamlText.Number(defence.NormClip ?? 0)}");
        y.Line($"gradients: {YamlText.Word(defence.Gradients)}");
        y.LineIf(defence.Gradients != GradientRule.Each, $"of: {defence.Of}");
        y.LineIf(defence.Gradients != GradientRule.Each, $"byzantine: {defence.Byzantine}");
    }

    static void WriteTopology(YamlText y, TopologySpec topology) => y.Line("topology: " + topology switch
    {
        TopologySpec.Random r => $"{{ kind: random, degree: {r.Degree} }}",
        TopologySpec.Ring r => $"{{ kind: ring, reach: {r.Reach} }}",
        TopologySpec.Regular r => $"{{ kind: regular, degree: {r.Degree} }}",
        TopologySpec.SmallWorld w => $"{{ kind: small-world, reach: {w.Reach}, rewire: {YamlText.Number(w.Rewire)} }}",
        TopologySpec.Star => "{ kind: star }",
        TopologySpec.Edges e => $"{{ kind: edges, list: {YamlText.Quoted(string.Join(' ', e.List.Select(p => $"{p.A}-{p.B}")))} }}",
        _ => "complete",
    });

    static void WriteNetwork(YamlText y, NetworkSpec network) => y.Section("network", () =>
    {
        y.Line($"wire: {YamlText.Word(network.Wire)}");
        y.Section("default", () => WriteLink(y, network.Default));
        if (network.Links.Length > 0)
        {
            y.Section("links", () => network.Links.ToList().ForEach(l => y.Item(() => WriteDirected(y, l))));
        }
    });

    internal static void WriteDirected(YamlText y, DirectedLinkSpec link)
    {
        y.Line($"from: {End(link.From)}");
        y.Line($"to: {End(link.To)}");
        y.Line($"kind: {link.Kind?.Word() ?? "any"}");
        y.Line($"toxicity: {YamlText.Number(link.Toxicity)}");
        WriteLink(y, link.Link);
    }

    static string End(EndSpec end) => end switch
    {
        EndSpec.Population p => p.Name,
        EndSpec.Zone z => $"zone {z.Name}",
        EndSpec.Neuron n => $"neuron {n.Id}",
        EndSpec.Ledger => "ledger",
        _ => "any",
    };

    static void WriteLink(YamlText y, LinkSpec link)
    {
        y.Line($"latency: {Latency(link.Latency)}");
        y.Line($"loss: {Loss(link.Loss)}");
        y.LineIf(link.QueueBytes is not null, $"queue: {link.QueueBytes} B");
        y.Line($"reorder: {YamlText.Number(link.Reorder)}");
        y.Line($"reorder-delay: {YamlText.Time(link.ReorderDelay)}");
        y.Line($"duplicate: {YamlText.Number(link.Duplicate)}");
        y.Line($"duplicate-delay: {YamlText.Time(link.DuplicateDelay)}");
        y.Line($"corrupt: {YamlText.Number(link.Corrupt)}");
        y.Line($"replay: {YamlText.Number(link.Replay)}");
        y.LineIf(link.BandwidthBytesPerSecond is not null, $"bandwidth: {YamlText.Decimal(link.BandwidthBytesPerSecond ?? 0)} B/s");
    }

    static string Loss(LossSpec loss) => loss is LossSpec.Bursts b
        ? $"{{ model: bursts, good-to-bad: {YamlText.Number(b.GoodToBad)}, bad-to-good: {YamlText.Number(b.BadToGood)}, "
            + $"loss-good: {YamlText.Number(b.LossGood)}, loss-bad: {YamlText.Number(b.LossBad)} }}"
        : YamlText.Number(((LossSpec.Independent)loss).Probability);

    static string Latency(LatencySpec? latency)
    {
        var own = latency switch
        {
            null => null,
            LatencySpec.Uniform u => $"distribution: uniform, low: {YamlText.Time(u.Low)}, high: {YamlText.Time(u.High)}",
            LatencySpec.Normal n => $"distribution: normal, mean: {YamlText.Time(n.Mean)}, deviation: {YamlText.Time(n.StandardDeviation)}",
            LatencySpec.Lognormal l => $"distribution: lognormal, median: {YamlText.Time(l.Median)}, sigma: {YamlText.Number(l.Sigma)}",
            LatencySpec.Exponential e => $"distribution: exponential, mean: {YamlText.Time(e.Mean)}",
            LatencySpec.Constant c => $"distribution: constant, value: {YamlText.Time(c.Value)}",
            _ => throw new InvalidOperationException($"No text for {latency}."),
        };
        return own is null ? "0 s" : $"{{ {own}, minimum: {YamlText.Time(latency!.Minimum)}, jitter: {YamlText.Time(latency.Jitter)}, correlation: {YamlText.Number(latency.Correlation)} }}";
    }

    static void WriteProperty(YamlText y, Property property)
    {
        y.Line($"property: {YamlText.Quoted(property.Text)}");
        y.Line($"holds: {PropertyJudge.TextOf(property.Holds)}");
        y.LineIf(property.Name != property.Text, $"name: {YamlText.Quoted(property.Name)}");
        y.LineIf(property.Finding is not null, $"finding: {YamlText.Quoted(property.Finding ?? "")}");
        y.Line($"of-seeds: {YamlText.Number(property.OfSeeds)}");
    }

    static void WriteSweep(YamlText y, SweepSpec sweep) => y.Section("sweep", () =>
    {
        y.Line($"seeds: {sweep.Seeds}");
        y.LineIf(sweep.Sample is not null, $"sample: {sweep.Sample}");
        if (sweep.Vary.Length > 0)
        {
            y.Section("vary", () => sweep.Vary.ToList().ForEach(axis => y.Item(() =>
            {
                y.Line($"path: {YamlText.Quoted(axis.Path)}");
                y.Line($"values: {YamlText.Quoted(string.Join(", ", axis.Values))}");
            })));
        }
    });
}
