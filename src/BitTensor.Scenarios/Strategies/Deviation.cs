namespace BitTensor.Scenarios;

/// <summary>A strategy that one neuron of a network could follow in place of its own.</summary>
/// <param name="Name">Name, with its kind where it has several.</param>
/// <param name="Strategy">As a scenario writes it.</param>
public sealed record Deviation(string Name, string Strategy)
{
    /// <summary>The population of one that deviates.</summary>
    public const string Population = "deviator";

    const int Identities = 4;

    /// <summary>
    /// Every strategy the format knows, of every kind, each with its defaults: what must be named is everybody else, a
    /// block is the middle of the run, and identities are four. The first one is to be honest.
    /// </summary>
    /// <param name="others">The population that whatever needs one is about.</param>
    /// <param name="blocks">Blocks of the run.</param>
    public static IReadOnlyList<Deviation> All(string others, int blocks) =>
        [.. StrategyFormat.Entries.SelectMany(e => Of(e.Section, others, blocks))];

    static IEnumerable<Deviation> Of(Section section, string others, int blocks)
    {
        var required = section.Fields.Where(f => f.Required);
        string[] needed = [.. required.Select(f => $"{f.Key}: {ValueOf(f, others, blocks)}")];
        var kinds = section.Fields.FirstOrDefault(f => f.Key == "kind")?.Type as ChoiceType<string>;
        return kinds is null
            ? [new Deviation(section.Name, Text(section.Name, needed))]
            : kinds.Words.Select(kind =>
                new Deviation($"{section.Name} {kind}", Text(section.Name, [$"kind: {kind}", .. needed])));
    }

    static string Text(string name, string[] keys) =>
        keys.Length == 0 ? name : YamlText.Flow(keys.Prepend($"name: {name}"));

    static string ValueOf(Field field, string others, int blocks) => field.Type switch
    {
        BlocksType<long> => $"{Math.Max(1, blocks / 2)} blocks",
        IntegerType<long> => $"{Identities}",
        _ => others,
    };

    /// <summary>
    /// The network with one neuron in a population of its own, and the population that everybody else of its kind is
    /// left in. Ids stay as they are, so that every draw of a seed stays too.
    /// </summary>
    /// <param name="scenario">The network.</param>
    /// <param name="neuron">Id: the first or the last of its population, which has others.</param>
    /// <returns>Null when it is neither.</returns>
    public static (Scenario Scenario, string Others)? Split(Scenario scenario, int neuron)
    {
        var first = 0;
        foreach (var (k, population) in scenario.Populations.Index())
        {
            var (at, last) = (neuron - first, first + population.Count - 1);
            if (neuron <= last && population.Count > 1 && (at == 0 || neuron == last))
            {
                var one = population with { Name = Population, Count = 1 };
                var rest = population with { Count = population.Count - 1 };
                PopulationSpec[] both = at == 0 ? [one, rest] : [rest, one];
                var split = scenario.Populations.RemoveAt(k).InsertRange(k, both);
                return (scenario with { Populations = split, Expect = [], Sweep = null }, population.Name);
            }
            first += population.Count;
        }
        return null;
    }
}
