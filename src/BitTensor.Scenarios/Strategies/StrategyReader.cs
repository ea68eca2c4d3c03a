using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Reads strategies and checks what only several of them, or their population, can tell.</summary>
sealed class StrategyReader(ErrorList errors)
{
    readonly List<(string Population, Place At)> _named = [];

    /// <summary>The strategies behind key <c>strategy</c> of a section.</summary>
    public ConductSpec Read(SectionReader section)
    {
        ImmutableArray<StrategySpec> read = [.. section.Variants("strategy").Select(v => ReadOne(v.Name, v.Reader))];
        CheckTogether(section.PlaceOf("strategy"), read);
        return read.IsEmpty ? ConductSpec.Honest : new ConductSpec(read);
    }

    /// <summary>Checks the strategies of a population against its model and stake.</summary>
    public void Check(Place at, PopulationSpec population)
    {
        if (population.Conduct.Find("sybil-dilute") is not null && population.Stake > 0)
        {
            errors.Add(at, ErrorCodes.Contradiction, "sybil-dilute is for identities without stake", "write stake: 0");
        }
        foreach (var strategy in population.Conduct.Strategies)
        {
            CheckModel(at, strategy, population.Model);
        }
    }

    /// <summary>Every population a strategy names must be one of these.</summary>
    public void CheckNames(IReadOnlyCollection<string> names)
    {
        foreach (var (name, place) in _named.Where(n => !names.Contains(n.Population)))
        {
            errors.Add(place, ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(name)}'", Shorten.DidYouMean(name, [.. names]));
        }
    }

    /// <summary>What a quadratic neuron exchanges is one number without data behind it.</summary>
    public void CheckModel(Place at, StrategySpec strategy, ModelSpec model)
    {
        if (model is not ModelSpec.Quadratic)
        {
            return;
        }
        if (strategy.Name == "poison-data")
        {
            errors.Add(at, ErrorCodes.Contradiction, "poison-data needs data, and a quadratic neuron has none", "write model: {kind: mlp}");
        }
        if (strategy.Name == "poison-backward")
        {
            errors.Add(at, ErrorCodes.Contradiction, "poison-backward needs peers that learn from gradients, and a quadratic neuron learns from none", "write model: {kind: mlp}");
        }
        if (strategy.Name == "poison-forward" && strategy.Word("kind") == "shift")
        {
            errors.Add(
                at, ErrorCodes.Contradiction, $"{strategy.Name} kind: shift moves within the spread of a batch, and a quadratic neuron exchanges one number",
                "write model: {kind: mlp}, or another kind");
        }
    }

    StrategySpec ReadOne(string name, SectionReader s)
    {
        foreach (var key in StrategyFormat.PopulationKeys.Where(s.Has))
        {
            _named.AddRange(s.Many<string>(key).Select(population => (population, s.PlaceOf(key))));
        }
        return new StrategySpec(name, [.. s.Fields.Select(f => KeyValuePair.Create(f.Key, s.Value(f)!)).Where(v => v.Value is not null)]);
    }

    void CheckTogether(Place at, ImmutableArray<StrategySpec> strategies)
    {
        var taken = Decides.Nothing;
        foreach (var strategy in strategies)
        {
            var decides = StrategyFormat.Find(strategy.Name).Decides;
            var both = taken & decides;
            if (both != 0)
            {
                var other = strategies.First(s => (StrategyFormat.Find(s.Name).Decides & both) != 0).Name;
                errors.Add(at, ErrorCodes.Contradiction, $"{other} and {strategy.Name} both decide the {both.ToString().ToLowerInvariant().Replace(",", " and the", StringComparison.Ordinal)}", "keep one of them");
            }
            taken |= decides;
        }
        if (strategies.Length > 1 && strategies.Contains(StrategySpec.Honest))
        {
            errors.Add(at, ErrorCodes.Contradiction, "honest beside another strategy", "keep one of them");
        }
    }
}
