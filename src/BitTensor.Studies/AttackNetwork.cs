using System.Collections.Immutable;
using System.Text.Json.Serialization;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>One run of the attack study.</summary>
/// <param name="Item">Number of the run: seeds of one network follow each other.</param>
/// <param name="Seed">Seed.</param>
/// <param name="JournalHash">Hash of its journal, hex.</param>
/// <param name="Income">The members' share of the emission, per block.</param>
/// <param name="StakeShare">The members' share of all stake at the end.</param>
/// <param name="OthersLoss">
/// Mean loss of the other neurons over the last quarter of the blocks; null when none of them trained then.
/// </param>
public sealed record AttackRun(
    int Item, ulong Seed, string JournalHash, double[] Income, double StakeShare, double? OthersLoss);

/// <summary>How runs are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(AttackRun))]
public sealed partial class AttackRunJson : JsonSerializerContext;

/// <summary>
/// The attack study: the gain of attacks under the paper's rule and under defences. Each network runs attacked and with
/// its attackers honest. Honest attackers follow the strategies of population <c>honest</c> and obey no coalition;
/// identities without stake, which exist only to attack, are left out.
/// </summary>
public sealed class AttackNetwork
{
    /// <summary>One percentage point: a smaller share of a block's emission, or of a loss, counts as nothing.</summary>
    public const double Tie = 0.01;

    /// <summary>Name of the row without a defence: the scenario as written.</summary>
    public const string Paper = "paper";

    const string HonestPopulation = "honest";

    /// <summary>Strategies whose aim is the losses of others.</summary>
    static readonly string[] Harmful =
    [
        "delay", "eclipse", "flood", "outbid", "poison-backward", "poison-data", "poison-forward", "selective",
        "withhold-backward",
    ];

    readonly int _seeds;

    /// <summary>A study of attacks by name and defence, the row without a defence first.</summary>
    /// <param name="attacks">Each attack with each applicable defence.</param>
    /// <param name="seeds">Seeds per network.</param>
    public AttackNetwork(IEnumerable<(string Attack, string Defence, Scenario Scenario)> attacks, int seeds)
    {
        _seeds = seeds;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var scenes = new List<AttackScene>();
        int NumberOf(AttackScene scene)
        {
            var text = $"{string.Join(' ', scene.Members)}\n{ScenarioWriter.Write(scene.Scenario)}";
            if (numbers.TryAdd(text, scenes.Count))
            {
                scenes.Add(scene);
            }
            return numbers[text];
        }
        foreach (var (attack, defence, scenario) in attacks)
        {
            var scene = SceneOf(scenario);
            var (attacked, honest) = (NumberOf(scene), NumberOf(HonestlyOf(scene)));
            Trials = Trials.Add(new AttackTrial(
                attack, defence, Harms(scene), attacked, honest,
                Trials.FirstOrDefault(t => t.Attack == attack)?.Honest ?? honest));
        }
        Scenes = [.. scenes];
    }

    /// <summary>
    /// Defences by name, with the scenario overrides they make, given the names of the populations that do not attack.
    /// </summary>
    public static ImmutableArray<(string Name, Func<ImmutableArray<string>, IEnumerable<string>> Overrides)> Defences
    { get; } =
    [
        (Paper, _ => []),
        ("l1", _ => ["mechanism.norm=l1"]),
        ("trust", _ => ["mechanism.rule=trust"]),
        ("yuma", _ => ["mechanism.rule=yuma"]),
        ("commit-reveal", _ => ["mechanism.reveal-after=2 blocks"]),
        ("registration cost", _ => ["mechanism.registration-cost=0.5"]),
        ("admission by stake", others => others.Select(p => $"populations.{p}.serving.admission=stake")),
        ("norm clip", others => others.Select(p => $"populations.{p}.defence={{ norm-clip: 2 }}")),
        ("norm clip, median", others => others.Select(p =>
            $"populations.{p}.defence={{ norm-clip: 2, gradients: median, of: 5, byzantine: 2 }}")),
    ];

    /// <summary>Every attack with every defence, in order.</summary>
    public ImmutableArray<AttackTrial> Trials { get; } = [];

    /// <summary>The networks that run, each once.</summary>
    public ImmutableArray<AttackScene> Scenes { get; }

    /// <summary>Runs there are.</summary>
    public int Count => Scenes.Length * _seeds;

    /// <summary>The network of a run.</summary>
    public AttackScene SceneOf(int item) => Scenes[item / _seeds];

    /// <summary>The seed of a run.</summary>
    public ulong SeedOf(int item) => SceneOf(item).Scenario.Seed + (ulong)(item % _seeds);

    /// <summary>
    /// Attacking populations: members of a coalition, and populations whose strategies differ from those of population
    /// honest.
    /// </summary>
    public static ImmutableArray<string> MembersOf(Scenario scenario) =>
        [.. scenario.Populations.Where(p => Attacks(scenario, p)).Select(p => p.Name)];

