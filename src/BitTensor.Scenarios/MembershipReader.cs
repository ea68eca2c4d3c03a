namespace BitTensor.Scenarios;

/// <summary>Checks what an open network needs of its populations.</summary>
/// <param name="errors">Destination of errors.</param>
sealed class MembershipReader(ErrorList errors)
{
    /// <summary>Adds an error for populations that the network cannot hold as the scenario says.</summary>
    /// <param name="root">The whole file.</param>
    /// <param name="places">Where the populations stand in it.</param>
    /// <param name="scenario">The scenario.</param>
    public void Check(SectionReader root, IReadOnlyList<SectionReader> places, Scenario scenario)
    {
        foreach (var (place, population) in places.Zip(scenario.Populations).Where(p => p.Second.Joins is not null))
        {
            CheckJoins(place, scenario);
        }
        foreach (var (place, population) in places.Zip(scenario.Populations).Where(p => p.Second.Leaves is not null))
        {
            CheckLeaves(place, scenario, population);
        }
        if (scenario.Mechanism.Membership is { } rules && !errors.Any)
        {
            CheckCapacity(root, scenario, rules.Capacity);
            if (rules.TargetRate is not null && scenario.Mechanism.RegistrationCost == 0)
            {
                Contradiction(
                    root.Child("mechanism"), "target-rate", "a registration cost of 0 stays 0 when it is doubled",
                    "write registration-cost, the least that a registration costs");
            }
            if (scenario.State is { } state)
            {
                CheckState(root.Child("state"), scenario, state);
            }
        }
    }

    void CheckJoins(SectionReader place, Scenario scenario)
    {
        if (scenario.Mechanism.Membership is null)
        {
            Contradiction(
                place, "joins", "the network is closed: everybody is registered from the start",
                "write mechanism: { capacity: ... }, the most neurons that are registered at a time");
        }
        if (place.Has("initial-weights"))
        {
            Contradiction(
                place, "initial-weights", "the row of a neuron that joins begins on itself", "leave it out");
        }
    }

    void CheckLeaves(SectionReader place, Scenario scenario, PopulationSpec population)
    {
        if (scenario.Mechanism.Membership is null)
        {
            Contradiction(
                place, "leaves", "the network is closed: everybody is registered to the end",
                "write mechanism: { capacity: ... }, the most neurons that are registered at a time");
        }
        var last = population.Count - 1;
        foreach (var k in new[] { 0, last })
        {
            if (population.Joins?.Block(k) >= population.Leaves!.Block(k))
            {
                Contradiction(
                    place, "leaves", $"neuron {k + 1} of {population.Name} leaves before it joins",
                    "write a later from, or an every that is not shorter than that of joins");
                return;
            }
        }
    }

    void CheckCapacity(SectionReader root, Scenario scenario, int capacity)
    {
        var founders = scenario.Populations.Where(p => !scenario.StartsOutside(p)).ToArray();
        var count = founders.Sum(p => (long)p.Count);
        if (count == 0)
        {
            Contradiction(
                root, "populations", "nobody is there at the start", "leave joins out of one of the populations");
        }
        else if (count > capacity)
        {
            Contradiction(
                root.Child("mechanism"), "capacity",
                $"{count} neurons are registered at the start, but the capacity is {capacity}",
                $"write capacity: {count} or more");
        }
        else if (founders.All(p => p.Stake.IsZero))
        {
            Contradiction(
                root, "populations", "nobody who is there at the start holds stake",
                "give a population without joins stake: without any there is no rank");
        }
    }

    /// <summary>Rows of a state name neurons that are there at the start.</summary>
    void CheckState(SectionReader s, Scenario scenario, StateSpec state)
    {
        bool[] outside =
            [.. scenario.Populations.SelectMany(p => Enumerable.Repeat(scenario.StartsOutside(p), p.Count))];
        foreach (var (row, entry) in s.Children("weights").Zip(state.Weights))
        {
            if (outside[entry.From] || outside[entry.To])
            {
                Contradiction(
                    row, outside[entry.From] ? "from" : "to",
                    $"neuron {(outside[entry.From] ? entry.From : entry.To)} is not registered at the start",
                    "leave the row out: it begins on itself, and others may vote for it once it has registered");
                return;
            }
        }
    }

    void Contradiction(SectionReader s, string key, string message, string remedy) =>
        errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, message, remedy);
}
