namespace BitTensor.Scenarios;

/// <summary>
/// Checks what no machine bears: sizes of a run that are products of keys, each of which is within its range.
/// </summary>
/// <param name="errors">Destination of errors.</param>
sealed class SizeReader(ErrorList errors)
{
    /// <summary>Most neurons of a run.</summary>
    public const long MostNeurons = 1_000_000;

    // A run holds some 700 bytes for an entry of W: more than this few machines have.
    const double MostWeights = 100_000_000;

    // Four bytes each, and as many for the gradient and for two moments: 64 GB.
    const double MostParameters = 4e9;

    // What an array and a tensor's index can hold.
    const double MostNumbers = 2e9;

    // Some 500 bytes each in journal and tables.
    const double MostRecords = 1e9;

    /// <summary>Adds an error for each size that is too large.</summary>
    /// <param name="root">The whole file.</param>
    /// <param name="places">Where the populations stand in it.</param>
    /// <param name="scenario">The scenario.</param>
    public void Check(SectionReader root, IReadOnlyList<SectionReader> places, Scenario scenario)
    {
        double neurons = scenario.Populations.Sum(p => (long)p.Count);
        if (neurons > MostNeurons)
        {
            errors.Add(root.PlaceOf("populations"), ErrorCodes.Range, "more than a million neurons", "use fewer");
            return;
        }
        var peers = Math.Max(0, scenario.Topology.MeanPeers(neurons));
        if (neurons * (1 + peers) <= MostWeights)
        {
            CheckModels(root, places, scenario, peers);
        }
        else
        {
            Refuse(
                root, "populations", $"{neurons:0} neurons with this topology have", neurons * (1 + peers), "weights",
                MostWeights, "write topology: { kind: random, degree: 32 }, or fewer neurons");
        }
        CheckData(root, scenario.Data, neurons);
        if (neurons * scenario.Blocks > MostRecords)
        {
            Refuse(
                root, "duration", $"{neurons:0} neurons over {scenario.Blocks} blocks leave", neurons * scenario.Blocks,
                "records", MostRecords, "write fewer blocks, or fewer neurons");
        }
    }

    void CheckModels(
        SectionReader root, IReadOnlyList<SectionReader> places, Scenario scenario, double peers)
    {
        var all = 0.0;
        foreach (var (place, population) in places.Zip(scenario.Populations))
        {
            var parameters = population.Count * ModelSize.ParametersOf(population, peers, scenario.Data);
            var batch = ModelSize.BatchOf(population, peers, scenario.Data);
            all += parameters;
            if (parameters > MostParameters)
            {
                Refuse(
                    place, "model", $"the models of '{population.Name}' have", parameters, "parameters", MostParameters,
                    "write a smaller hidden or representation, a topology of fewer peers, or fewer neurons");
            }
            else if (batch > MostNumbers)
            {
                Refuse(
                    place.Child("training"), "batch-size", $"a batch of '{population.Name}' has", batch, "numbers",
                    MostNumbers, "write a smaller batch-size, or a smaller model");
            }
        }
        if (all > MostParameters && !errors.Any)
        {
            Refuse(
                root, "populations", "the models of all populations have", all, "parameters", MostParameters,
                "write smaller models, or fewer neurons");
        }
    }

    void CheckData(SectionReader root, DataSpec? data, double neurons)
    {
        var numbers = data is null ? 0 : data.Set switch
        {
            DataSet.Synthetic => (data.Examples ?? DataSpec.SyntheticExamples * neurons) * data.Features,
            DataSet.Digits or DataSet.FashionMnist => 0,
            _ => (data.Examples ?? 0) * ModelSize.FeaturesOf(data),
        };
        if (numbers > MostNumbers)
        {
            Refuse(
                root.Child("data"), data!.Examples is null ? "features" : "examples", "the data have", numbers,
                "numbers", MostNumbers, "write fewer examples, or examples of fewer numbers");
        }
    }

    void Refuse(
        SectionReader s, string key, string what, double size, string unit, double most, string remedy) =>
        errors.Add(
            s.PlaceOf(key), ErrorCodes.Contradiction,
            FormattableString.Invariant($"{what} {size:G4} {unit}, and a run at most {most:G4}"), remedy);
}
