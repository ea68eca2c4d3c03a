using System.Globalization;
using System.Text.Json.Nodes;
using BitTensor.Mechanism.Equilibrium;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>Scenarios of kind equilibrium: what is refused, where, and what survives writing and reading.</summary>
public sealed class EquilibriumFormatSpec
{
    const string Good =
        """
        version: 1
        kind: equilibrium
        name: base
        seed: 1
        game:
          neurons: 6
          sigma: 0.5
        study:
          kind: correlation
          alpha-over-tau: [1, 25]
          trials: 3
        solver: descent
        expect:
          - property: pearson at alpha-over-tau 25 > 0.5
        """;

    public static TheoryData<string, string, string, string> Cases => new()
    {
        { "unknown kind", "kind: equilibrium", "kind: market", "2:7:BTA017" },
        { "a list of kinds", "kind: equilibrium", "kind: [equilibrium]", "2:7:BTA017" },
        { "a network's key", "solver: descent", "duration: 3 blocks", "12:1:BTA010" },
        { "no study", "study:\n  kind: correlation\n  alpha-over-tau: [1, 25]\n  trials: 3\n", "", "1:1:BTA012" },
        { "a theta and a study", "solver: descent", "theta: a.json", "9:3:BTA021" },
        { "unknown study", "  kind: correlation", "  kind: correlations", "9:9:BTA017" },
        { "study without kind", "  kind: correlation\n", "", "9:3:BTA012" },
        { "unknown key in game", "  neurons: 6", "  neuron: 6", "6:3:BTA010" },
        { "one neuron", "  neurons: 6", "  neurons: 1", "6:12:BTA016" },
        { "a game that no machine holds", "  neurons: 6", "  neurons: 1291", "6:12:BTA021" },
        {
            "results that no machine holds",
            "  neurons: 6\n  sigma: 0.5\nstudy:\n  kind: correlation\n  alpha-over-tau: [1, 25]\n  trials: 3",
            "  neurons: 60\n  sigma: 0.5\nstudy:\n  kind: correlation\n  alpha-over-tau: [1, 25]\n  trials: 1000000",
            "11:11:BTA021"
        },
        { "half a neuron", "  neurons: 6", "  neurons: 6.5", "6:12:BTA014" },
        { "sigma below zero", "  sigma: 0.5", "  sigma: -1", "7:10:BTA016" },
        { "sigma that is none", "  sigma: 0.5", "  sigma: .nan", "7:10:BTA018" },
        { "unknown reference", "  sigma: 0.5", "  reference: masked", "7:14:BTA017" },
        { "no ratios", "[1, 25]", "[]", "10:19:BTA019 14:41:BTA021" },
        { "a ratio twice", "[1, 25]", "[1, 25, 1.0]", "10:27:BTA020" },
        { "a ratio that is a word", "[1, 25]", "[1, many, 25]", "10:23:BTA014" },
        { "a ratio that is a list", "[1, 25]", "[1, [2], 25]", "10:23:BTA013" },
        { "no trials", "  trials: 3", "  trials: 0", "11:11:BTA016" },
        { "unknown solver", "solver: descent", "solver: newton", "12:9:BTA017" },
        { "a horizon", "25 > 0.5", "25 > 0.5\n    holds: always", "15:5:BTA010" },
        { "unknown metric", "pearson at", "pearsen at", "14:15:BTA024" },
        { "no such point", "at alpha-over-tau 25", "at alpha-over-tau 10", "14:41:BTA021" },
        { "no such axis", "at alpha-over-tau 25", "at sigma 0.5", "14:26:BTA023" },
        { "no point of an axis", "pearson at alpha-over-tau 25", "pearson", "14:15:BTA023" },
        { "an axis twice", "at alpha-over-tau 25", "at alpha-over-tau 25, alpha-over-tau 1", "14:45:BTA023" },
        { "two numbers", "pearson at alpha-over-tau 25", "1", "14:15:BTA023" },
        { "no comparison", " > 0.5", "", "14:15:BTA023" },
        {
            "an axis without points", "[1, 25]\n  trials: 3\nsolver: descent\nexpect:\n  - property: pearson",
            "[]\nexpect:\n  - property: the pearson", "10:19:BTA019 12:15:BTA023"},
        { "one side", " > 0.5", " >", "14:45:BTA023" },
        {
            "a game without games", "  kind: correlation\n  alpha-over-tau: [1, 25]\n  trials: 3",
            "  kind: mint-inflation", "6:3:BTA021 12:15:BTA024"},
        {
            "an axis in game and study", "  kind: correlation", "  kind: sensitivity\n  sigma: [0, 1]",
            "7:10:BTA021 15:15:BTA023"},
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fault_is_named_where_it_is(string what, string part, string by, string expected)
    {
        Assert.True(Good.Contains(part, StringComparison.Ordinal), $"{what}: the good file lacks the part");
        var result = ScenarioFile.Parse(Good.Replace(part, by, StringComparison.Ordinal), "x.yaml", []);
        Assert.Null(result.Equilibrium);
        Assert.Equal(
            expected,
            string.Join(
            ' ', result.Errors.Select(
            e => string.Create(CultureInfo.InvariantCulture, $"{e.Line}:{e.Column}:{e.Code}"))));
        Assert.All(
            result.Errors,
            e => Assert.True(e.Message.Length > 0 && e.Remedy.Length > 0 && ErrorCodes.All.Any(c => c.Code == e.Code)));
    }

    [Theory]
    [InlineData("neurons: 6", "neurons: 1")]
    [InlineData("kind: correlation", "kind: correlations")]
    [InlineData("alpha-over-tau: [1, 25]", "alpha-over-tau: []")]
    [InlineData("solver: descent", "duration: 3 blocks")]
    [InlineData("kind: equilibrium", "kind: network")]
    public void What_the_reader_refuses_the_schema_refuses(string part, string by)
    {
        var schema = JsonNode.Parse(ScenarioSchema.Json())!;
        Assert.Empty(SchemaCheck.Faults(schema, SchemaCheck.Load(Good)));
        var bad = Good.Replace(part, by, StringComparison.Ordinal);
        Assert.NotEmpty(SchemaCheck.Faults(schema, SchemaCheck.Load(bad)));
        Assert.NotEmpty(ScenarioFile.Parse(bad, "x.yaml", []).Errors);
    }

    public static TheoryData<string> Studies =>
    [
        "game: { neurons: 7, stake: 2, temperature: 0.1, reference: gain, sigma: 1, hessian-rank: 3, step: 0.1, "
        + "tolerance: 1e-4, max-steps: 5 }\nstudy: { kind: correlation, alpha-over-tau: 3, trials: 2 }",
        "study: { kind: adaptive-tau, alpha: 2, target: 0.5, steps: 100, record-every: 5, trials: 4 }",
        "study: { kind: regret, alpha-over-tau: [1, 2], steps: [0.1, 1e-5], directions: 3, trials: 4 }",
        "game: { stake: 2 }\nstudy: { kind: sensitivity, reference: [connected, initial], sigma: [0, 1], temperature: "
        + "0.1, neurons: [3, 4], alpha-over-tau: [1, 2], trials: 4 }",
        "game: { sigma: 2 }\nstudy: { kind: sensitivity }",
        "study: { kind: mint-inflation, neurons: 4, share: [10%, 0.5], parts: [1, 3] }",
        "study: { kind: mu-dilution, honest: 4, sybils: [0, 3], temperature: 0.3 }",
        "study: { kind: retention, neurons: 9, validators: 3, rule: [l1, yuma], weight-noise: 0.1, honest-stake: "
        + "[0.7], self-weight: [0, 1], trials: 2 }",
    ];

    [Theory]
    [MemberData(nameof(Studies))]
    public void Every_key_of_a_study_survives_writing_and_reading(string study)
    {
        var read = ScenarioFile.Parse(
            $"version: 1\nkind: equilibrium\nname: a\nseed: 3\nsolver: accelerated\n{study}\n", "x.yaml", []);
        Assert.Empty(read.Errors);
        Assert.Null(read.Value);
        var written = ScenarioWriter.Write(read.Equilibrium!);
        var again = ScenarioFile.Parse(written, "resolved.yaml", []);
        Assert.Empty(again.Errors);
        Assert.Equal(written, ScenarioWriter.Write(again.Equilibrium!));
        Assert.Equal(SolverKind.Accelerated, again.Equilibrium!.Solver);
        Assert.Empty(SchemaCheck.Faults(JsonNode.Parse(ScenarioSchema.Json())!, SchemaCheck.Load(written)));
    }

    [Fact]
    public void Overrides_reach_a_study()
    {
        var result = ScenarioFile.Parse(
            Good, "x.yaml",
            [
                new ScenarioOverride("study.trials=7"), new ScenarioOverride("game.neurons=4"),
                new ScenarioOverride("study.alpha-over-tau=[2, 25]"),
            ]);
        Assert.Empty(result.Errors);
        var study = Assert.IsType<StudySpec.Correlation>(result.Equilibrium!.Study);
        Assert.Equal((7, 4), (study.Trials, study.Game.Neurons));
        Assert.Equal([2.0, 25.0], study.Ratios.AsEnumerable());
    }

    [Theory]
    [InlineData("pearson at alpha-over-tau 25 > 0.5", Outcome.Pass)]
    [InlineData("pearson-low at alpha-over-tau 25.0 > pearson at alpha-over-tau 1", Outcome.Pass)]
    [InlineData("max pearson <= 0.8", Outcome.Fail)]
    [InlineData("min pearson <= 0", Outcome.Pass)]
    [InlineData("sum pearson >= 0.9", Outcome.Pass)]
    [InlineData("steps at alpha-over-tau 1 > 0", Outcome.Unknown)]
    [InlineData("max steps > 0", Outcome.Unknown)]
    [InlineData("pearson-low at alpha-over-tau 25 - pearson at alpha-over-tau 1 >= 0.85", Outcome.Pass)]
    [InlineData("pearson-low at alpha-over-tau 25 > 2 * (max pearson - 0.4)", Outcome.Fail)]
    [InlineData("max steps > 0 and max pearson > 0.95", Outcome.Fail)]
    [InlineData("max steps > 0 or max pearson > 0.95", Outcome.Unknown)]
    [InlineData("not max pearson > 0.95 and (max steps > 0 or max pearson > 0.5)", Outcome.Pass)]
    public void A_property_is_judged_at_the_points_it_names(string property, Outcome expected)
    {
        var scenario = ScenarioFile.Parse(
            Good.Replace("pearson at alpha-over-tau 25 > 0.5", property, StringComparison.Ordinal), "x.yaml", []);
        Assert.Empty(scenario.Errors);
        static StudyRow Row(string ratio, params (string, double)[] values) =>
            new(
                [ratio],
                System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(values.Select(v =>
                    KeyValuePair.Create(v.Item1, v.Item2))));
        var table = new StudyTable(
            StudyCatalogue.AxesOf(scenario.Equilibrium!.Study),
            [Row(
                "1", ("pearson", 0), ("steps", double.NaN)), Row("25", ("pearson", 0.9), ("pearson-low", 0.85),
                ("steps", 100))]);
        var verdict = Assert.Single(StudyVerdict.Judge(scenario.Equilibrium.Expect, table));
        Assert.Equal(expected, verdict.Outcome);
        Assert.Equal(expected, Outcomes.Overall([verdict.Outcome]));
    }
}
