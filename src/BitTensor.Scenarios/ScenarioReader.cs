using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>
/// Tree to scenario. Single keys are read by <see cref="ScenarioFormat"/>; this class reads what several keys say
/// together, and checks what only the whole can tell.
/// </summary>
/// <param name="errors">Destination of errors.</param>
sealed class ScenarioReader(ErrorList errors)
{
    const long MostNeurons = SizeReader.MostNeurons;
    const int MostBlocks = 1_000_000;

    static string Here => Directory.GetCurrentDirectory();

    readonly StrategyReader _strategies = new(errors);

    /// <summary>The scenario; null when errors were added.</summary>
    public Scenario? Read(YamlNode tree)
    {
        var root = new SectionReader(ScenarioFormat.Root, tree, new Place(1, 1), errors);
        CheckVersion(root, errors);
        var stated = ScenarioFormat.Root.Read(root);
        var places = root.Children("populations");
        ImmutableArray<PopulationSpec> populations =
            [.. places.Zip(stated.Populations, (s, p) => ReadPopulation(s, p, stated.State))];
        var blocks = ReadBlocks(root, stated.BlockInterval);
        CheckReveal(root.Child("mechanism"), stated.Mechanism.RevealAfter, blocks);
        CheckAdaptive(root, stated.Mechanism);
        var reader = new NetworkReader(populations, errors);
        var network = reader.Read(root.Child("network"), stated.Network);
        reader.CheckTopology(root.Children("topology"), stated.Topology);
        var timeline = new TimelineReader(populations, reader, stated.BlockInterval, blocks, errors);
        var properties = new PropertyReader(populations, blocks, errors);
        var scenario = stated with
        {
            Blocks = blocks,
            Populations = populations,
            Network = network,
            Data = ReadData(root, stated.Data, populations),
            Timeline = [.. root.Children("timeline").Select(timeline.Read).OfType<TimelineEntry>()],
            Expect = [.. root.Children("expect").Select(properties.Read).OfType<Property>()],
        };
        CheckTogether(root, populations);
        new SizeReader(errors).Check(root, places, scenario);
        var stake = ReadStake(root, scenario);
        new MembershipReader(errors).Check(root, places, scenario);
        scenario = scenario with { Coalition = ReadCoalition(root, scenario, blocks, stake) };
        CheckData(root, scenario);
        CheckOrders(places, scenario);
        return errors.Any ? null : scenario;
    }

    /// <summary>Adds an error when the file states another version than 1.</summary>
    public static void CheckVersion(SectionReader root, ErrorList errors)
    {
        if (root.ScalarOf("version") is { Text: not "1" } version)
        {
            var message = $"version '{Shorten.Of(version.Text)}' is not read by this program";
            errors.Add(version.At, ErrorCodes.Version, message, "write version: 1");
        }
    }

    int ReadBlocks(SectionReader root, TimeSpan interval)
    {
        var duration = root.Get<Length>("duration");
        if (duration?.Blocks is { } blocks)
        {
            if (interval.TotalSeconds * blocks <= Length.MostSeconds)
            {
                return (int)blocks;
            }
            var years = $"{blocks} blocks of this length are more than three hundred years";
            Contradiction(root, "duration", years, "write fewer blocks, or a shorter mechanism.block-interval");
            return 1;
        }
        if (duration is null || interval == TimeSpan.Zero)
        {
            return 1;
        }
        var count = duration.Time / interval;
        if (count is >= 1 and <= MostBlocks)
        {
            return (int)count;
        }
        const string message = "the duration is not between one block and a million";
        Contradiction(root, "duration", message, "change duration or mechanism.block-interval");
        return 1;
    }

    void CheckReveal(SectionReader mechanism, int after, int blocks)
    {
        // A row of the first block is opened after so many blocks, and counts in the block after that.
        if (after > 0 && after >= blocks - 1)
        {
            var message = $"rows are hidden for {after} blocks, but the run has {blocks}: none would ever count";
            Contradiction(mechanism, "reveal-after", message, "write fewer blocks, or lengthen duration");
        }
    }

