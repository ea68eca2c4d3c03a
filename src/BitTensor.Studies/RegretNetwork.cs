using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Mechanism;

namespace BitTensor.Studies;

/// <summary>One run of the regret study on a network: results of the deviating neuron and of the others.</summary>
/// <param name="Item">Number of the run: seeds of one deviation follow each other.</param>
/// <param name="Seed">Seed.</param>
/// <param name="JournalHash">Hash of its journal, hex.</param>
/// <param name="Loss">L_i, mean over the blocks in which it trained; null when it never did.</param>
/// <param name="Rank">R_i, mean over the blocks, summed over the neuron's identities.</param>
/// <param name="StakeShare">Share of all stake at the end, summed likewise.</param>
/// <param name="OthersLoss">Mean loss of the others; null when none of them iterated.</param>
public sealed record RegretRun(
    int Item, ulong Seed, string JournalHash, double? Loss, double Rank, double StakeShare, double? OthersLoss);

/// <summary>How runs are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RegretRun))]
public sealed partial class NetworkRegretJson : JsonSerializerContext;

/// <summary>
/// Gain of a deviation over honesty with the same seeds; each a mean with its 95 % bootstrap interval over the seeds
/// that have it, null without one, not finite when that of one seed is not.
/// </summary>
/// <param name="Name">Name of the deviation.</param>
/// <param name="Payoff">Gain in P_i = -alpha L_i + tau R_i, eq. (12), per block.</param>
/// <param name="StakeShare">Gain in its share of all stake.</param>
/// <param name="OthersLoss">Rise of the others' mean loss.</param>
public sealed record RegretRow(string Name, MeanInterval? Payoff, MeanInterval? StakeShare, MeanInterval? OthersLoss);

/// <summary>
/// Eq. (28) measured: a network runs repeatedly with the same seed, and each time one neuron follows another strategy.
/// The best gain is its regret over the catalogue, a lower bound of its regret over all strategies.
/// </summary>
/// <param name="names">Deviations; the first one is honest.</param>
/// <param name="firstSeed">Seed of the scenario.</param>
/// <param name="seeds">Seeds per deviation.</param>
/// <param name="alpha">alpha.</param>
/// <param name="tau">tau.</param>
public sealed class RegretNetwork(ImmutableArray<string> names, ulong firstSeed, int seeds, double alpha, double tau)
{
    /// <summary>Deviations; the first one is honest.</summary>
    public ImmutableArray<string> Names { get; } = names;

    /// <summary>Runs there are.</summary>
    public int Count => Names.Length * seeds;

    /// <summary>The deviation of a run.</summary>
    public int DeviationOf(int item) => item / seeds;

    /// <summary>The seed of a run.</summary>
    public ulong SeedOf(int item) => firstSeed + (ulong)(item % seeds);

    /// <summary>P_i per block; null when the neuron never trained.</summary>
    public double? PayoffOf(RegretRun run) => run.Loss is { } loss ? Payoff.Value(loss, run.Rank, alpha, tau) : null;

    /// <summary>
    /// A row per deviation but honesty, the best payoff first; those whose neuron diverged, or never trained, last.
    /// </summary>
    public ImmutableArray<RegretRow> Rows(IReadOnlyList<RegretRun> runs)
    {
        var honest = runs.Where(r => DeviationOf(r.Item) == 0).ToDictionary(r => r.Seed);
        return
        [
            .. Enumerable.Range(1, Names.Length - 1)
                .Select(k => RowOf(k, [.. runs.Where(r => DeviationOf(r.Item) == k)], honest))
                .OrderByDescending(
                    r => r.Payoff is { Mean: not double.NaN } payoff ? payoff.Mean : double.NegativeInfinity),
        ];
    }

    RegretRow RowOf(int deviation, RegretRun[] runs, Dictionary<ulong, RegretRun> honest)
    {
        var dice = new RandomStream(firstSeed, "regret-bootstrap", deviation);
        MeanInterval? Gain(Func<RegretRun, double?> value)
        {
            double[] gains = [.. runs.Select(r => value(r) - value(honest[r.Seed])).OfType<double>()];
            return gains.Length > 0 ? Bootstrap.Mean(gains, dice) : null;
        }
        return new RegretRow(Names[deviation], Gain(PayoffOf), Gain(r => r.StakeShare), Gain(r => r.OthersLoss));
    }
}
