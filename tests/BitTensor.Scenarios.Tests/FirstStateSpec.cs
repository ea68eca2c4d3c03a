using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>
/// The market a run begins with: read from lists, distributions and tables, or refused with the place.
/// </summary>
public sealed class FirstStateSpec : IDisposable
{
    const string Base =
        """
        version: 1
        name: s
        seed: 1
        duration: 10 blocks
        populations:
          - { name: a, count: 2, model: { kind: quadratic } }
          - { name: b, count: 1, model: { kind: quadratic } }

        """;

    const string Stake = "neuron,stake\n2,0.5\n0,7\n1,0\n";

    const string Weights = "from,to,weight\n0,1,0.25\n0,2,0.75\n2,2,0.9999999\n";

    const string State = "state: { stake: { file: stake.csv }, weights: { file: weights.csv } }\n";

    readonly string _folder = Directory.CreateTempSubdirectory("state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    ScenarioResult Load(string text, string stake = Stake, string weights = Weights)
    {
        File.WriteAllText(Path.Combine(_folder, "x.yaml"), text);
        File.WriteAllText(Path.Combine(_folder, "stake.csv"), stake);
        File.WriteAllText(Path.Combine(_folder, "weights.csv"), weights);
        return ScenarioFile.Load(Path.Combine(_folder, "x.yaml"), []);
    }

    static double[] StakeOf(ScenarioResult read)
    {
        Assert.True(read.Errors.IsEmpty, string.Join('\n', read.Errors));
        var scenario = read.Value!;
        return FirstStake.Draw(scenario.Populations, scenario.State, scenario.Seed);
    }

    static string Population(string stake) => Base.Replace(
        "name: a, count: 2,", $"name: a, count: 2, stake: {stake},", StringComparison.Ordinal);

    [Fact]
    public void A_table_of_stake_gives_every_neuron_its_own() =>
        Assert.Equal([7, 0, 0.5], StakeOf(Load(Base + State)));

    [Fact]
    public void A_market_from_tables_is_written_out_with_its_tables_and_read_back()
    {
        var scenario = Load(Base + State).Value!;
        ScenarioWriter.Save(Path.Combine(_folder, "again.yaml"), scenario, mostInText: 2);
        Assert.Contains("sha256", File.ReadAllText(Path.Combine(_folder, "again.yaml")), StringComparison.Ordinal);
        var again = ScenarioFile.Load(Path.Combine(_folder, "again.yaml"), []);
        Assert.Equal(StakeOf(Load(Base + State)), StakeOf(again));
        Assert.Equal(scenario.State!.Weights.AsEnumerable(), again.Value!.State!.Weights.AsEnumerable());
        Assert.Equal(ScenarioWriter.Write(scenario), ScenarioWriter.Write(again.Value!));
    }

    [Fact]
    public void A_list_gives_each_owner_its_stake_and_identities_share_it()
    {
        Assert.Equal([3, 0.5, 1], StakeOf(Load(Population("[3, 0.5]"))));
        File.WriteAllText(Path.Combine(_folder, "own.csv"), "stake\n3\n0.5\n");
        Assert.Equal([3, 0.5, 1], StakeOf(Load(Population("{ file: own.csv }"))));
        const string split = "[3, 0.5], strategy: { name: sybil-split, identities: 2 }";
        Assert.Equal([1.5, 1.5, 0.25, 0.25, 1], StakeOf(Load(Population(split))));
    }

    /// <summary>Means and medians of 4,000 draws; the bounds are four standard errors and more.</summary>
    [Theory]
    [InlineData("uniform, low: 2, high: 4", 3, 0.05, 2, 4)]
    [InlineData("normal, mean: 5, deviation: 1", 5, 0.1, 0, 10)]
    [InlineData("normal, mean: 0, deviation: 1", 0, 0.1, 0, 10)]
    [InlineData("lognormal, median: 10, sigma: 2", 10, 2, 0, 1e15)]
    [InlineData("pareto, least: 1, shape: 2", 1.414, 0.05, 1, 1e15)]
    public void Stake_is_drawn_from_a_distribution(
        string distribution, double median, double off, double low, double high)
    {
        var text = Population($"{{ distribution: {distribution} }}")
            .Replace("name: a, count: 2", "name: a, count: 4000", StringComparison.Ordinal);
        var drawn = StakeOf(Load(text))[..4000];
        Assert.All(drawn, s => Assert.InRange(s, low, high));
        Assert.InRange(drawn.Order().ElementAt(2000), median - off, median + off);
        Assert.Equal(drawn, StakeOf(Load(text))[..4000]);
        Assert.NotEqual(drawn, StakeOf(Load(text.Replace("seed: 1", "seed: 2", StringComparison.Ordinal)))[..4000]);
    }

    public static TheoryData<string, string, string, string> Faults => new()
    {
        { "neuron,stake\n0,1\n1,1\n", Weights, "x.yaml:8:17:BTA012", "neuron 2 has no stake" },
        { "neuron,stake\n0,1\n1,1\n3,1\n", Weights, "stake.csv:4:1:BTA016", "no neuron 3" },
        { "neuron,stake\n0,1\n1,1\n1,1\n", Weights, "stake.csv:4:1:BTA020", "neuron 1" },
        { "neuron,stake\n0,1\n1,1\n2,-1\n", Weights, "stake.csv:4:3:BTA016", "-1" },
        { "neuron,stake\n0,0\n1,0\n2,0\n", Weights, "x.yaml:6:3:BTA021", "nobody holds stake" },
        { Stake, "from,to,weight\n0,1,0.25\n0,2,0.7\n", "weights.csv:2:5:BTA043", "neuron 0 sum to 0.95" },
        { Stake, "from,to,weight\n0,1,0.5\n0,1,0.5\n", "weights.csv:3:3:BTA020", "neuron 0" },
        { Stake, "from,to,weight\n0,9,1\n", "weights.csv:2:3:BTA016", "no neuron 9" },
        { Stake, "from,to,weight\n0,1,2\n", "weights.csv:2:5:BTA016", "2 is out of range" },
        { Stake, "from,to,weight\n0,1,nan\n", "weights.csv:2:5:BTA018", "nan" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_no_market_is_refused_with_its_place(string stake, string weights, string place, string part)
    {
        var error = Assert.Single(Load(Base + State, stake, weights).Errors);
        Assert.Equal(place, $"{Path.GetFileName(error.File)}:{error.Line}:{error.Column}:{error.Code}");
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData("stake: 1")]
    [InlineData("initial-weights: self")]
    public void What_the_state_says_no_population_says_too(string key)
    {
        var text = Base.Replace("name: b, count: 1,", $"name: b, count: 1, {key},", StringComparison.Ordinal) + State;
        var error = Assert.Single(Load(text).Errors);
        Assert.Equal((ErrorCodes.Contradiction, 7), (error.Code, error.Line));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("[1, 2, 3]")]
    public void A_list_has_a_stake_per_owner(string stake) =>
        Assert.Equal(ErrorCodes.Contradiction, Assert.Single(Load(Population(stake)).Errors).Code);
}