    static bool Attacks(Scenario scenario, PopulationSpec population) =>
        population.Name != HonestPopulation
        && (population.Conduct != HonestConduct(scenario) || scenario.Coalition?.Has(population.Name) == true);

    /// <summary>A row per trial.</summary>
    public ImmutableArray<AttackRow> Rows(IReadOnlyList<AttackRun> runs)
    {
        AttackRun[][] byScene = [.. runs.OrderBy(r => r.Item).Chunk(_seeds)];
        return [.. Trials.Select(trial => RowOf(trial, Trials.First(t => t.Attack == trial.Attack), byScene))];
    }

    /// <summary>
    /// The row of one attack whose defence leaves the attackers the least success; null without a defence.
    /// </summary>
    public static AttackRow? Best(IEnumerable<AttackRow> rows) =>
        rows.Where(r => r.Trial.Defence != Paper && !double.IsNaN(r.Success.Mean)).MinBy(r => r.Success.Mean);

    /// <summary>Mean over the blocks of the members' share of the emission, less their share when honest.</summary>
    public static double GainOf(AttackRun attacked, AttackRun honest) =>
        attacked.Income.Average() - honest.Income.Average();

    /// <summary>
    /// First block from which the members' income stays at most a point above their honest income; infinite when it
    /// never does.
    /// </summary>
    public static double ReactionOf(AttackRun attacked, AttackRun honest)
    {
        var last = Array.FindLastIndex([.. attacked.Income.Zip(honest.Income, (a, h) => a - h)], gain => gain > Tie);
        return last == attacked.Income.Length - 1 ? double.PositiveInfinity : last + 1;
    }

    /// <summary>
    /// Rise of the others' mean loss, relative to that in a plain network; without bound where it diverges under the
    /// attack alone, NaN where it does without. Null when it is missing in either.
    /// </summary>
    public static double? RiseOf(AttackRun attacked, AttackRun plain) => (attacked.OthersLoss, plain.OthersLoss) switch
    {
        ({ } harmed, { } calm) when double.IsFinite(calm) && !double.IsFinite(harmed) => double.PositiveInfinity,
        var (harmed, calm) => harmed / calm - 1,
    };

    AttackRow RowOf(AttackTrial trial, AttackTrial paper, AttackRun[][] byScene)
    {
        // The stream depends on this row alone, so other attacks in the study do not change it.
        var dice = new RandomStream(
            Scenes[trial.Attacked].Scenario.Seed, $"attacks-bootstrap {trial.Attack} {trial.Defence}", 0);
        double[] GainsOf(AttackTrial t) => [.. byScene[t.Attacked].Zip(byScene[t.Honest], GainOf)];
        double[] LossesOf(AttackTrial t) =>
            [.. byScene[t.Attacked].Zip(byScene[t.Plain], RiseOf).OfType<double>()];
        double[] reactions = [.. byScene[trial.Attacked].Zip(byScene[trial.Honest], ReactionOf).Order()];
        var sameGame = Scenes[trial.Attacked].IsMember().Length == Scenes[trial.Plain].IsMember().Length;
        var (with, without) = trial.Harms ? (LossesOf(trial), LossesOf(paper)) : (GainsOf(trial), GainsOf(paper));
        return new AttackRow(
            trial, Bootstrap.Mean(GainsOf(trial), dice), reactions[reactions.Length / 2],
            Bootstrap.Mean(sameGame ? LossesOf(trial) : [], dice),
            Bootstrap.Mean([.. without.Zip(with, (w, d) => w - d)], dice));
    }

    /// <summary>The scenario without the fields that no run depends on, so that equal networks run once.</summary>
    static AttackScene SceneOf(Scenario scenario) => new(
        scenario with
        {
            Name = "",
            Description = "",
            Expect = [],
            Sweep = null,
            Audit = scenario.Audit with { EveryBlocks = 0 },
        },
        MembersOf(scenario));

    static AttackScene HonestlyOf(AttackScene scene)
    {
        var honest = HonestConduct(scene.Scenario);
        var populations = scene.Scenario.Populations
            .Where(p => !p.Stake.IsZero || !scene.Members.Contains(p.Name))
            .Select(p => scene.Members.Contains(p.Name)
                ? p with { Conduct = honest, Count = p.Count / p.Conduct.Identities }
                : p);
        return scene with { Scenario = scene.Scenario with { Populations = [.. populations], Coalition = null } };
    }

    static ConductSpec HonestConduct(Scenario scenario) =>
        scenario.Populations.FirstOrDefault(p => p.Name == HonestPopulation)?.Conduct ?? ConductSpec.Honest;

    static bool Harms(AttackScene scene) =>
        scene.Scenario.Populations.Where(p => scene.Members.Contains(p.Name))
            .Any(p => p.Conduct.Strategies.Any(s => Harmful.Contains(s.Name)));
}
