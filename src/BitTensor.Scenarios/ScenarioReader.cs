using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>Tree to scenario: every section read by <see cref="ScenarioFormat"/>, then what only the whole can tell is checked.</summary>
sealed class ScenarioReader(ErrorList errors)
{
    static readonly string[] LimitKeys = ["queue", "timeout", "admission"];
    readonly StrategyReader _strategies = new(errors);

    /// <summary>The scenario; null when errors were added.</summary>
    public Scenario? Read(YamlNode tree)
    {
        var root = new SectionReader(ScenarioFormat.Root, tree, new Place(1, 1), errors);
        CheckVersion(root, errors);
        var mechanism = root.Section("mechanism");
        var interval = mechanism.Get<TimeSpan>("block-interval");
        var blocks = ReadLength(root, interval);
        var populations = root.List("populations");
        var read = populations.Select(ReadPopulation).ToImmutableArray();
        var data = ReadData(root, read);
        var properties = new PropertyReader(read, blocks, errors);
        var network = new NetworkReader(read, errors);
        var timeline = new TimelineReader(read, network, interval, blocks, errors);
        var scenario = new Scenario
        {
            Name = root.Get<string>("name") ?? "",
            Description = root.Get<string>("description") ?? "",
            Seed = (ulong)root.Get<long>("seed"),
            Blocks = blocks,
            BlockInterval = interval,
            Mechanism = ReadMechanism(mechanism, blocks),
            Data = data,
            Populations = read,
            Network = network.Read(root.Section("network")),
            Topology = network.ReadTopology(root),
            Timeline = [.. root.List("timeline").Select(timeline.Read).OfType<TimelineEntry>()],
            Coalition = root.Has("coalition") ? new CoalitionReader(read, _strategies, blocks, errors).Read(root.Section("coalition")) : null,
            Audit = ReadAudit(root.Section("audit")),
            Record = new RecordSpec((int)root.Section("record").Get<long>("weights-every")),
            Expect = [.. root.List("expect").Select(properties.Read).OfType<Property>()],
            Sweep = root.Has("sweep") ? ReadSweep(root.Section("sweep")) : null,
        };
        CheckTogether(root, populations, read);
        CheckOrders(populations, scenario);
        return errors.Any ? null : scenario;
    }

    public static void CheckVersion(SectionReader root, ErrorList errors)
    {
        if (root.ScalarOf("version") is { Text: not "1" } version)
        {
            errors.Add(version.At, ErrorCodes.Version, $"version '{Shorten.Of(version.Text)}' is not read by this program", "write version: 1");
        }
    }

    int ReadLength(SectionReader root, TimeSpan interval)
    {
        switch (root.Get<object>("duration"))
        {
            case long blocks:
                return (int)blocks;
            case TimeSpan time when interval > TimeSpan.Zero && time >= interval && time / interval <= 1_000_000:
                return (int)(time / interval);
            case TimeSpan when interval > TimeSpan.Zero:
                errors.Add(root.PlaceOf("duration"), ErrorCodes.Contradiction, "the duration is not between one block and a million", "change duration or mechanism.block-interval");
                return 1;
            default:
                return 1;
        }
    }

    MechanismParameters ReadMechanism(SectionReader s, int blocks)
    {
        if (s.Get<long>("reveal-after") >= blocks)
        {
            errors.Add(s.PlaceOf("reveal-after"), ErrorCodes.Contradiction, $"rows are hidden for {s.Get<long>("reveal-after")} blocks, but the run has {blocks}: none would ever count", "write fewer blocks, or lengthen duration");
        }
        return ParametersOf(s);
    }

    static MechanismParameters ParametersOf(SectionReader s) => new()
    {
        Alpha = s.Get<double>("alpha"),
        Tau = s.Get<double>("tau"),
        Step = s.Get<double>("step"),
        Epsilon = s.Get<double>("epsilon"),
        Temperature = s.Get<double>("temperature"),
        Rule = ReadRule(s),
        Norm = s.Get<string>("norm") == "l1" ? InflationNorm.L1 : InflationNorm.L2,
        StakeScale = s.Get<string>("stake") == "share" ? StakeScale.Share : StakeScale.Raw,
        Emission = s.Get<string>("emission") != "frozen",
        RevealAfter = (int)s.Get<long>("reveal-after"),
        RegistrationCost = s.Get<double>("registration-cost"),
    };

