using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>One run of the retention study on a network.</summary>
/// <param name="Item">Number of the run: seeds of one point follow each other.</param>
/// <param name="Seed">Seed.</param>
/// <param name="JournalHash">Hash of its journal, hex.</param>
/// <param name="Before">Share of all stake that honest neurons start with.</param>
/// <param name="After">Share of all stake that honest neurons hold at the end.</param>
public sealed record RetentionRun(int Item, ulong Seed, string JournalHash, double Before, double After);

/// <summary>How runs are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RetentionRun))]
public sealed partial class RetentionJson : JsonSerializerContext;

/// <summary>
/// The two-team game on a live network: honest neurons and a coalition, each with preferences that no loss changes.
/// They move to their rows by bounded steps through the network's links. The measure is whether honest stake has shrunk
/// at the end.
/// </summary>
/// <param name="scenario">A network whose populations honest and coalition follow the strategy cartel.</param>
/// <param name="seeds">Seeds per point.</param>
public sealed class RetentionNetwork(Scenario scenario, int seeds)
{
    // Tolerance for the rounding of sums over a run's blocks.
    const double Tie = 1e-9;
    const int Draws = 50;

    /// <summary>Name of the honest population.</summary>
    public const string Honest = "honest";

    /// <summary>Name of the colluding population.</summary>
    public const string Coalition = "coalition";

    static readonly double[] Utilities = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1];

    /// <summary>Rules that are compared.</summary>
    public static ImmutableArray<RetentionRule> Rules { get; } = [.. Enum.GetValues<RetentionRule>()];

    /// <summary>Links of submissions by name: latency in the time B of one block.</summary>
    public static ImmutableArray<string> Links { get; } = [
        "no latency", "B on average, 10 % lost", "B for all", "B for the honest",
    ];

    /// <summary>Honest shares of stake; the same share of the neurons is honest.</summary>
    public static ImmutableArray<double> HonestStakes { get; } = [0.6, 0.8];

    /// <summary>W_C.</summary>
    public static ImmutableArray<double> SelfWeights { get; } = [0, 0.2, 0.4, 0.6, 0.8, 1];

    /// <summary>Every point, in order.</summary>
    public ImmutableArray<RetentionPoint> Points { get; } =
    [
        .. from rule in Rules
           from links in Links
           from stake in HonestStakes
           from self in SelfWeights
           from utility in Utilities
           select new RetentionPoint(rule, links, stake, utility, self),
    ];

    /// <summary>Runs there are.</summary>
    public int Count => Points.Length * seeds;

    /// <summary>The point of a run.</summary>
    public RetentionPoint PointOf(int item) => Points[item / seeds];

    /// <summary>The seed of a run.</summary>
    public ulong SeedOf(int item) => scenario.Seed + (ulong)(item % seeds);

    /// <summary>Overrides of the scenario at a point, each <c>PATH=VALUE</c>.</summary>
    public IEnumerable<string> OverridesOf(RetentionPoint point)
    {
        var honest = HonestOf(point.HonestStake);
        var (rule, norm) = point.Rule switch
        {
            RetentionRule.Paper => ("paper", "l2"),
            RetentionRule.L1 => ("paper", "l1"),
            RetentionRule.Trust => ("trust", "l1"),
            _ => ("yuma", "l1"),
        };
        return
        [
            $"mechanism.rule={rule}", $"mechanism.norm={norm}", $"network={NetworkOf(point.Links)}",
            $"populations.{Honest}.count={honest}", $"populations.{Coalition}.count={Neurons - honest}",
            $"populations.{Honest}.strategy={CartelOf(Honest, point.HonestUtility)}",
            $"populations.{Coalition}.strategy={CartelOf(Coalition, point.SelfWeight)}",
        ];
    }

    /// <summary>The contour of one panel and share of stake, from all seeds.</summary>
    public ImmutableArray<RetentionContour> Contour(
        IReadOnlyList<RetentionRun> runs, RetentionRule rule, string links, double honestStake)
    {
        var mine = runs.Where(r =>
            PointOf(r.Item) is var p && p.Rule == rule && p.Links == links && p.HonestStake == honestStake)
            .ToLookup(r => PointOf(r.Item).SelfWeight);
        return [.. SelfWeights.Select(self => ContourAt(self, [.. mine[self]]))];
    }

    /// <summary>
    /// The contour of one block of the mechanism, for the same number of neurons at their preferred rows; mean over
    /// draws of the noise.
    /// </summary>
    public ImmutableArray<RetentionContour> Formula(RetentionRule rule, double honestStake)
    {
        var honest = HonestOf(honestStake);
        var mechanism = RetentionStudy.ParametersOf(rule, kappa: 0.5, rho: 10, dividend: 0.5);
        TwoTeams[] draws = [
            .. Enumerable.Range(0, Draws)
                .Select(trial => TwoTeams.DrawEqual(honest, Neurons - honest, honestStake, Noise, scenario.Seed, trial))
        ];
        return
        [
            .. SelfWeights.Select(self =>
                new RetentionContour(
                    self, draws.Average(d => d.LeastUtility(self, mechanism) ?? 1), double.NaN, double.NaN)),
        ];
    }

    double Noise => scenario.Populations[0].Conduct.Find("cartel")!.Number("noise");

    /// <summary>A population's strategies with another share for its members.</summary>
    ConductSpec CartelOf(string population, double share)
    {
        static StrategySpec With(StrategySpec cartel, double share) =>
            StrategySpec.Of(
                "cartel",
                [("share", share), .. cartel.Values.Where(v => v.Key != "share").Select(v => (v.Key, v.Value))]);
        var conduct = scenario.Populations.First(p => p.Name == population).Conduct;
        return new ConductSpec([.. conduct.Strategies.Select(s => s.Name == "cartel" ? With(s, share) : s)]);
    }

    int Neurons => scenario.Populations.Sum(p => p.Count);

    int HonestOf(double share) => (int)Math.Round(share * Neurons);

    string NetworkOf(string links)
    {
        var block = string.Create(
            CultureInfo.InvariantCulture, $"{(decimal)scenario.BlockInterval.TotalMilliseconds} ms");
        return Links.IndexOf(links) switch
        {
            0 => "{ default: { latency: 0 s } }",
            1 => $"{{ default: {{ latency: {{ distribution: exponential, mean: {block} }}, loss: 10% }} }}",
            2 => $"{{ links: [ {{ kind: submission, latency: {block} }} ] }}",
            _ => $"{{ links: [ {{ from: {Honest}, kind: submission, latency: {block} }} ] }}",
        };
    }

    RetentionContour ContourAt(double self, RetentionRun[] runs)
    {
        double[] least = [
            .. runs.GroupBy(r => r.Seed).OrderBy(g => g.Key).Select(g => Least([.. g.OrderBy(r => r.Item)])),
        ];
        var dice = new RandomStream(scenario.Seed, "retention-bootstrap", (long)Math.Round(1000 * self));
        var (mean, low, high) = Bootstrap.Mean(least, dice);
        return new RetentionContour(self, mean, low, high);
    }

    /// <summary>The W_H at which the line through the gains of one seed, by rising W_H, last crosses 0.</summary>
    static double Least(RetentionRun[] byUtility)
    {
        var gains = byUtility.Select(r => r.After - r.Before).ToArray();
        var last = Array.FindLastIndex(gains, g => g < -Tie);
        return last < 0 ? 0
            : last == gains.Length - 1 ? 1
            : Utilities[last] + (Utilities[last + 1] - Utilities[last]) * gains[last] / (gains[last] - gains[last + 1]);
    }
}