    /// <summary>What cannot be beside a tau that the ledger moves.</summary>
    void CheckAdaptive(SectionReader root, MechanismParameters mechanism)
    {
        if (mechanism.Adaptive is not { } controller)
        {
            return;
        }
        const string why = "steps follow tau / alpha where tau is adaptive, and with this alpha they have no bound";
        const string remedy = "write a larger alpha, a smaller most, or a number for mechanism.tau";
        if (!controller.Bears(mechanism.Alpha))
        {
            Contradiction(root.Child("mechanism"), "alpha", why, remedy);
        }
        var actions = root.Children("timeline").SelectMany(entry => entry.Children("do"));
        foreach (var set in actions.Where(a => a.Section.Name == "set"))
        {
            if (set.Has("tau"))
            {
                const string number = "leave it out, or write a number for mechanism.tau";
                Contradiction(set, "tau", "mechanism.tau is adaptive: the ledger moves it", number);
            }
            if (set.Has("alpha") && !controller.Bears(set.Get<double>("alpha")))
            {
                Contradiction(set, "alpha", why, remedy);
            }
        }
    }

    DataSpec? ReadData(SectionReader root, DataSpec? data, ImmutableArray<PopulationSpec> populations)
    {
        var learns = populations.Any(p => p.Model is ModelSpec.Trained);
        if (data is not null && !learns && populations.Length > 0)
        {
            const string remedy = "leave data out, or give a population model: {kind: mlp}";
            Contradiction(root, "data", "there is data but nobody learns from it", remedy);
        }
        var read = data ?? (learns ? DataSpec.Default : null);
        var dealt = read is null ? null : read with { Path = FullPath(read.Path), Labels = FullPath(read.Labels) };
        if (dealt is not null && learns)
        {
            CheckExamples(root, dealt, populations);
        }
        return dealt;
    }

    void CheckExamples(SectionReader root, DataSpec data, ImmutableArray<PopulationSpec> populations)
    {
        var neurons = populations.Sum(p => (long)p.Count);
        var needed = neurons * DataSpec.FewestExamples * (data.Split == DataSplit.ByLabel ? data.LabelsPerNeuron : 1);
        if (DataFormat.ExamplesOf(data) is not { } examples || neurons is 0 or > MostNeurons || errors.Any)
        {
            return;
        }
        if (examples < needed)
        {
            var at = root.Has("data") ? root.Child("data").PlaceOf("examples") : root.PlaceOf("populations");
            var few = $"{examples} examples are too few for {neurons} neurons: they need {needed}";
            errors.Add(
                at, ErrorCodes.Contradiction, few, "use fewer neurons, or a larger set: data: {set: synthetic}");
            return;
        }
        double[] shares = [.. populations.SelectMany(p => Enumerable.Repeat(p.DataShare, p.Count))];
        if (data.Split == DataSplit.Sizes && DataSpec.SizesOf(examples, shares).Min() < DataSpec.FewestExamples)
        {
            var message = $"of {examples} examples a share of {YamlText.Number(shares.Min())} is fewer than "
                + $"{DataSpec.FewestExamples} for a neuron";
            Contradiction(root, "populations", message, "raise the smallest data-share, or use more examples");
        }
    }

    string? FullPath(string? path) => path is null ? null : Path.GetFullPath(errors.PathOf(path), Here);

