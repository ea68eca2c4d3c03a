using System.Collections.Immutable;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>
/// The format of a scenario of <c>kind: equilibrium</c>, the tables beside <see cref="ScenarioFormat"/> for the paper's
/// formulas without a network.
/// </summary>
static class EquilibriumFormat
{
    const string AsInGame = "As in game.";

    static readonly NumberType Sigmas = new(0, 10);
    static readonly IntegerType<int> Neurons = Types.Whole(2, 10_000);
    static readonly ChoiceType<LossReference> References = Types.Enum<LossReference>();

    /// <summary>Keys of a game whose axes study <c>sensitivity</c> states itself.</summary>
    public static readonly string[] Axes = ["reference", "sigma", "temperature", "neurons"];

    /// <summary>Keys of a game that study <c>adaptive-tau</c> does not ask for: those of the solver.</summary>
    public static readonly string[] OfSolver = ["tolerance", "max-steps"];

    static readonly Section<GameSpec> Game = new Section<GameSpec>(
        "game", "game", "How games are drawn, section 3 of the paper. Initial rows are uniform draws, normalised.")
        .Key("neurons", Neurons, "10", "Neurons n.", g => g.Neurons, (g, v) => g with { Neurons = v })
        .Key("stake", Types.Positive, "1", "Stake of every neuron.", g => g.Stake, (g, v) => g with { Stake = v })
        .Key("temperature", Types.Positive, "1", "Temperature T of the mask, eq. (8).",
            g => g.Temperature, (g, v) => g with { Temperature = v })
        .Key("reference", References, "connected",
            "The masks at the minimum of eq. (16): every input connected, those of the initial weights, or none (the "
            + "loss read as a gain).",
            g => g.Reference, (g, v) => g with { Reference = v })
        .Key("sigma", Sigmas, "0.5",
            "Spread of how much each peer matters to everybody; 0 makes the peers exchangeable.",
            g => g.Sigma, (g, v) => g with { Sigma = v })
        .Optional("hessian-rank", Types.Whole(1, 10_000), "Columns r of a Hessian's factor; n without it.",
            g => g.HessianRank, (g, v) => g with { HessianRank = v })
        .Key("step", Types.Positive, "0.005", "Step lambda of the ascent, eq. (13).",
            g => g.Step, (g, v) => g with { Step = v })
        .Key("tolerance", new NumberType(0, 1), "1e-6",
            "A point is an equilibrium when max |Proj(W + dW) - W| is at most this.",
            g => g.Tolerance, (g, v) => g with { Tolerance = v })
        .Optional("max-steps", Types.Whole(1, 1_000_000_000),
            "Steps after which the ascent gives up; 1000 n without it.",
            g => g.MaxSteps, (g, v) => g with { MaxSteps = v });

    /// <summary>A game with every key at its default.</summary>
    public static GameSpec GameDefault => Game.Default;

    static readonly ManyType<double> Ratios = Types.Many(new NumberType(0, 1e9));
    static readonly IntegerType<int> Trials = Types.Whole(1, 1_000_000);
    const string RatiosDoc = "alpha/tau of eq. (15); a game of its own for each.";
    const string TrialsDoc = "Games drawn, each with its own Hessians and initial weights.";

    static readonly Section<StudySpec.Correlation> Correlation = new Section<StudySpec.Correlation>(
        "correlation", "study kind: correlation",
        "Figure 4: the competitive rank against the ideal one, as alpha/tau varies.")
        .Key("alpha-over-tau", Ratios, "[1, 10, 25, 50]", RatiosDoc, c => c.Ratios, (c, v) => c with { Ratios = v })
        .Key("trials", Trials, "100", TrialsDoc, c => c.Trials, (c, v) => c with { Trials = v });