    static RankRule ReadRule(SectionReader s)
    {
        var (variant, scalar, reader) = s.Variant("rule");
        return (variant ?? scalar as string) switch
        {
            "trust" => new RankRule.Trust(reader?.Get<double>("kappa") ?? 0.5, reader?.Get<double>("rho") ?? 10),
            "yuma" => new RankRule.Yuma(reader?.Get<double>("kappa") ?? 0.5, reader?.Get<double>("dividend") ?? 0.5),
            _ => new RankRule.Paper(),
        };
    }

    DataSpec? ReadData(SectionReader root, ImmutableArray<PopulationSpec> populations)
    {
        var learns = populations.Any(p => p.Model is ModelSpec.Mlp);
        if (!root.Has("data"))
        {
            return learns ? new DataSpec() : null;
        }
        var s = root.Section("data");
        if (!learns && populations.Length > 0)
        {
            errors.Add(root.PlaceOf("data"), ErrorCodes.Contradiction, "there is data but nobody learns from it", "leave data out, or give a population model: {kind: mlp}");
        }
        var spec = new DataSpec
        {
            Set = s.Get<string>("set") switch { "fashion-mnist" => DataSet.FashionMnist, "synthetic" => DataSet.Synthetic, _ => DataSet.Digits },
            Folder = s.Get<string>("folder"),
            Split = s.Get<string>("split") switch
            {
                "dirichlet" => DataSplit.Dirichlet, "by-label" => DataSplit.ByLabel, "sizes" => DataSplit.Sizes, _ => DataSplit.Iid,
            },
            Concentration = s.Get<double>("concentration"),
            LabelsPerNeuron = (int)s.Get<long>("labels-per-neuron"),
            Holdout = s.Get<double>("holdout"),
            Examples = (int?)s.Find<long>("examples"),
            Features = (int)s.Get<long>("features"),
            Classes = (int)s.Get<long>("classes"),
            Spread = s.Get<double>("spread"),
        };
        CheckData(s, spec);
        return spec;
    }

    void CheckData(SectionReader s, DataSpec spec)
    {
        Only(s, "folder", spec.Set == DataSet.FashionMnist, "set: fashion-mnist");
        foreach (var key in new[] { "features", "classes", "spread" })
        {
            Only(s, key, spec.Set == DataSet.Synthetic, "set: synthetic");
        }
        Only(s, "concentration", spec.Split == DataSplit.Dirichlet, "split: dirichlet");
        Only(s, "labels-per-neuron", spec.Split == DataSplit.ByLabel, "split: by-label");
        var classes = spec.Set == DataSet.Synthetic ? spec.Classes : 10;
        if (spec.LabelsPerNeuron > classes)
        {
            errors.Add(s.PlaceOf("labels-per-neuron"), ErrorCodes.Contradiction, $"{spec.LabelsPerNeuron} labels per neuron but {classes} classes", "use at most as many labels as classes");
        }
    }

