using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>
/// Tree to equilibrium scenario. Single keys are read by <see cref="EquilibriumFormat"/>; this class reads what is
/// asked, a theta file or a study with its game.
/// </summary>
/// <param name="errors">Destination of errors.</param>
sealed class EquilibriumReader(ErrorList errors)
{
    // What an array can hold: 16 GB.
    const double MostNumbers = 2e9;

    /// <summary>The scenario; null when errors were added.</summary>
    public EquilibriumScenario? Read(YamlNode tree)
    {
        var root = new SectionReader(EquilibriumFormat.Root, tree, new Place(1, 1), errors);
        ScenarioReader.CheckVersion(root, errors);
        if (ReadStudy(root) is not { } study)
        {
            return null;
        }
        var properties = new StudyPropertyReader(study, errors);
        var scenario = EquilibriumFormat.Root.Read(root) with
        {
            Study = study,
            Expect = [.. root.Children("expect").Select(properties.Read).OfType<StudyProperty>()],
        };
        if (!errors.Any)
        {
            CheckSize(root, StudySize.Of(scenario));
        }
        return errors.Any ? null : scenario;
    }

    /// <summary>Checks that a game and all results have room in memory.</summary>
    void CheckSize(SectionReader root, StudySize size)
    {
        var study = root.Children("study") is [var one] ? one : root;
        string Text(string what, double numbers) => FormattableString.Invariant(
            $"{what} {numbers:G4} numbers, and a machine at most {MostNumbers:G4}");
        Check(
            size.Game <= MostNumbers, root.Has("game") ? root.Child("game") : study, "neurons",
            Text("a game of this study has", size.Game), "write fewer neurons, or a smaller game.hessian-rank");
        Check(
            size.Results <= MostNumbers, study, "trials", Text("the results have", size.Results),
            "write fewer trials, points or steps, or record less often");
    }

    StudySpec? ReadStudy(SectionReader root)
    {
        if (root.Has("theta") == root.Has("study"))
        {
            var (code, message) = root.Has("theta")
                ? (ErrorCodes.Contradiction, "both a theta and a study")
                : (ErrorCodes.MissingKey, "the scenario needs 'theta' or 'study'");
            const string remedy =
                "add theta: FILE.json for a game of your own, or study: {kind: correlation} for drawn ones; "
                + "one of them";
            errors.Add(root.PlaceOf("study"), code, message, remedy);
            return null;
        }
        if (root.Has("theta"))
        {
            CheckNoGame(root, "a theta says everything of its game");
            return ReadTheta(root);
        }
        return root.Children("study") is [var study] ? ReadStudy(root, study) : null;
    }

    StudySpec.Own? ReadTheta(SectionReader root)
    {
        var path = root.Get<string>("theta");
        return path is null ? null : ThetaFile.Load(path, errors.PathOf(path), root.PlaceOf("theta"), errors);
    }

    StudySpec ReadStudy(SectionReader root, SectionReader s)
    {
        if (root.Get<StudySpec>("study") is not { } study)
        {
            throw new InvalidOperationException("A study that is there has a value.");
        }
        if (DrawnGame.Of(study) is null)
        {
            CheckNoGame(root, $"study {s.Section.Name} draws no games");
        }
        var (game, stated) = (root.Get<DrawnGame>("game")!.Game, root.Child("game"));
        switch (study)
        {
            case StudySpec.Correlation correlation:
                return correlation with { Game = game };
            case StudySpec.AdaptiveTau adaptive:
                CheckNoSolver(stated);
                return adaptive with { Game = game };
            case StudySpec.Regret regret:
                return regret with { Game = game };
            case StudySpec.Sensitivity sensitivity:
                CheckAxes(stated, s);
                return WithAxes(sensitivity with { Game = game }, s);
            default:
                return study;
        }
    }

    /// <summary>The study with the game's value as the one point of an axis that the file does not state.</summary>
    static StudySpec.Sensitivity WithAxes(StudySpec.Sensitivity study, SectionReader s) => study with
    {
        References = s.Has("reference") ? study.References : [study.Game.Reference],
        Sigmas = s.Has("sigma") ? study.Sigmas : [study.Game.Sigma],
        Temperatures = s.Has("temperature") ? study.Temperatures : [study.Game.Temperature],
        Neurons = s.Has("neurons") ? study.Neurons : [study.Game.Neurons],
    };

    void CheckNoGame(SectionReader root, string why) =>
        Check(!root.Has("game"), root, "game", $"a game, but {why}", "leave game out");

    void CheckNoSolver(SectionReader game)
    {
        const string remedy = "leave it out; study.steps says how long it runs";
        foreach (var key in EquilibriumFormat.OfSolver)
        {
            Check(!game.Has(key), game, key, $"'{key}' has no effect in study adaptive-tau", remedy);
        }
    }

    void CheckAxes(SectionReader game, SectionReader study)
    {
        foreach (var axis in EquilibriumFormat.Axes)
        {
            var both = game.Has(axis) && study.Has(axis);
            Check(!both, game, axis, $"'{axis}' stands in game and in study", "keep the list in study");
        }
    }

    void Check(bool holds, SectionReader s, string key, string message, string remedy)
    {
        if (!holds)
        {
            errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, message, remedy);
        }
    }
}
