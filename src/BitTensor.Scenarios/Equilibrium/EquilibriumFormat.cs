namespace BitTensor.Scenarios;

/// <summary>The format of a scenario of <c>kind: equilibrium</c>, the table beside <see cref="ScenarioFormat"/> for the paper's formulas without a network.</summary>
static class EquilibriumFormat
{
    const double Unbounded = double.PositiveInfinity;

    static readonly NumberType Positive = new(0, Unbounded, aboveLeast: true);
    static readonly ChoiceType References = new("connected", "initial", "gain");
    static readonly NumberType Sigmas = new(0, 10);
    static readonly IntegerType Neurons = new(2, 10_000);

    static readonly Field Ratios = new("alpha-over-tau", new ManyType(new NumberType(0, 1e9)), "alpha/tau of eq. (15); a game of its own for each.", "[1, 10, 25, 50]");
    static readonly Field Trials = new("trials", new IntegerType(1, 1_000_000), "Games drawn, each with its own Hessians and initial weights.", "100");

    public static readonly Section Game = new("game", "game", "How games are drawn, section 3 of the paper. Initial rows are uniform draws, normalised.",
        new Field("neurons", Neurons, "Neurons n.", "10"),
        new Field("stake", Positive, "Stake of every neuron.", "1"),
        new Field("temperature", Positive, "Temperature T of the mask, eq. (8).", "1"),
        new Field("reference", References, "The masks at the minimum of eq. (16): every input connected, those of the initial weights, or none (the loss read as a gain).", "connected"),
        new Field("sigma", Sigmas, "Spread of how much each peer matters to everybody; 0 makes the peers exchangeable.", "0.5"),
        new Field("hessian-rank", new IntegerType(1, 10_000), "Columns r of a Hessian's factor; n without it."),
        new Field("step", Positive, "Step lambda of the ascent, eq. (13).", "0.005"),
        new Field("tolerance", new NumberType(0, 1), "A point is an equilibrium when max |Proj(W + dW) - W| is at most this.", "1e-6"),
        new Field("max-steps", new IntegerType(1, 1_000_000_000), "Steps after which the ascent gives up; 1000 n without it."));

    public static readonly Section Correlation = new("correlation", "study kind: correlation", "Figure 4: the competitive rank against the ideal one, as alpha/tau varies.", Ratios, Trials);

    public static readonly Section AdaptiveTau = new("adaptive-tau", "study kind: adaptive-tau", "Figure 5: tau starts at 0 and a controller drives sum(diag W) / (sum W - sum(diag W)) to a target.",
        new Field("alpha", Positive, "Price of one unit of loss.", "1"),
        new Field("target", Positive, "The ratio to reach.", "1"),
        new Field("steps", new IntegerType(10, 100_000_000), "Steps of the ascent, and of the controller.", "40000"),
        new Field("record-every", new IntegerType(1, 1_000_000), "Steps between two points of the series.", "50"),
        Trials with { Default = "20" });

    public static readonly Section Regret = new("regret", "study kind: regret", "Theorem 6.5: how much more than the gradient another step of the same length would pay, as lambda falls; and what equilibrium costs everybody.",
        Ratios,
        new Field("steps", new ManyType(Positive), "Lengths lambda of the step that is judged.", "[1, 0.1, 0.01, 0.001, 0.0001, 0.00001]"),
        new Field("directions", new IntegerType(1, 100_000), "Random directions tried per neuron, beside the adversarial ones.", "64"),
        Trials with { Default = "20" });

    public static readonly Section Sensitivity = new("sensitivity", "study kind: sensitivity", "What the correlation depends on: every combination of these, each drawn anew.",
        new Field("reference", new ManyType(References), "As in game."),
        new Field("sigma", new ManyType(Sigmas), "As in game."),
        new Field("temperature", new ManyType(Positive), "As in game."),
        new Field("neurons", new ManyType(Neurons), "As in game."),
        Ratios with { Default = "25" },
        Trials with { Default = "20" });