    static readonly Section<StudySpec.AdaptiveTau> AdaptiveTau = new Section<StudySpec.AdaptiveTau>(
        "adaptive-tau", "study kind: adaptive-tau",
        "Figure 5: tau starts at 0 and a controller drives sum(diag W) / (sum W - sum(diag W)) to a target.")
        .Key("alpha", Types.Positive, "1", "Price of one unit of loss.", a => a.Alpha, (a, v) => a with { Alpha = v })
        .Key("target", Types.Positive, "1", "The ratio to reach.", a => a.Target, (a, v) => a with { Target = v })
        .Key("steps", Types.Whole(10, 100_000_000), "40000", "Steps of the ascent, and of the controller.",
            a => a.Steps, (a, v) => a with { Steps = v })
        .Key("record-every", Types.Whole(1, 1_000_000), "50", "Steps between two points of the series.",
            a => a.RecordEvery, (a, v) => a with { RecordEvery = v })
        .Key("trials", Trials, "20", TrialsDoc, a => a.Trials, (a, v) => a with { Trials = v });

    static readonly Section<StudySpec.Regret> Regret = new Section<StudySpec.Regret>(
        "regret", "study kind: regret",
        "Theorem 6.5: how much more than the gradient another step of the same length would pay, as lambda falls; and "
        + "what equilibrium costs everybody.")
        .Key("alpha-over-tau", Ratios, "[1, 10, 25, 50]", RatiosDoc, r => r.Ratios, (r, v) => r with { Ratios = v })
        .Key("steps", Types.Many(Types.Positive), "[1, 0.1, 0.01, 0.001, 0.0001, 0.00001]",
            "Lengths lambda of the step that is judged.", r => r.Steps, (r, v) => r with { Steps = v })
        .Key("directions", Types.Whole(1, 100_000), "64",
            "Random directions tried per neuron, beside the adversarial ones.",
            r => r.Directions, (r, v) => r with { Directions = v })
        .Key("trials", Trials, "20", TrialsDoc, r => r.Trials, (r, v) => r with { Trials = v });

    static readonly Section<StudySpec.Sensitivity> Sensitivity = new Section<StudySpec.Sensitivity>(
        "sensitivity", "study kind: sensitivity",
        "What the correlation depends on: every combination of these, each drawn anew.")
        .Optional("reference", Types.Many(References), AsInGame,
            s => s.References, (s, v) => s with { References = v ?? [] })
        .Optional("sigma", Types.Many(Sigmas), AsInGame, s => s.Sigmas, (s, v) => s with { Sigmas = v ?? [] })
        .Optional("temperature", Types.Many(Types.Positive), AsInGame,
            s => s.Temperatures, (s, v) => s with { Temperatures = v ?? [] })
        .Optional("neurons", Types.Many(Neurons), AsInGame, s => s.Neurons, (s, v) => s with { Neurons = v ?? [] })
        .Key("alpha-over-tau", Ratios, "25", RatiosDoc, s => s.Ratios, (s, v) => s with { Ratios = v })
        .Key("trials", Trials, "20", TrialsDoc, s => s.Trials, (s, v) => s with { Trials = v });

    static readonly Section<StudySpec.MintInflation> MintInflation = new Section<StudySpec.MintInflation>(
        "mint-inflation", "study kind: mint-inflation",
        "What the owner of a rank share mints per block after splitting it into equal identities, eq. (6), under "
        + "either norm.")
        .Key("neurons", Neurons, "10",
            "Neurons n before the split; those that do not split share the rest of the rank equally.",
            m => m.Neurons, (m, v) => m with { Neurons = v })
        .Key("share", Types.Many(Types.InnerShare), "[0.1, 0.25, 0.5]", "Share of all rank that is split.",
            m => m.Shares, (m, v) => m with { Shares = v })
        .Key("parts", Types.Many(Types.Whole(1, 100_000)), "[1, 2, 5, 10, 20, 50, 100]", "Identities it is split into.",
            m => m.Parts, (m, v) => m with { Parts = v });

