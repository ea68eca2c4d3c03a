using System.Globalization;
using System.Text;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>Scenario to text: every default written out, so that the text runs again by itself whatever later defaults are.</summary>
public static class ScenarioWriter
{
    /// <summary>The scenario as YAML. Reading it gives an equal scenario.</summary>
    public static string Write(Scenario scenario)
    {
        var y = new Yaml();
        y.Line("version: 1");
        y.Line($"name: {scenario.Name}");
        if (scenario.Description.Length > 0)
        {
            y.Line($"description: {Yaml.Quoted(scenario.Description)}");
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
        return y.ToString();
    }

    static void WriteMechanism(Yaml y, Scenario scenario) => y.Section("mechanism", () =>
    {
        var m = scenario.Mechanism;
        y.Line($"block-interval: {Yaml.Time(scenario.BlockInterval)}");
        y.Line($"alpha: {Yaml.Number(m.Alpha)}");
        y.Line($"tau: {Yaml.Number(m.Tau)}");
        y.Line($"step: {Yaml.Number(m.Step)}");
        y.Line($"epsilon: {Yaml.Number(m.Epsilon)}");
        y.Line($"temperature: {Yaml.Number(m.Temperature)}");
        y.Line($"norm: {(m.Norm == InflationNorm.L1 ? "l1" : "l2")}");
        y.Line($"stake: {(m.StakeScale == StakeScale.Share ? "share" : "raw")}");
        y.Line($"emission: {(m.Emission ? "on" : "frozen")}");
    });

    static void WriteData(Yaml y, DataSpec data) => y.Section("data", () =>
    {
        y.Line($"set: {Yaml.Word(data.Set)}");
        y.LineIf(data.Folder is not null, $"folder: {Yaml.Quoted(data.Folder ?? "")}");
        y.Line($"split: {Yaml.Word(data.Split)}");
        y.LineIf(data.Split == DataSplit.Dirichlet, $"concentration: {Yaml.Number(data.Concentration)}");
        y.LineIf(data.Split == DataSplit.ByLabel, $"labels-per-neuron: {data.LabelsPerNeuron}");
        y.Line($"holdout: {Yaml.Number(data.Holdout)}");
        y.LineIf(data.Examples is not null, $"examples: {data.Examples}");
        if (data.Set == DataSet.Synthetic)
        {
            y.Line($"features: {data.Features}");
            y.Line($"classes: {data.Classes}");
            y.Line($"spread: {Yaml.Number(data.Spread)}");
        }
    });

    static void WritePopulation(Yaml y, PopulationSpec p)
    {
        y.Line($"name: {p.Name}");
        y.Line($"count: {p.Count}");
        y.Line($"stake: {Yaml.Number(p.Stake)}");
        y.Line($"data-share: {Yaml.Number(p.DataShare)}");
        y.Line(p.Model is ModelSpec.Quadratic q
            ? $"model: {{ kind: quadratic, hessian-rank: {q.HessianRank}, sigma: {Yaml.Number(q.Sigma)} }}"
            : $"model: {{ kind: mlp, representation: {((ModelSpec.Mlp)p.Model).Representation}, hidden: {((ModelSpec.Mlp)p.Model).Hidden} }}");
        y.Section("training", () =>
        {
            y.Line($"iteration-interval: {Yaml.Time(p.Training.IterationInterval)}");
            y.Line($"step-cost: {Yaml.Time(p.Training.StepCost)}");
            y.Line($"reply-timeout: {Yaml.Time(p.Training.ReplyTimeout)}");
            y.Line($"batch-size: {p.Training.BatchSize}");
            y.Line($"learning-rate: {Yaml.Number(p.Training.LearningRate)}");
            y.Line($"weight-decay: {Yaml.Number(p.Training.WeightDecay)}");
            y.Line($"optimizer: {Yaml.Word(p.Training.Optimizer)}");
        });
        y.Section("serving", () =>
        {
            y.Line($"cost: {Yaml.Time(p.Serving.Cost)}");
            y.Line($"open-queries: {p.Serving.OpenQueries}");
            y.Line($"remember: {Yaml.Time(p.Serving.Remember)}");
        });
        y.Line($"weights: {Yaml.Word(p.Weights)}");
        y.Line(p.Strategy switch
        {
            StrategySpec.FreeRide f => $"strategy: {{ name: free-ride, scale: {Yaml.Number(f.Scale)} }}",
            StrategySpec.SelfWeight => "strategy: self-weight",
            _ => "strategy: honest",
        });
    }

    static void WriteTopology(Yaml y, TopologySpec topology) => y.Line(
        topology is TopologySpec.Random random ? $"topology: {{ kind: random, degree: {random.Degree} }}" : "topology: complete");

    static void WriteNetwork(Yaml y, NetworkSpec network) => y.Section("network", () =>
    {
        y.Section("default", () => WriteLink(y, network.Default));
        if (network.Links.Length > 0)
        {
            y.Section("links", () => network.Links.ToList().ForEach(l => y.Item(() =>
            {
                y.Line($"from: {l.From ?? "any"}");
                y.Line($"to: {l.To ?? "any"}");
                WriteLink(y, l.Link);
            })));
        }
    });

    static void WriteLink(Yaml y, LinkSpec link)
    {
        y.Line($"latency: {Latency(link.Latency)}");
        y.Line($"loss: {Yaml.Number(link.Loss)}");
        y.LineIf(link.BandwidthBytesPerSecond is not null, $"bandwidth: {Yaml.Decimal(link.BandwidthBytesPerSecond ?? 0)} B/s");
    }

    static string Latency(LatencySpec? latency)
    {
        var own = latency switch
        {
            null => null,
            LatencySpec.Uniform u => $"distribution: uniform, low: {Yaml.Time(u.Low)}, high: {Yaml.Time(u.High)}",
            LatencySpec.Normal n => $"distribution: normal, mean: {Yaml.Time(n.Mean)}, deviation: {Yaml.Time(n.StandardDeviation)}",
            LatencySpec.Lognormal l => $"distribution: lognormal, median: {Yaml.Time(l.Median)}, sigma: {Yaml.Number(l.Sigma)}",
            LatencySpec.Exponential e => $"distribution: exponential, mean: {Yaml.Time(e.Mean)}",
            LatencySpec.Constant c => $"distribution: constant, value: {Yaml.Time(c.Value)}",
            _ => throw new InvalidOperationException($"No text for {latency}."),
        };
        return own is null ? "0 s" : $"{{ {own}, minimum: {Yaml.Time(latency!.Minimum)}, jitter: {Yaml.Time(latency.Jitter)} }}";
    }

    static void WriteProperty(Yaml y, Property property)
    {
        y.Line($"property: {Yaml.Quoted(property.Text)}");
        y.Line($"holds: {PropertyJudge.TextOf(property.Holds)}");
        y.LineIf(property.Name != property.Text, $"name: {Yaml.Quoted(property.Name)}");
    }

    /// <summary>Lines of YAML at a depth.</summary>
    sealed class Yaml
    {
        readonly StringBuilder _text = new();
        int _depth;
        bool _itemStarts;

        public void Line(string line)
        {
            _text.Append(' ', 2 * (_itemStarts ? _depth - 1 : _depth)).Append(_itemStarts ? "- " : "").Append(line).Append('\n');
            _itemStarts = false;
        }

        public void LineIf(bool condition, string line)
        {
            if (condition)
            {
                Line(line);
            }
        }

        public void Section(string key, Action body)
        {
            Line(key + ":");
            _depth++;
            body();
            _depth--;
        }

        public void Item(Action body)
        {
            _depth++;
            _itemStarts = true;
            body();
            _depth--;
        }

        public override string ToString() => _text.ToString();

        public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        /// <summary>A number without an exponent, which a quantity with a unit cannot have in the schema.</summary>
        public static string Decimal(double value) => ((decimal)value).ToString(CultureInfo.InvariantCulture);

        /// <summary>In the largest unit that says it exactly with few digits: ticks are tenths of microseconds.</summary>
        public static string Time(TimeSpan time)
        {
            var (unit, ticks) = new[] { ("h", TimeSpan.TicksPerHour), ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond) }
                .FirstOrDefault(u => time.Ticks != 0 && time.Ticks % u.Item2 == 0, ("us", TimeSpan.TicksPerMicrosecond));
            return time == TimeSpan.Zero ? "0 s" : $"{((decimal)time.Ticks / ticks).ToString("0.#", CultureInfo.InvariantCulture)} {unit}";
        }

        /// <summary>An enum's member as the format writes it: FashionMnist is fashion-mnist.</summary>
        public static string Word(Enum value) =>
            string.Concat(value.ToString().Select((c, k) => char.IsUpper(c) ? (k > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

        public static string Quoted(string text) =>
            "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t").Replace("\r", "\\r") + "\"";
    }
}
