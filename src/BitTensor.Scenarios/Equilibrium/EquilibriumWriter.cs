using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>An equilibrium scenario to text, every default written out.</summary>
public static class EquilibriumWriter
{
    /// <summary>The scenario as YAML. Reading it gives an equal scenario, where a theta file lies as the text names it.</summary>
    public static string Write(EquilibriumScenario scenario)
    {
        var y = new YamlText();
        y.Line("version: 1");
        y.Line("kind: equilibrium");
        y.Line($"name: {scenario.Name}");
        y.LineIf(scenario.Description.Length > 0, $"description: {YamlText.Quoted(scenario.Description)}");
        y.Line($"seed: {scenario.Seed}");
        y.Line($"solver: {YamlText.Word(scenario.Solver)}");
        WriteStudy(y, scenario.Study);
        if (scenario.Expect.Length > 0)
        {
            y.Section("expect", () => scenario.Expect.ToList().ForEach(p => y.Item(() =>
            {
                y.Line($"property: {YamlText.Quoted(p.Text)}");
                y.LineIf(p.Name != p.Text, $"name: {YamlText.Quoted(p.Name)}");
            })));
        }
        return y.ToString();
    }

    static void WriteStudy(YamlText y, StudySpec study)
    {
        switch (study)
        {
            case StudySpec.Own own:
                y.Line($"theta: {YamlText.Quoted(own.Path)}");
                break;
            case StudySpec.Correlation c:
                WriteGame(y, c.Game);
                Study(y, study, Ratios(c.Ratios), $"trials: {c.Trials}");
                break;
            case StudySpec.AdaptiveTau a:
                WriteGame(y, a.Game, solved: false);
                Study(
                    y, study, $"alpha: {YamlText.Number(a.Alpha)}", $"target: {YamlText.Number(a.Target)}", $"steps: {a.Steps}",
                    $"record-every: {a.RecordEvery}", $"trials: {a.Trials}");
                break;
            case StudySpec.Regret r:
                WriteGame(y, r.Game);
                Study(y, study, Ratios(r.Ratios), $"steps: {Numbers(r.Steps)}", $"directions: {r.Directions}", $"trials: {r.Trials}");
                break;
            case StudySpec.Sensitivity s:
                WriteGame(y, s.Game, axes: false);
                Study(
                    y, study, $"reference: {YamlText.Many(s.References, r => YamlText.Word(r))}", $"sigma: {Numbers(s.Sigmas)}",
                    $"temperature: {Numbers(s.Temperatures)}", $"neurons: {Whole(s.Neurons)}", Ratios(s.Ratios), $"trials: {s.Trials}");
                break;
            case StudySpec.MintInflation m:
                Study(y, study, $"neurons: {m.Neurons}", $"share: {Numbers(m.Shares)}", $"parts: {Whole(m.Parts)}");
                break;
            case StudySpec.Retention r:
                Study(
                    y, study, $"neurons: {r.Game.Neurons}", $"validators: {r.Game.Validators}", $"stake-noise: {YamlText.Number(r.Game.StakeNoise)}",
                    $"rule: {YamlText.Many(r.Game.Rules, rule => YamlText.Word(rule))}", $"weight-noise: {Numbers(r.Game.WeightNoises)}",
                    $"honest-stake: {Numbers(r.Game.HonestStakes)}", $"self-weight: {Numbers(r.SelfWeights)}", $"kappa: {YamlText.Number(r.Game.Kappa)}",
                    $"rho: {YamlText.Number(r.Game.Rho)}", $"dividend: {YamlText.Number(r.Game.Dividend)}", $"trials: {r.Trials}");
                break;
            case StudySpec.MuDilution m:
                Study(y, study, $"honest: {m.Honest}", $"sybils: {Whole(m.Sybils)}", $"temperature: {Numbers(m.Temperatures)}");
                break;
            default:
                throw new InvalidOperationException($"No text for {study}.");
        }
    }

    static void Study(YamlText y, StudySpec study, params string[] lines) => y.Section("study", () =>
    {
        y.Line($"kind: {StudyCatalogue.KindOf(study)}");
        foreach (var line in lines)
        {
            y.Line(line);
        }
    });

    /// <summary>Section game; without what the axes of the study say in its place, and without what only a solver asks.</summary>
    static void WriteGame(YamlText y, GameSpec g, bool axes = true, bool solved = true) => y.Section("game", () =>
    {
        y.LineIf(axes, $"neurons: {g.Neurons}");
        y.Line($"stake: {YamlText.Number(g.Stake)}");
        y.LineIf(axes, $"temperature: {YamlText.Number(g.Temperature)}");
        y.LineIf(axes, $"reference: {YamlText.Word(g.Reference)}");
        y.LineIf(axes, $"sigma: {YamlText.Number(g.Sigma)}");
        y.LineIf(g.HessianRank is not null, $"hessian-rank: {g.HessianRank}");
        y.Line($"step: {YamlText.Number(g.Step)}");
        y.LineIf(solved, $"tolerance: {YamlText.Number(g.Tolerance)}");
        y.LineIf(solved && g.MaxSteps is not null, $"max-steps: {g.MaxSteps}");
    });

    static string Ratios(IEnumerable<double> ratios) => $"alpha-over-tau: {Numbers(ratios)}";

    static string Numbers(IEnumerable<double> values) => YamlText.Many(values, YamlText.Number);

    static string Whole(IEnumerable<int> values) => YamlText.Many(values, v => v.ToString());
}