    static readonly Section<StudySpec.MuDilution> MuDilution = new Section<StudySpec.MuDilution>(
        "mu-dilution", "study kind: mu-dilution",
        "What a neuron that underbids keeps of its peers' answers when identities without stake lower every mu_j, eq. "
        + "(7).")
        .Key("honest", Types.Whole(2, 10_000), "10", "Honest neurons; their rows are equal over the honest.",
            m => m.Honest, (m, v) => m with { Honest = v })
        .Key("sybils", Types.Many(Types.Whole(0, 1_000_000)), "[0, 10, 20, 30, 40, 50, 60, 70, 80, 90]",
            "Identities without stake.", m => m.Sybils, (m, v) => m with { Sybils = v })
        .Key("temperature", Types.Many(Types.Positive), "[0.05, 0.1, 0.2]", "Temperature T of the mask, eq. (8).",
            m => m.Temperatures, (m, v) => m with { Temperatures = v });

    static readonly Section<RetentionSpec> Teams = new Section<RetentionSpec>()
        .Key("neurons", Types.Whole(4, 100_000), "512",
            "All neurons; the honest share of them is the honest share of stake.",
            r => r.Neurons, (r, v) => r with { Neurons = v })
        .Key("validators", Types.Whole(2, 10_000), "64",
            "Those that hold the stake and set weights; at most two fewer than there are neurons.",
            r => r.Validators, (r, v) => r with { Validators = v })
        .Key("stake-noise", Sigmas, "0.3",
            "Standard deviation of a validator's stake in units of its mean; what falls below 0 is 0.",
            r => r.StakeNoise, (r, v) => r with { StakeNoise = v })
        .Key("rule", Types.Many(Types.Enum<RetentionRule>()), "[paper, l1, trust, yuma]",
            "What a block pays for: the paper's rank under the norm l2 or l1, or another rule.",
            r => r.Rules, (r, v) => r with { Rules = v })
        .Key("weight-noise", Types.Many(Sigmas), "[0, 0.2, 0.4]",
            "Standard deviation of a weight in units of its mean, likewise.",
            r => r.WeightNoises, (r, v) => r with { WeightNoises = v })
        .Key("honest-stake", Types.Many(Types.InnerShare), "[0.6, 0.7, 0.8, 0.9]",
            "S_H, share of all stake that honest validators hold.",
            r => r.HonestStakes, (r, v) => r with { HonestStakes = v });

    static readonly Section<RetentionSpec> Rules = new Section<RetentionSpec>()
        .Key("kappa", Types.InnerShare, "0.5", "Of trust and yuma.", r => r.Kappa, (r, v) => r with { Kappa = v })
        .Key("rho", Types.Positive, "10", "Steepness of trust.", r => r.Rho, (r, v) => r with { Rho = v })
        .Key("dividend", Types.Share, "0.5", "xi of yuma, the share paid for giving weight.",
            r => r.Dividend, (r, v) => r with { Dividend = v });

    static readonly Section<StudySpec.Retention> Retention = new Section<StudySpec.Retention>(
        "retention", "study kind: retention",
        "How much of the honest row must go to honest neurons so that they retain their share of stake, whatever a "
        + "coalition gives to itself: one block of the mechanism, after Opentensor Foundation's study of Yuma "
        + "consensus.")
        .Keys(Teams, r => r.Game, (r, v) => r with { Game = v })
        .Key("self-weight", Types.Many(Types.Share), "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]",
            "W_C, share of its row a coalition's validator gives to the coalition.",
            r => r.SelfWeights, (r, v) => r with { SelfWeights = v })
        .Keys(Rules, r => r.Game, (r, v) => r with { Game = v })
        .Key("trials", Trials, "20", TrialsDoc, r => r.Trials, (r, v) => r with { Trials = v })
        .Check("validators", (r, _) => r.Game.Validators > r.Game.Neurons - 2,
            r => $"{r.Game.Validators} validators of {r.Game.Neurons} neurons leave no neuron "
                + "for each team to vote for",
            r => $"write at most {r.Game.Neurons - 2}", ErrorCodes.Range);

