using System.Globalization;
using BitTensor.Mechanism.Equilibrium;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>A game of the user's own: read exactly, or refused with the line, the index and what to do.</summary>
public sealed class ThetaFileSpec : IDisposable
{
    const string Scenario = "version: 1\nkind: equilibrium\nname: own\nseed: 1\ntheta: theta.json\n";

    const string Good =
        """
        {
          "alpha": 10, "tau": 0.5, "lambda": 5e-3, "temperature": 1,
          "reference": "initial",
          "maxSteps": 2000, "tolerance": 1e-6,
          "stake": [1, 2],
          "weights": [[0.25, 0.75],
                      [1, 0]],
          "hessians": [
            [[2, 1],
             [1, 3]],
            [[1, -1],
             [-1, 1]]
          ]
        }
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("theta-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    ScenarioResult Load(string theta)
    {
        File.WriteAllText(Path.Combine(_folder, "own.yaml"), Scenario);
        File.WriteAllText(Path.Combine(_folder, "theta.json"), theta);
        return ScenarioFile.Load(Path.Combine(_folder, "own.yaml"), []);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_good_file_is_the_game_it_says(string lineEnd)
    {
        var result = Load("\uFEFF" + Good.ReplaceLineEndings(lineEnd));
        Assert.Empty(result.Errors);
        Assert.Equal(SolverKind.Descent, result.Equilibrium!.Solver);
        var theta = Assert.IsType<StudySpec.Own>(result.Equilibrium.Study).Theta;
        Assert.Equal(
            (2, 10, 0.5, 0.005, 1, 1e-6),
            (theta.Count, theta.Alpha, theta.Tau, theta.Lambda, theta.Temperature, theta.Tolerance));
        Assert.Equal((LossReference.Initial, 2000), (theta.Reference, theta.StepLimit));
        Assert.Equal([1, 2], theta.Stake);
        Assert.Equal([0.25, 0.75, 1, 0], theta.Weights);
        int[] both = [0, 1];
        Assert.Equal(
            [2, 1, 1, 3, 1, -1, -1, 1],
            both.SelectMany(i => both.SelectMany(j => both.Select(k => theta.Hessians[i, j, k]))));
    }

    public static TheoryData<string, string, string, string, string> Cases => new()
    {
        { "unknown key", "\"tau\"", "\"taux\"", "2:16:BTA010", "taux" },
        { "missing key", "\"alpha\": 10, ", "", "1:1:BTA012", "alpha" },
        { "key twice", "\"alpha\": 10, ", "\"alpha\": 10, \"alpha\": 10, ", "2:16:BTA011", "alpha" },
        { "a number in quotes", "\"tau\": 0.5", "\"tau\": \"0.5\"", "2:23:BTA013", "tau" },
        { "a number that is null", "\"tau\": 0.5", "\"tau\": null", "2:23:BTA013", "tau" },
        { "tau of zero", "\"tau\": 0.5", "\"tau\": 0", "2:23:BTA016", "tau" },
        { "alpha below zero", "\"alpha\": 10", "\"alpha\": -1", "2:12:BTA016", "alpha" },
        { "temperature of zero", "\"temperature\": 1", "\"temperature\": 0", "2:59:BTA016", "temperature" },
        { "NaN", "\"alpha\": 10", "\"alpha\": NaN", "2:12:BTA041", "'N'" },
        { "infinity", "\"alpha\": 10", "\"alpha\": Infinity", "2:12:BTA041", "'I'" },
        { "a number beyond float64", "\"alpha\": 10", "\"alpha\": 1e999", "2:12:BTA018", "alpha" },
        { "unknown reference", "\"initial\"", "\"Initial\"", "3:16:BTA017", "Initial" },
        { "reference that is a number", "\"initial\"", "1", "3:16:BTA017", "reference" },
        { "no steps", "2000", "0", "4:15:BTA016", "maxSteps" },
        { "half a step", "2000", "2.5", "4:15:BTA014", "maxSteps" },
        { "too many steps", "2000", "3e9", "4:15:BTA016", "maxSteps" },
        { "tolerance below zero", "1e-6", "-1e-6", "4:34:BTA016", "tolerance" },
        { "stake that is a number", "[1, 2]", "1", "5:12:BTA013", "stake" },
        { "stake below zero", "[1, 2]", "[1, -2]", "5:12:BTA016", "stake[1]" },
        { "stake too long", "[1, 2]", "[1, 2, 3]", "6:14:BTA042", "weights" },
        { "one neuron", "[1, 2]", "[1]", "6:14:BTA042", "weights" },
        { "nobody", "[1, 2]", "[]", "6:14:BTA042", "weights" },
        {
            "weights that are flat", "[[0.25, 0.75],\n              [1, 0]]", "[0.25, 0.75]", "6:15:BTA013",
            "weights[0]"},
        { "a row too short", "[1, 0]", "[1]", "7:15:BTA042", "weights[1]" },
        { "a row below zero", "[0.25, 0.75]", "[-0.25, 1.25]", "6:15:BTA043", "weights[0][0]" },
        { "a row below zero that sums to 0", "[1, 0]", "[1, -1]", "7:15:BTA043", "weights[1][1]" },
        { "a row of another sum", "[1, 0]", "[1, 0.1]", "7:15:BTA043", "weights[1]" },
        { "a weight that is text", "[1, 0]", "[1, \"0\"]", "7:19:BTA013", "weights[1][1]" },
        { "a Hessian missing", "[[1, -1],\n     [-1, 1]]", "", "12:3:BTA041", "" },
        { "a Hessian less", ",\n    [[1, -1],\n     [-1, 1]]", "", "8:15:BTA042", "hessians" },
        { "a Hessian's row too long", "[1, 3]", "[1, 3, 0]", "10:6:BTA042", "hessians[0][1]" },
        { "a Hessian that is flat", "[[2, 1],\n     [1, 3]]", "[2, 1]", "9:6:BTA013", "hessians[0][0]" },
        { "not symmetric", "[[2, 1]", "[[2, 1.001]", "10:6:BTA044", "hessians[0][1][0]" },
        { "not positive", "[-1, 1]", "[-1, 0.5]", "11:5:BTA045", "hessians[1]" },
        { "a level too many", "[[2, 1]", "[[[2, 1]]", "9:7:BTA013", "hessians[0][0][0]" },
        { "a list", Good, "[1]", "1:1:BTA013", "object" },
        { "nothing", Good, "", "1:1:BTA041", "" },
        { "something after", "  ]\n}", "  ]\n}\n{}", "15:1:BTA041", "" },
        { "a comment", "\"alpha\": 10", "/* */ \"alpha\": 10", "2:3:BTA041", "" },
        { "a trailing comma", "[1, 2]", "[1, 2,]", "5:18:BTA041", "" },
        { "cut off", "  ]\n}", "", "13:1:BTA041", "" },
        { "YAML", Good, "alpha: 10\n", "1:1:BTA041", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fault_is_named_with_its_place_and_index(
        string what, string part, string by, string expected, string named)
    {
        Assert.True(Good.Contains(part, StringComparison.Ordinal), $"{what}: the good file lacks the part");
        var result = Load(Good.Replace(part, by, StringComparison.Ordinal));
        Assert.Null(result.Equilibrium);
        var error = result.Errors[0];
        Assert.Equal(
            expected, string.Create(CultureInfo.InvariantCulture, $"{error.Line}:{error.Column}:{error.Code}"));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder, "theta.json"), error.File);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void A_missing_file_is_an_error_of_the_scenario()
    {
        File.WriteAllText(Path.Combine(_folder, "own.yaml"), Scenario);
        var error = Assert.Single(ScenarioFile.Load(Path.Combine(_folder, "own.yaml"), []).Errors);
        Assert.Equal(
            (Path.Combine(_folder, "own.yaml"), 5, 8, ErrorCodes.Unreadable),
            (error.File, error.Line, error.Column, error.Code));
    }

    [Fact]
    public void Huge_and_deep_files_are_refused_before_they_cost_anything()
    {
        foreach (var key in new[] { "stake", "hessians", "unknown" })
        {
            Assert.Single(Load($"{{\"{key}\": {new string('[', 1_000_000)}").Errors);
        }
        using (var stream = File.Create(Path.Combine(_folder, "theta.json")))
        {
            // Sparse: no such file is ever read.
            stream.SetLength(1L << 40);
        }
        Assert.Equal(
            ErrorCodes.TooLarge, Assert.Single(ScenarioFile.Load(Path.Combine(_folder, "own.yaml"), []).Errors).Code);
    }

    [Fact]
    public void Arbitrary_damage_is_an_error_or_a_game_but_never_an_exception()
    {
        var junk = new[] {
            "[", "]", "{", "}", "\"", ",", ":", "-", "1e9", "null", "\0", "\u2028", "\\u0000", "", "[[[[[["};
        File.WriteAllText(Path.Combine(_folder, "own.yaml"), Scenario);
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(
                CsCheck.Gen.Int[0, Good.Length - 1], CsCheck.Gen.Int[0, 12], CsCheck.Gen.Int[0, junk.Length - 1]),
            damage =>
            {
                var (at, cut, with) = damage;
                var result = Load(Good[..at] + junk[with] + Good[Math.Min(Good.Length, at + cut)..]);
                Assert.NotEqual(result.Equilibrium is null, result.Errors.IsEmpty);
            },
            iter: 300,
            threads: 1);
    }
}
