using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>The work of a study as its scenario tells it, at most and roughly.</summary>
/// <param name="Items">Games or points that are computed.</param>
/// <param name="Game">Numbers that the largest game holds.</param>
/// <param name="Results">Numbers that the results hold, and what each result takes beside them.</param>
/// <param name="Operations">Multiplications.</param>
public sealed record StudySize(double Items, double Game, double Results, double Operations)
{
    // An item's names and its place among the axes.
    const double PerItem = 100;

    // Starts and iterations of the search for a better row, and iterations at each higher temperature.
    const double Starts = 12;
    const double Climbs = 200;
    const double WarmClimbs = 20;
    const double Cooling = 1.5;

    // Starts and iterations of the ascent to the coordinated optimum.
    const double Coordinated = 3 * 5000;

    // Both rules, and the draws of each expectation.
    const double RegretDraws = 2 * 4;
    const double RegretAscents = 30;

    // Markets that a contour's point is searched with.
    const double Contour = 60;

    // n above which the accelerated solver descends, and its rounds below.
    const int MostAccelerated = 128;
    const double AcceleratedRounds = 500;

    /// <summary>True for a study of seconds.</summary>
    public bool IsSmall => Items <= 2000 && Game <= 2e6 && Results <= 2e6 && Operations <= 3e9;

    /// <summary>The size of a scenario's study.</summary>
    public static StudySize Of(EquilibriumScenario scenario) => scenario.Study switch
    {
        StudySpec.Own own => OfGames(scenario, OneOf(own.Theta), items: 1, inFull: true),
        StudySpec.Correlation c => OfGames(scenario, c.Game, c.Ratios.Length * (double)c.Trials, inFull: true),
        StudySpec.Sensitivity s => OfGrid(scenario, s),
        StudySpec.AdaptiveTau a => OfSeries(a),
        StudySpec.Regret r => OfRegret(scenario, r),
        StudySpec.Retention r => OfRetention(r),
        StudySpec.MintInflation m => OfMint(m),
        StudySpec.MuDilution m => OfDilution(m),
        _ => throw new InvalidOperationException($"No size of {scenario.Study}."),
    };

    static StudySize OfGrid(EquilibriumScenario scenario, StudySpec.Sensitivity s)
    {
        var each = (double)s.References.Length * s.Sigmas.Length * s.Temperatures.Length * s.Ratios.Length * s.Trials;
        return s.Neurons.Select(n => OfGames(scenario, s.Game with { Neurons = n }, each, inFull: false))
            .Aggregate((a, b) => new StudySize(
                a.Items + b.Items, Math.Max(a.Game, b.Game), a.Results + b.Results, a.Operations + b.Operations));
    }

    static StudySize OfGames(EquilibriumScenario scenario, GameSpec game, double items, bool inFull)
    {
        double n = game.Neurons;
        return new StudySize(
            items, NumbersOf(game), items * (PerItem + (inFull ? n * n : 0) + 4 * n),
            items * (SolveOf(game, scenario.Solver) + (inFull ? SearchOf(game) : 0)));
    }

    static StudySize OfSeries(StudySpec.AdaptiveTau a)
    {
        var points = 1 + a.Steps / a.RecordEvery;
        return new StudySize(
            a.Trials, NumbersOf(a.Game), a.Trials * (PerItem + 6.0 * points),
            a.Trials * (DrawOf(a.Game) + a.Steps * StepOf(a.Game)));
    }

    static StudySize OfRegret(EquilibriumScenario scenario, StudySpec.Regret r)
    {
        var (items, step) = (r.Ratios.Length * (double)r.Trials, StepOf(r.Game));
        return new StudySize(
            items, NumbersOf(r.Game), items * (PerItem + 3.0 * r.Steps.Length),
            items * (SolveOf(r.Game, scenario.Solver) + SearchOf(r.Game) + Coordinated * step
                + r.Steps.Length * RegretDraws * (r.Directions + RegretAscents) * step));
    }

    static StudySize OfRetention(StudySpec.Retention r)
    {
        var game = r.Game;
        var items = (double)game.Rules.Length * game.WeightNoises.Length * game.HonestStakes.Length
            * r.SelfWeights.Length * r.Trials;
        var weights = (double)game.Validators * game.Neurons;
        return new StudySize(items, weights, items * PerItem, items * Contour * weights);
    }

    static StudySize OfMint(StudySpec.MintInflation m)
    {
        var items = 2.0 * m.Shares.Length * m.Parts.Length;
        double most = m.Neurons + m.Parts.Max();
        return new StudySize(items, most, items * PerItem, items * most);
    }

    static StudySize OfDilution(StudySpec.MuDilution m)
    {
        var (items, rows) = ((double)m.Sybils.Length * m.Temperatures.Length, (double)m.Honest * m.Honest);
        return new StudySize(
            items, rows + m.Sybils.Max(), items * PerItem, items * (rows + m.Sybils.Max()));
    }

    /// <summary>A game of the user's own as one that is drawn.</summary>
    static GameSpec OneOf(Theta theta) => EquilibriumFormat.GameDefault with
    {
        Neurons = theta.Count,
        HessianRank = theta.Hessians.Form == HessianForm.Factor ? theta.Hessians.Rank : null,
        MaxSteps = theta.MaxSteps,
        Temperature = theta.Temperature,
        Stake = theta.Stake.Max(),
    };

    static double RankOf(GameSpec game) => game.HessianRank ?? game.Neurons;

    static bool IsDense(GameSpec game) => 2 * RankOf(game) >= game.Neurons;

    /// <summary>n^2 r for the factors, and n^3 where the matrices are kept in full.</summary>
    static double NumbersOf(GameSpec game)
    {
        double n = game.Neurons;
        return n * n * (RankOf(game) + (IsDense(game) ? n : 0));
    }

    static double DrawOf(GameSpec game) => NumbersOf(game) + (IsDense(game) ? StepOf(game) * RankOf(game) : 0);

    /// <summary>A gradient of all payoffs.</summary>
    static double StepOf(GameSpec game)
    {
        double n = game.Neurons;
        return n * n * (IsDense(game) ? n : 2 * RankOf(game));
    }

    static double SolveOf(GameSpec game, SolverKind solver)
    {
        double n = game.Neurons;
        var steps = game.MaxSteps ?? 1000 * n;
        return DrawOf(game) + (solver == SolverKind.Accelerated && n <= MostAccelerated
            ? Math.Min(steps, AcceleratedRounds) * n * n * n * n
            : steps * StepOf(game));
    }

    /// <summary>The search of every neuron for a row that pays more.</summary>
    static double SearchOf(GameSpec game)
    {
        var rungs = Math.Max(0, Math.Ceiling(Math.Log(game.Stake / game.Temperature) / Math.Log(Cooling)));
        return Starts * (rungs > 0 ? 2 * Climbs + WarmClimbs * rungs : Climbs) * StepOf(game);
    }
}