    void Only(SectionReader s, string key, bool allowed, string with)
    {
        if (s.Has(key) && !allowed)
        {
            errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, $"'{key}' has no effect without {with}", $"leave it out, or write {with}");
        }
    }

    PopulationSpec ReadPopulation(SectionReader s)
    {
        var training = s.Section("training");
        var serving = s.Section("serving");
        var conduct = _strategies.Read(s);
        var spec = new PopulationSpec
        {
            Name = s.Get<string>("name") ?? "",
            Count = (int)Math.Min(int.MaxValue, s.Get<long>("count") * conduct.Identities),
            Zone = s.Get<string>("zone"),
            Stake = s.Get<double>("stake"),
            DataShare = s.Get<double>("data-share"),
            Model = ReadModel(s),
            Training = new TrainingSpec
            {
                IterationInterval = training.Get<TimeSpan>("iteration-interval"),
                StepCost = training.Get<TimeSpan>("step-cost"),
                ReplyTimeout = ReadReplyTimeout(training),
                KMin = (int?)training.Find<long>("k-min"),
                BackOff = training.Get<TimeSpan>("back-off"),
                BackOffMost = training.Get<TimeSpan>("back-off-most"),
                BatchSize = (int)training.Get<long>("batch-size"),
                LearningRate = training.Get<double>("learning-rate"),
                WeightDecay = training.Get<double>("weight-decay"),
                Optimizer = training.Get<string>("optimizer") == "sgd" ? OptimizerKind.Sgd : OptimizerKind.Adam,
            },
            Serving = new ServingSpec
            {
                Cost = serving.Get<TimeSpan>("cost"),
                OpenQueries = (int)serving.Get<long>("open-queries"),
                Remember = serving.Get<TimeSpan>("remember"),
                Limits = ReadLimits(serving),
            },
            Defence = ReadDefence(s),
            Weights = s.Get<string>("weights") switch
            {
                "significance" => WeightPolicy.Significance, "uniform" => WeightPolicy.Uniform, _ => WeightPolicy.Competitive,
            },
            Conduct = conduct,
        };
        return spec;
    }

    DefenceSpec ReadDefence(SectionReader population)
    {
        var s = population.Section("defence");
        if (population.Has("defence") && ReadModel(population) is ModelSpec.Quadratic)
        {
            errors.Add(population.PlaceOf("defence"), ErrorCodes.Contradiction, "a quadratic model learns from no tensors", "leave defence out, or use model: {kind: mlp}");
        }
        var rule = s.Get<string>("gradients") switch
        {
            "mean" => GradientRule.Mean, "median" => GradientRule.Median, "trimmed-mean" => GradientRule.TrimmedMean, "krum" => GradientRule.Krum, _ => GradientRule.Each,
        };
        foreach (var key in new[] { "of", "byzantine" })
        {
            Only(s, key, rule != GradientRule.Each, "gradients: median or another rule over several");
        }
        var (of, byzantine) = rule == GradientRule.Each ? (1, 0) : ((int)s.Get<long>("of"), (int)s.Get<long>("byzantine"));
        var fewest = rule switch { GradientRule.Krum => 2 * byzantine + 3, GradientRule.Median or GradientRule.TrimmedMean => 2 * byzantine + 1, _ => 1 };
        if (of < fewest)
        {
            errors.Add(s.PlaceOf("of"), ErrorCodes.Contradiction, $"{of} gradients do not stand {byzantine} byzantine ones", $"write of: {fewest} or more, or fewer byzantine ones");
        }
        return new DefenceSpec(s.Find<double>("norm-clip"), rule, of, byzantine);
    }

    ServiceLimits? ReadLimits(SectionReader serving)
    {
        if (serving.Find<long>("workers") is { } workers)
        {
            return new ServiceLimits(
                (int)workers, (int)(serving.Find<long>("queue") ?? serving.Get<long>("open-queries")), serving.Find<TimeSpan>("timeout"),
                serving.Get<string>("admission") == "stake");
        }
        foreach (var key in LimitKeys.Where(serving.Has))
        {
            errors.Add(serving.PlaceOf(key), ErrorCodes.Contradiction, $"'{key}' has no effect without workers", "leave it out, or write workers");
        }
        return null;
    }

    /// <summary>The timeout as written, or its default shortened to the interval: a short interval alone is no contradiction.</summary>
    TimeSpan ReadReplyTimeout(SectionReader training)
    {
        var (timeout, interval) = (training.Get<TimeSpan>("reply-timeout"), training.Get<TimeSpan>("iteration-interval"));
        if (timeout <= interval)
        {
            return timeout;
        }
        if (training.Has("reply-timeout") && interval > TimeSpan.Zero)
        {
            errors.Add(training.PlaceOf("reply-timeout"), ErrorCodes.Contradiction, "the reply timeout is longer than the iteration interval", "an iteration ends before the next begins: shorten reply-timeout or lengthen iteration-interval");
        }
        return interval;
    }

    static ModelSpec ReadModel(SectionReader s) => s.Variant("model") switch
    {
        ("quadratic", _, { } q) => new ModelSpec.Quadratic((int)q.Get<long>("hessian-rank"), q.Get<double>("sigma")),
        (_, _, { } m) => new ModelSpec.Mlp((int)m.Get<long>("representation"), (int)m.Get<long>("hidden")),
        _ => new ModelSpec.Mlp(16, 64),
    };

    static AuditSpec ReadAudit(SectionReader s) => new((int)s.Get<long>("every"), (int)s.Get<long>("examples"));

    SweepSpec ReadSweep(SectionReader s) =>
        new((int)s.Get<long>("seeds"), (int?)s.Find<long>("sample"), [.. s.List("vary").Select(ReadAxis)]);

    SweepAxis ReadAxis(SectionReader s)
    {
        var values = SweepAxis.Split(s.Get<string>("values") ?? "");
        if (values.IsEmpty && s.ScalarOf("values") is { } scalar)
        {
            errors.Add(scalar.At, ErrorCodes.Empty, "one of the values is empty", "write values separated by commas");
        }
        return new SweepAxis(s.Get<string>("path") ?? "", values);
    }

    /// <summary>Who waits for orders needs somebody to give them.</summary>
    void CheckOrders(List<SectionReader> places, Scenario scenario)
    {
        for (var k = 0; k < places.Count; k++)
        {
            var population = scenario.Populations[k];
            if (population.Conduct.Has("adaptive") && scenario.Coalition?.Has(population.Name) != true)
            {
                errors.Add(places[k].PlaceOf("strategy"), ErrorCodes.Contradiction, "adaptive does what a coalition orders, and this population is in none", "name it in coalition.members");
            }
        }
    }

    void CheckTogether(SectionReader root, List<SectionReader> places, ImmutableArray<PopulationSpec> populations)
    {
        var names = new HashSet<string>();
        for (var k = 0; k < populations.Length; k++)
        {
            var (at, population) = (places[k], populations[k]);
            if (population.Name is "any" or "ledger")
            {
                errors.Add(at.PlaceOf("name"), ErrorCodes.DuplicateName, $"'{population.Name}' is a word of the format", "choose another name");
            }
            if (population.Name.Length > 0 && !names.Add(population.Name))
            {
                errors.Add(at.PlaceOf("name"), ErrorCodes.DuplicateName, $"a population '{population.Name}' stands above", "choose another name");
            }
            CheckModels(at, population, populations[0]);
            _strategies.Check(at.PlaceOf("strategy"), population);
        }
        _strategies.CheckNames(names);
        if (populations.Length > 0 && populations.Sum(p => p.StakeEach * p.Count) <= 0 && !errors.Any)
        {
            errors.Add(root.PlaceOf("populations"), ErrorCodes.Contradiction, "nobody holds stake", "give a population stake: without any there is no rank");
        }
        if (populations.Sum(p => (long)p.Count) > 1_000_000)
        {
            errors.Add(root.PlaceOf("populations"), ErrorCodes.Range, "more than a million neurons", "use fewer");
        }
    }

    void CheckModels(SectionReader at, PopulationSpec population, PopulationSpec first)
    {
        switch (population.Model, first.Model)
        {
            case (ModelSpec.Mlp a, ModelSpec.Mlp b) when a.Representation != b.Representation:
                errors.Add(at.PlaceOf("model"), ErrorCodes.Contradiction, $"representation {a.Representation} here but {b.Representation} in '{first.Name}'", "neurons exchange representations: use one width");
                break;
            case (ModelSpec.Quadratic, ModelSpec.Mlp) or (ModelSpec.Mlp, ModelSpec.Quadratic):
                errors.Add(at.PlaceOf("model"), ErrorCodes.Contradiction, $"this model cannot talk to that of '{first.Name}'", "use kind: mlp or kind: quadratic throughout");
                break;
        }
    }
}