    /// <summary>
    /// The population: its owners' identities counted, its reply timeout within its iteration interval.
    /// </summary>
    PopulationSpec ReadPopulation(SectionReader s, PopulationSpec population, StateSpec? state)
    {
        if (population.Stake is StakeSpec.Listed list && list.Amounts.Length != population.Count && !errors.Any)
        {
            Contradiction(
                s, "stake", $"{list.Amounts.Length} stakes for {population.Count} neurons", "write one each");
        }
        _strategies.Check(s, population.Conduct.Strategies);
        if (s.Has("defence") && population.Model is ModelSpec.Quadratic)
        {
            const string remedy = "leave defence out, or use model: {kind: mlp}";
            Contradiction(s, "defence", "a quadratic model learns from no tensors", remedy);
        }
        CheckJoin(s, population);
        if (population is { Significance.IsFresh: true, Model: ModelSpec.Quadratic })
        {
            const string remedy = "write on: training, or use model: {kind: mlp}";
            Contradiction(s.Child("significance"), "on", "a quadratic model has no data to keep aside", remedy);
        }
        return population with
        {
            Count = (int)Math.Min(int.MaxValue, (long)population.Count * population.Conduct.Identities),
            Training = ReadTraining(s.Child("training"), population.Training),
            Stake = InState(s, "stake", state is { Stake.IsEmpty: false }) ? new StakeSpec.OfState() : population.Stake,
            FirstWeights = InState(s, "initial-weights", state is { Weights.IsEmpty: false })
                ? null
                : population.FirstWeights,
        };
    }

    /// <summary>True for a key of the populations that section <c>state</c> says instead.</summary>
    bool InState(SectionReader s, string key, bool stated)
    {
        if (stated && s.Has(key))
        {
            Contradiction(s, key, $"section state says the {key} of every neuron", "leave one of them out");
        }
        return stated;
    }

    /// <summary>Stake of every neuron; empty after an error.</summary>
    double[] ReadStake(SectionReader root, Scenario scenario)
    {
        var count = scenario.Populations.Sum(p => (long)p.Count);
        if (count is 0 or > MostNeurons || errors.Any)
        {
            return [];
        }
        if (scenario.State is { } state)
        {
            new StateReader((int)count, errors).Check(root.Child("state"), state);
        }
        var stake = errors.Any ? [] : FirstStake.Draw(scenario.Populations, scenario.State, scenario.Seed);
        if (!errors.Any && stake.All(s => s <= 0))
        {
            const string remedy = "give a population stake: without any there is no rank";
            Contradiction(root, "populations", "nobody holds stake", remedy);
        }
        return stake;
    }

    /// <summary>What a population says of whom it asks and what it does with the answers.</summary>
    void CheckJoin(SectionReader s, PopulationSpec population)
    {
        if (population is
            { Gating.By: GateRule.Significance or GateRule.Gate, Model: ModelSpec.Quadratic })
        {
            const string remedy = "write by: rank or by: row, or use model: {kind: mlp}";
            Contradiction(s.Child("gating"), "by", "a quadratic model has no significance (3) and no gate", remedy);
        }
        if (population is { Missing: MissingAnswer.Student, Student: null })
        {
            Contradiction(s, "missing", "there is no student", "add student: {}, or write missing: zero");
        }
        if (population is { Depth: not null, Student: null })
        {
            Contradiction(s, "depth", "there is no student to end a query at", "add student: {}, or leave depth out");
        }
        if (population is { Private: not null, Student: null })
        {
            Contradiction(s, "private", "there is no student to look at private data", "add student: {}");
        }
        if (population.Weights == WeightPolicy.Gate && population.Gating?.By != GateRule.Gate)
        {
            Contradiction(
                s, "weights", "no gate gives the peers weights", "add gating: { top: 4, by: gate }, or change weights");
        }
    }

    /// <summary>Shortens a default timeout to the interval, for a short interval alone is no contradiction.</summary>
    TrainingSpec ReadTraining(SectionReader s, TrainingSpec training)
    {
        var interval = training.IterationInterval;
        if (training.ReplyTimeout <= interval)
        {
            return training;
        }
        if (s.Has("reply-timeout") && interval > TimeSpan.Zero)
        {
            Contradiction(
                s, "reply-timeout", "the reply timeout is longer than the iteration interval",
                "an iteration ends before the next begins: shorten reply-timeout or lengthen iteration-interval");
        }
        return training with { ReplyTimeout = interval };
    }

