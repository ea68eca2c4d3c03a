using System.Collections.Immutable;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>Tree to equilibrium scenario: every section read by <see cref="EquilibriumFormat"/>, then what only the whole can tell is checked.</summary>
/// <param name="folder">Where the path of a theta file starts.</param>
/// <param name="errors">Where errors go.</param>
sealed class EquilibriumReader(string folder, ErrorList errors)
{
    static readonly string[] Axes = ["reference", "sigma", "temperature", "neurons"];
    static readonly string[] OfSolver = ["tolerance", "max-steps"];

    /// <summary>The scenario; null when errors were added.</summary>
    public EquilibriumScenario? Read(YamlNode tree)
    {
        var root = new SectionReader(EquilibriumFormat.Root, tree, new Place(1, 1), errors);
        ScenarioReader.CheckVersion(root, errors);
        var study = ReadStudy(root);
        if (study is null)
        {
            return null;
        }
        var properties = new StudyPropertyReader(study, errors);
        var scenario = new EquilibriumScenario
        {
            Name = root.Get<string>("name") ?? "",
            Description = root.Get<string>("description") ?? "",
            Seed = (ulong)root.Get<long>("seed"),
            Solver = root.Get<string>("solver") == "accelerated" ? SolverKind.Accelerated : SolverKind.Descent,
            Study = study,
            Expect = [.. root.List("expect").Select(properties.Read).OfType<StudyProperty>()],
        };
        return errors.Any ? null : scenario;
    }

    StudySpec? ReadStudy(SectionReader root)
    {
        if (root.Has("theta") == root.Has("study"))
        {
            var (code, message) = root.Has("theta") ? (ErrorCodes.Contradiction, "both a theta and a study") : (ErrorCodes.MissingKey, "the scenario needs 'theta' or 'study'");
            errors.Add(root.PlaceOf("study"), code, message, "add theta: FILE.json for a game of your own, or study: {kind: correlation} for drawn ones; one of them");
            return null;
        }
        if (root.Has("theta"))
        {
            NoGame(root, "a theta says everything of its game");
            return ReadTheta(root);
        }
        return root.Variant("study") is ({ } kind, _, { } study) ? ReadStudy(root, kind, study) : null;
    }

    StudySpec? ReadStudy(SectionReader root, string kind, SectionReader s)
    {
        if (kind is "mint-inflation" or "mu-dilution" or "retention")
        {
            NoGame(root, $"study {kind} draws no games");
        }
        var drawn = root.Section("game");
        foreach (var key in OfSolver.Where(k => kind == "adaptive-tau" && drawn.Has(k)))
        {
            errors.Add(drawn.PlaceOf(key), ErrorCodes.Contradiction, $"'{key}' has no effect in study adaptive-tau", "leave it out; study.steps says how long it runs");
        }
        var game = ReadGame(drawn);
        return kind switch
        {
            "correlation" => new StudySpec.Correlation(game, s.Many<double>("alpha-over-tau"), Whole(s, "trials")),
            "adaptive-tau" => new StudySpec.AdaptiveTau(
                game, s.Get<double>("alpha"), s.Get<double>("target"), Whole(s, "steps"), Whole(s, "record-every"), Whole(s, "trials")),
            "regret" => new StudySpec.Regret(game, s.Many<double>("alpha-over-tau"), s.Many<double>("steps"), Whole(s, "directions"), Whole(s, "trials")),
            "sensitivity" => ReadSensitivity(root, game, s),
            "mint-inflation" => new StudySpec.MintInflation(Whole(s, "neurons"), s.Many<double>("share"), Wholes(s, "parts")),
            "retention" => ReadRetention(s),
            _ => new StudySpec.MuDilution(Whole(s, "honest"), Wholes(s, "sybils"), s.Many<double>("temperature")),
        };
    }

    StudySpec.Own? ReadTheta(SectionReader root)
    {
        var path = root.Get<string>("theta");
        return path is null ? null : ThetaFile.Load(path, Path.Combine(folder, path), root.PlaceOf("theta"), errors);
    }

    void NoGame(SectionReader root, string why)
    {
        if (root.Has("game"))
        {
            errors.Add(root.PlaceOf("game"), ErrorCodes.Contradiction, $"a game, but {why}", "leave game out");
        }
    }

    static GameSpec ReadGame(SectionReader s) => new()
    {
        Neurons = Whole(s, "neurons"),
        Stake = s.Get<double>("stake"),
        Temperature = s.Get<double>("temperature"),
        Reference = ReferenceOf(s.Get<string>("reference")),
        Sigma = s.Get<double>("sigma"),
        HessianRank = (int?)s.Find<long>("hessian-rank"),
        Step = s.Get<double>("step"),
        Tolerance = s.Get<double>("tolerance"),
        MaxSteps = (int?)s.Find<long>("max-steps"),
    };

    StudySpec.Sensitivity ReadSensitivity(SectionReader root, GameSpec game, SectionReader s)
    {
        var drawn = root.Section("game");
        foreach (var axis in Axes.Where(a => drawn.Has(a) && s.Has(a)))
        {
            errors.Add(drawn.PlaceOf(axis), ErrorCodes.Contradiction, $"'{axis}' stands in game and in study", "keep the list in study");
        }
        return new StudySpec.Sensitivity(
            game,
            s.Has("reference") ? [.. s.Many<string>("reference").Select(ReferenceOf)] : [game.Reference],
            s.Has("sigma") ? s.Many<double>("sigma") : [game.Sigma],
            s.Has("temperature") ? s.Many<double>("temperature") : [game.Temperature],
            s.Has("neurons") ? Wholes(s, "neurons") : [game.Neurons],
            s.Many<double>("alpha-over-tau"), Whole(s, "trials"));
    }

    StudySpec.Retention ReadRetention(SectionReader s)
    {
        var (neurons, validators) = (Whole(s, "neurons"), Whole(s, "validators"));
        if (validators > neurons - 2)
        {
            errors.Add(s.PlaceOf("validators"), ErrorCodes.Range, $"{validators} validators of {neurons} neurons leave no neuron for each team to vote for", $"write at most {neurons - 2}");
        }
        var game = new RetentionSpec
        {
            Neurons = neurons,
            Validators = validators,
            StakeNoise = s.Get<double>("stake-noise"),
            Rules = [.. s.Many<string>("rule").Select(rule => Enum.Parse<RetentionRule>(rule, ignoreCase: true))],
            WeightNoises = s.Many<double>("weight-noise"),
            HonestStakes = s.Many<double>("honest-stake"),
            Kappa = s.Get<double>("kappa"),
            Rho = s.Get<double>("rho"),
            Dividend = s.Get<double>("dividend"),
        };
        return new StudySpec.Retention(game, s.Many<double>("self-weight"), Whole(s, "trials"));
    }

    static LossReference ReferenceOf(string? word) => word switch
    {
        "initial" => LossReference.Initial, "gain" => LossReference.Gain, _ => LossReference.Connected,
    };

    static int Whole(SectionReader s, string key) => (int)s.Get<long>(key);

    static ImmutableArray<int> Wholes(SectionReader s, string key) => [.. s.Many<long>(key).Select(v => (int)v)];
}