    public static readonly Section MintInflation = new("mint-inflation", "study kind: mint-inflation", "What the owner of a rank share mints per block after splitting it into equal identities, eq. (6), under either norm.",
        new Field("neurons", Neurons, "Neurons n before the split; those that do not split share the rest of the rank equally.", "10"),
        new Field("share", new ManyType(new ShareType(inner: true)), "Share of all rank that is split.", "[0.1, 0.25, 0.5]"),
        new Field("parts", new ManyType(new IntegerType(1, 100_000)), "Identities it is split into.", "[1, 2, 5, 10, 20, 50, 100]"));

    public static readonly Section MuDilution = new("mu-dilution", "study kind: mu-dilution", "What a neuron that underbids keeps of its peers' answers when identities without stake lower every mu_j, eq. (7).",
        new Field("honest", new IntegerType(2, 10_000), "Honest neurons; their rows are equal over all that hold stake.", "10"),
        new Field("sybils", new ManyType(new IntegerType(0, 1_000_000)), "Identities without stake.", "[0, 10, 20, 30, 40, 50, 60, 70, 80, 90]"),
        new Field("temperature", new ManyType(Positive), "Temperature T of the mask, eq. (8).", "[0.05, 0.1, 0.2]"));

    public static readonly Section Retention = new("retention", "study kind: retention", "How much of the honest row must go to honest neurons so that they retain their share of stake, whatever a coalition gives to itself: one block of the mechanism, after Opentensor Foundation's study of Yuma consensus.",
        new Field("neurons", new IntegerType(4, 100_000), "All neurons; the honest share of them is the honest share of stake.", "512"),
        new Field("validators", new IntegerType(2, 10_000), "Those that hold the stake and set weights; at most two fewer than there are neurons.", "64"),
        new Field("stake-noise", Sigmas, "Standard deviation of a validator's stake in units of its mean; what falls below 0 is 0.", "0.3"),
        new Field("rule", new ManyType(new ChoiceType("paper", "l1", "trust", "yuma")), "What a block pays for: the paper's rank under the norm l2 or l1, or another rule.", "[paper, l1, trust, yuma]"),
        new Field("weight-noise", new ManyType(Sigmas), "Standard deviation of a weight in units of its mean, likewise.", "[0, 0.2, 0.4]"),
        new Field("honest-stake", new ManyType(new ShareType(inner: true)), "S_H, share of all stake that honest validators hold.", "[0.6, 0.7, 0.8, 0.9]"),
        new Field("self-weight", new ManyType(new ShareType(inner: false)), "W_C, share of its row a coalition's validator gives to the coalition.", "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]"),
        new Field("kappa", new ShareType(inner: true), "Of trust and yuma.", "0.5"),
        new Field("rho", Positive, "Steepness of trust.", "10"),
        new Field("dividend", new ShareType(inner: false), "xi of yuma, the share paid for giving weight.", "0.5"),
        Trials with { Default = "20" });

    public static readonly Section Expect = new("expect", "equilibrium expect", "Properties of the results, as a list; they decide the verdict.",
        new Field("property", new TextType("^[\\s\\S]+$", "a property like 'pearson at alpha-over-tau 25 > 0.8'", 500), "What must hold.", Required: true),
        new Field("name", new TextType("^[\\s\\S]+$", "a name", 200), "Name in the verdict; the property itself without it."));

    /// <summary>The whole file.</summary>
    public static readonly Section Root = new("", "equilibrium scenario", "Top level of a scenario of `kind: equilibrium`. It has either a `theta` or a `study`.",
        ScenarioFormat.Version,
        ScenarioFormat.Kind with { Required = true, Default = null },
        ScenarioFormat.Name,
        ScenarioFormat.Description,
        ScenarioFormat.Seed,
        new Field("theta", new TextType("^[\\s\\S]+$", "a path", 4096), "A game of your own: a JSON file, see [theta file](#theta-file). The path starts at the scenario's folder."),
        new Field("game", new SectionType(Game), "How games are drawn."),
        new Field("study", new VariantType("kind", null, Correlation, AdaptiveTau, Regret, Sensitivity, MintInflation, MuDilution, Retention), "What is asked of them."),
        new Field("solver", new ChoiceType("descent", "accelerated"), "descent is the paper's iteration, step by step; accelerated reaches the same point in fewer steps, or says that it cannot.", "descent"),
        new Field("expect", new ListType(Expect, needsOne: false), "What must hold."));
}
