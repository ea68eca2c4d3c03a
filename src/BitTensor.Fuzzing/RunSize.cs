using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>The work of a run as its scenario tells it, roughly.</summary>
/// <param name="Neurons">Neurons.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Queries">Iterations and queries, in all.</param>
/// <param name="Numbers">Numbers that models, data and recorded weights hold at a time.</param>
/// <param name="Operations">Multiplications of all models.</param>
public sealed record RunSize(double Neurons, double Blocks, double Queries, double Numbers, double Operations)
{
    /// <summary>True for a run of seconds.</summary>
    public bool IsSmall =>
        Neurons <= 200 && Blocks <= 200 && Queries <= 20_000 && Numbers <= 2e6 && Operations <= 3e9;

    /// <summary>True for a run that is in nothing larger than another.</summary>
    public bool IsWithin(RunSize other) =>
        Neurons <= other.Neurons && Blocks <= other.Blocks && Queries <= other.Queries && Numbers <= other.Numbers
            && Operations <= other.Operations;

    /// <summary>The size of a scenario's run.</summary>
    public static RunSize Of(Scenario scenario)
    {
        double neurons = scenario.Populations.Sum(p => p.Count);
        var degree = scenario.Topology.MeanPeers(neurons);
        var data = scenario.Data;
        double WeightsOf(PopulationSpec population) => ModelSize.ParametersOf(population, degree, data);
        var (queries, operations) = (0.0, 0.0);
        var numbers = neurons * (1 + degree) + (data?.Examples ?? 0) * ModelSize.FeaturesOf(data);
        foreach (var population in scenario.Populations)
        {
            var iterations = population.Count * Drift(scenario)
                * (SecondsOf(scenario) / population.Training.IterationInterval.TotalSeconds);
            var asked = iterations * (1 + degree * (1 + Flood(scenario, population)));
            var weights = WeightsOf(population);
            queries += asked;
            numbers += population.Count * (weights + ModelSize.BatchOf(population, degree, data));
            operations += asked * weights * population.Training.BatchSize;
            operations += iterations * Removals(population.Weights, degree) * weights * population.Training.BatchSize;
            operations += scenario.Audit.Solo ? iterations * weights * population.Training.BatchSize : 0;
        }
        var audits = scenario.Audit.EveryBlocks == 0 ? 0
            : Math.Max(1, scenario.Blocks / (double)scenario.Audit.EveryBlocks);
        var losses = neurons * (1 + scenario.Audit.Shapley * degree);
        operations += audits * neurons * losses * scenario.Audit.Examples
            * scenario.Populations.Max(WeightsOf);
        return new RunSize(neurons, scenario.Blocks, queries, numbers, operations);
    }

    /// <summary>
    /// Emulated seconds that a run takes, about: its length, and the time that its blocks wait for the ledger.
    /// </summary>
    public static double SecondsOf(Scenario scenario) =>
        scenario.BlockInterval.TotalSeconds * scenario.Blocks + scenario.Timeline.Sum(e => AwayOf(e, scenario));

    static double AwayOf(TimelineEntry entry, Scenario scenario)
    {
        var lasts = (entry.For ?? TimeSpan.Zero).TotalSeconds;
        var away = entry.When switch
        {
            WhenSpec.Between between => (between.Until - between.From).TotalSeconds,
            WhenSpec.Every every => lasts * (1 + (every.Until - every.From) / every.Interval),
            WhenSpec.Randomly random => lasts * (1 + random.PerSecond * (random.Until - random.From).TotalSeconds),
            _ => lasts,
        };
        return entry.Do switch
        {
            FaultSpec.LedgerOutage => away,
            FaultSpec.Disk { Fault: DiskFault.Slow } slow => away + slow.Latency.TotalSeconds * scenario.Blocks,
            FaultSpec.Disk => away,
            _ => 0,
        };
    }

    static double Drift(Scenario scenario) =>
        1 + scenario.Timeline.Select(e => e.Do).OfType<FaultSpec.Skew>().Sum(s => Math.Max(0, s.Drift));

    /// <summary>Queries beside those of the protocol, for each of these.</summary>
    static double Flood(Scenario scenario, PopulationSpec population) =>
        population.Conduct.Strategies
            .Concat(scenario.Coalition?.Tactics.SelectMany(t => t.Conduct?.Strategies ?? []) ?? [])
            .Sum(s => s.Find("queries") is long queries ? queries : 0.0);

    /// <summary>Losses that a neuron computes in an iteration, to choose its row by them.</summary>
    static double Removals(WeightPolicy weights, double degree) => weights switch
    {
        WeightPolicy.Ablation => 1 + degree,
        WeightPolicy.Synergy => 1 + degree + degree * (degree - 1) / 2,
        _ => 0,
    };
}