    static readonly VariantType<StudySpec> Study = new VariantType<StudySpec>("kind") { Block = true }
        .With(Correlation)
        .With(AdaptiveTau)
        .With(Regret)
        .With(Sensitivity)
        .With(MintInflation)
        .With(MuDilution)
        .With(Retention);

    static readonly Section<DrawnGame> Drawn = new Section<DrawnGame>(Game.Name, Game.Title, Game.Doc)
        .Keys(Game, d => d.Game, (d, v) => d with { Game = v }, hides: (d, key) => d.Unused.Contains(key));

    static readonly Section<StudyProperty> Expect = new Section<StudyProperty>(
        "expect", "equilibrium expect", "Properties of the results, as a list; they decide the verdict.")
        .Required("property", Types.AnyText(
            "a property like 'pearson at alpha-over-tau 25 > 0.8'", 500), "What must hold.",
            p => p.Text)
        .Optional("name", Types.AnyText("a name", 200), "Name in the verdict; the property itself without it.",
            p => p.Name != p.Text ? p.Name : null);

    /// <summary>
    /// The whole file. What is asked, a theta file or a study with its game, is read by <see
    /// cref="EquilibriumReader"/>.
    /// </summary>
    public static readonly Section<EquilibriumScenario> Root = new Section<EquilibriumScenario>(
        "", "equilibrium scenario",
            "Top level of a scenario of `kind: equilibrium`. It has either a `theta` or a `study`.")
        .Required("version", ScenarioFormat.Versions, ScenarioFormat.VersionDoc, _ => "1")
        .Required("kind", ScenarioFormat.Kinds, ScenarioFormat.KindDoc, _ => "equilibrium")
        .Required("name", Types.Name, ScenarioFormat.NameDoc, s => s.Name, (s, v) => s with { Name = v ?? "" })
        .Optional("description", ScenarioFormat.Text, ScenarioFormat.DescriptionDoc,
            s => s.Description.Length > 0 ? s.Description : null, (s, v) => s with { Description = v ?? "" })
        .Required("seed", ScenarioFormat.Seeds, ScenarioFormat.SeedDoc, s => s.Seed, (s, v) => s with { Seed = v })
        .Optional("theta", Types.Path(),
            "A game of your own: a JSON file, see [theta file](#theta-file). The path starts at the scenario's folder.",
            s => (s.Study as StudySpec.Own)?.Path)
        .Key("game", Types.Section(Drawn), null, "How games are drawn.", s => DrawnGame.Of(s.Study))
        .Optional("study", Study, "What is asked of them.", s => s.Study is StudySpec.Own ? null : s.Study)
        .Key("solver", Types.Enum<SolverKind>(), "descent",
            "descent is the paper's iteration, step by step; accelerated reaches the same point in fewer steps, or "
            + "says that it cannot.",
            s => s.Solver, (s, v) => s with { Solver = v })
        .Key("expect", Types.List(Expect), null, "What must hold.", s => s.Expect)
        .WriteLast("theta", "game", "study", "expect");
}

/// <summary>Section <c>game</c> as a file states it beside a study.</summary>
/// <param name="Game">The game.</param>
/// <param name="Unused">Keys that the study states itself or does not ask for.</param>
sealed record DrawnGame(GameSpec Game, string[] Unused)
{
    /// <summary>The game of a study; null for one that draws none.</summary>
    public static DrawnGame? Of(StudySpec study) => study switch
    {
        StudySpec.Correlation c => new DrawnGame(c.Game, []),
        StudySpec.AdaptiveTau a => new DrawnGame(a.Game, EquilibriumFormat.OfSolver),
        StudySpec.Regret r => new DrawnGame(r.Game, []),
        StudySpec.Sensitivity s => new DrawnGame(s.Game, EquilibriumFormat.Axes),
        _ => null,
    };
}
