using System.Collections.Immutable;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.TestKit;

/// <summary>Something became of a message.</summary>
/// <param name="At">Emulated time.</param>
/// <param name="From">Sender; -1 is the ledger.</param>
/// <param name="To">Receiver; -1 is the ledger.</param>
/// <param name="Kind">Kind of message.</param>
/// <param name="Outcome">
/// <c>sent</c>, <c>sent/...</c> for a copy a link makes, <c>arrived</c>, and how it ended as the journal names it:
/// <c>delivered/...</c>, <c>dropped/RULE</c>, <c>dead/...</c>.
/// </param>
public readonly record struct MessageSeen(TimeSpan At, int From, int To, ParcelKind Kind, string Outcome);

/// <summary>A population as it stands. Every metric of docs/SCENARIOS.md can be asked for by its name.</summary>
public sealed class PopulationView
{
    readonly MetricTable _table;

    internal PopulationView(string name, MetricTable table)
    {
        (Name, _table) = (name, table);
        Neurons = [.. Enumerable.Range(0, table.PopulationOf.Length).Where(i => table.PopulationOf[i] == name)];
    }

    /// <summary>Name in the scenario.</summary>
    public string Name { get; }

    /// <summary>Ids, ascending.</summary>
    public ImmutableArray<int> Neurons { get; }

    /// <summary>Share of all stake held by the population together, in [0, 1].</summary>
    public double StakeShare => Sum("stake-share") ?? 0;

    /// <summary>Share of all rank held by the population together, in [0, 1].</summary>
    public double RankShare => Sum("rank-share") ?? 0;

    /// <summary>
    /// Mean training loss in the last block in which all its neurons finished an iteration; null before.
    /// </summary>
    public double? MeanLoss => Mean("loss");

    /// <summary>Mean training accuracy, likewise; null for models without classes.</summary>
    public double? MeanAccuracy => Mean("accuracy");

    /// <summary>
    /// Mean of a metric of neurons at the last block in which all of them have it; null when there is none.
    /// </summary>
    public double? Mean(string metric) => Last(metric, Aggregate.Mean);

    /// <summary>Smallest value, likewise.</summary>
    public double? Min(string metric) => Last(metric, Aggregate.Min);

    /// <summary>Largest value, likewise.</summary>
    public double? Max(string metric) => Last(metric, Aggregate.Max);

    /// <summary>Sum, likewise.</summary>
    public double? Sum(string metric) => Last(metric, Aggregate.Sum);

    double? Last(string metric, Aggregate aggregate) =>
        _table.Last(new Operand.Metric(Metrics.Known(metric, ofNeurons: true), aggregate, Name));
}

/// <summary>A neuron as it stands.</summary>
public sealed class NeuronView
{
    readonly MetricTable _table;

    internal NeuronView(int id, MetricTable table, Market market) =>
        (Id, _table, Stake, Row) = (id, table, market.Stake[id], market.Row(id));

    /// <summary>Id.</summary>
    public int Id { get; }

    /// <summary>Name of its population.</summary>
    public string Population => _table.PopulationOf[Id];

    /// <summary>s_i.</summary>
    public double Stake { get; }

    /// <summary>Row i of W.</summary>
    public WeightRow Row { get; }

    /// <summary>A metric of neurons at the last block in which it has one; null when there is none.</summary>
    public double? Value(string metric) =>
        _table.Blocks(Metrics.Known(metric, ofNeurons: true)).Reverse().Select(b => _table.Neuron(metric, b, Id))
            .FirstOrDefault(v => v is not null);
}

/// <summary>The ledger as it stands.</summary>
/// <param name="Height">The block that was closed last; -1 before the genesis block.</param>
/// <param name="Hash">Its hash; empty before.</param>
/// <param name="Stake">S after it, shape n.</param>
/// <param name="Rank">R of it, shape n.</param>
/// <param name="Weights">W after it, by row.</param>
public sealed record LedgerState(
    long Height, string Hash, ImmutableArray<double> Stake, ImmutableArray<double> Rank,
    ImmutableArray<WeightRow> Weights);

static class Metrics
{
    /// <summary>The name of a metric that there is.</summary>
    /// <exception cref="ArgumentException">
    /// There is none of this name, or it is of the network where one of neurons is asked for, or the other way round.
    /// </exception>
    public static string Known(string name, bool ofNeurons) =>
        MetricCatalogue.Find(name) is { } metric && metric.OfNeurons == ofNeurons
            ? name
            : throw new ArgumentException(
                $"'{name}' is no metric of {(ofNeurons ? "neurons" : "the network")}: docs/SCENARIOS.md lists them.");
}
