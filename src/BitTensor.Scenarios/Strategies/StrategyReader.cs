using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Checks strategies against each other, and against the model and stake of their population.</summary>
sealed class StrategyReader(ErrorList errors)
{
    const string WriteMlp = "write model: {kind: mlp}";

    readonly List<(string Population, Place At)> _named = [];

    /// <summary>
    /// Checks the strategies behind key <c>strategy</c> of a section, and notes the populations they name.
    /// </summary>
    public void Check(SectionReader section, ImmutableArray<StrategySpec> strategies)
    {
        foreach (var s in section.Children("strategy"))
        {
            foreach (var key in StrategyFormat.Find(s.Section.Name).PopulationKeys.Where(s.Has))
            {
                _named.AddRange(s.Get<ImmutableArray<string>>(key).Select(population => (population, s.PlaceOf(key))));
            }
        }
        CheckTogether(section.PlaceOf("strategy"), strategies);
    }

    /// <summary>Checks the strategies of a population against its model and stake.</summary>
    public void CheckPopulation(Place at, PopulationSpec population)
    {
        if (population.Conduct.Has("sybil-dilute") && population.Stake is not StakeSpec.OfState and { IsZero: false })
        {
            Contradiction(at, "sybil-dilute is for identities without stake", "write stake: 0");
        }
        foreach (var strategy in population.Conduct.Strategies)
        {
            CheckModel(at, strategy, population.Model);
        }
    }

    /// <summary>Checks that every population a strategy names is one of these.</summary>
    public void CheckNames(IReadOnlyCollection<string> names)
    {
        foreach (var (name, place) in _named.Where(n => !names.Contains(n.Population)))
        {
            var remedy = Shorten.DidYouMean(name, names);
            errors.Add(place, ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(name)}'", remedy);
        }
    }

    /// <summary>Checks that a strategy does not want data or gradients of a quadratic model.</summary>
    public void CheckModel(Place at, StrategySpec strategy, ModelSpec model)
    {
        if (model is not ModelSpec.Quadratic)
        {
            return;
        }
        if (strategy.Name == "poison-data")
        {
            Contradiction(at, "poison-data needs data, and a quadratic neuron has none", WriteMlp);
        }
        if (strategy.Name == "poison-backward")
        {
            const string learns = "poison-backward needs peers that learn from gradients, and a quadratic neuron "
                + "learns from none";
            Contradiction(at, learns, WriteMlp);
        }
        if (strategy.Name == "poison-forward" && strategy.Word("kind") == "shift")
        {
            const string moves = "poison-forward kind: shift moves within the spread of a batch, and a quadratic "
                + "neuron exchanges one number";
            Contradiction(at, moves, $"{WriteMlp}, or another kind");
        }
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
                var what = $"{both}".ToLowerInvariant().Replace(",", " and the", StringComparison.Ordinal);
                Contradiction(at, $"{other} and {strategy.Name} both decide the {what}", "keep one of them");
            }
            taken |= decides;
        }
        if (strategies.Length > 1 && strategies.Contains(StrategySpec.Honest))
        {
            Contradiction(at, "honest beside another strategy", "keep one of them");
        }
    }

    void Contradiction(Place at, string message, string remedy) =>
        errors.Add(at, ErrorCodes.Contradiction, message, remedy);
}