    CoalitionSpec? ReadCoalition(SectionReader root, Scenario scenario, int blocks, double[] stake) =>
        scenario.Coalition is { } coalition
            ? new CoalitionReader(scenario.Populations, stake, _strategies, blocks, errors)
                .Read(root.Child("coalition"), coalition)
            : null;

    /// <summary>Checks that every population that waits for orders is in a coalition.</summary>
    void CheckOrders(IReadOnlyList<SectionReader> places, Scenario scenario)
    {
        foreach (var (place, population) in places.Zip(scenario.Populations))
        {
            if (population.Conduct.Has("adaptive") && scenario.Coalition?.Has(population.Name) != true)
            {
                const string message = "adaptive does what a coalition orders, and this population is in none";
                Contradiction(place, "strategy", message, "name it in coalition.members");
            }
        }
    }

    void CheckTogether(SectionReader root, ImmutableArray<PopulationSpec> populations)
    {
        var names = new HashSet<string>();
        foreach (var (s, population) in root.Children("populations").Zip(populations))
        {
            CheckName(s, population.Name, names);
            CheckModels(s, population, populations[0]);
            _strategies.CheckPopulation(s.PlaceOf("strategy"), population);
        }
        _strategies.CheckNames(names);
    }

    void CheckName(SectionReader s, string name, HashSet<string> names)
    {
        const string remedy = "choose another name";
        if (name is "any" or "ledger")
        {
            errors.Add(s.PlaceOf("name"), ErrorCodes.DuplicateName, $"'{name}' is a word of the format", remedy);
        }
        if (name.Length > 0 && !names.Add(name))
        {
            errors.Add(s.PlaceOf("name"), ErrorCodes.DuplicateName, $"a population '{name}' stands above", remedy);
        }
    }

    /// <summary>Checks that every model can read the data, and that the wire carries them.</summary>
    void CheckData(SectionReader root, Scenario scenario)
    {
        if (scenario.Data is not { } data)
        {
            return;
        }
        foreach (var (s, population) in root.Children("populations").Zip(scenario.Populations))
        {
            if (population.Model is ModelSpec.Conv && !data.HasImages)
            {
                const string remedy = "use a set of images, such as set: digits, or another kind of model";
                Contradiction(s, "model", "a conv model reads images, and the data are none", remedy);
            }
            if (population.Model is ModelSpec.Trained && population.Model is ModelSpec.Transformer != data.IsText)
            {
                Contradiction(
                    s, "model", "text is for transformer models, and they read nothing else",
                    "use data: { set: text } with model: { kind: transformer }, or neither");
            }
        }
        if (data.IsText && scenario.Network.Wire == WireFormat.Int8)
        {
            const string remedy = "write wire: float32 or wire: bfloat16, which carry every byte exactly";
            Contradiction(root.Child("network"), "wire", "int8 rounds the bytes of a text", remedy);
        }
    }

    void CheckModels(SectionReader s, PopulationSpec population, PopulationSpec first)
    {
        switch (population.Model, first.Model)
        {
            case (ModelSpec.Trained a, ModelSpec.Trained b) when a.Representation != b.Representation:
                var widths = $"representation {a.Representation} here but {b.Representation} in '{first.Name}'";
                Contradiction(s, "model", widths, "neurons exchange representations: use one width");
                break;
            case (ModelSpec.Quadratic, ModelSpec.Trained) or (ModelSpec.Trained, ModelSpec.Quadratic):
                var models = $"this model cannot talk to that of '{first.Name}'";
                Contradiction(s, "model", models, "use kind: mlp or kind: quadratic throughout");
                break;
        }
    }

    void Contradiction(SectionReader s, string key, string message, string remedy) =>
        errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, message, remedy);
}
