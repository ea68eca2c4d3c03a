using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>
/// Maps a seed to a scenario: 16 to 64 neurons for 50 to 100 blocks, with faults; some of its numbers are moved to the
/// ends of their ranges.
/// </summary>
public static class ScenarioDraw
{
    /// <summary>Fewest blocks of a scenario that is drawn.</summary>
    public const int FewestBlocks = 50;

    // Keeps a run near a second: faults vary freely, size does not.
    const int MostQueries = 6_000;
    const int MostTorchQueries = 1_000;

    /// <summary>
    /// The scenario of a seed, as the reader of scenario files reads it: the run is that of a file with this text.
    /// </summary>
    public static DrawnScenario Of(ulong seed) =>
        CornerDraw.Of(ScenarioWriter.Write(Draw(seed)), $"fuzz-{seed}.yaml", new Swarm(seed).Dice("corners"));

    static Scenario Draw(ulong seed)
    {
        var swarm = new Swarm(seed);
        var size = Size.Draw(swarm);
        var populations = new PopulationDraw(swarm, size).All();
        var links = new LinkDraw(swarm, size, populations);
        var coalition = new ConductDraw(swarm, size, [.. populations.Select(p => p.Name)]).Coalition(populations);
        var isOpen = populations.Any(IsOfOpen);
        var mechanism = Mechanism(swarm) with { Membership = Membership(swarm, populations) };
        return new Scenario
        {
            Name = $"fuzz-{seed}",
            Seed = seed,
            Blocks = size.Blocks,
            BlockInterval = size.BlockInterval,
            Mechanism = mechanism,
            Data = size.Learns ? Data(swarm.Dice("data"), populations) : null,
            Populations = populations,
            Network = links.Network(),
            Topology = Topology(swarm.Dice("topology"), size),
            Timeline = Timeline(new FaultDraw(swarm, size, populations, links).Timeline(), mechanism),
            // The first population holds stake, and an open network needs somebody with stake from the start.
            Coalition = isOpen && coalition?.Reserve.Contains(populations[0].Name) == true ? null : coalition,
            Audit = new AuditSpec(swarm.Has("audit") ? 20 : 0, 16) { Solo = swarm.Has("solo") },
            Record = new RecordSpec(1),
            Expect = [],
        };
    }

    static MechanismParameters Mechanism(Swarm swarm)
    {
        var mechanism = Fixed(swarm);
        return mechanism.Alpha > 0 && swarm.Has("adaptive-tau")
            ? mechanism with { Tau = 0.01, Adaptive = Controller(swarm.Dice("adaptive-tau")) }
            : mechanism;
    }

    /// <summary>A tau that the ledger moves is not set, and steps that follow tau / alpha need an alpha.</summary>
    static ImmutableArray<TimelineEntry> Timeline(
        ImmutableArray<TimelineEntry> drawn, MechanismParameters mechanism) =>
        mechanism.Adaptive is null
            ? drawn
            : [.. drawn.Where(e => e.Do is not FaultSpec.Set { Change: { Tau: not null } or { Alpha: 0 } })];

    static TauController Controller(RandomStream dice) => new()
    {
        Target = dice.Pick(0.1, 1, 10), Least = 0.01, Most = dice.Pick(0.01, 1, 100), Integral = dice.Pick(0, 0.01, 1),
    };

    static MechanismParameters Fixed(Swarm swarm)
    {
        var dice = swarm.Dice("mechanism");
        return new MechanismParameters
        {
            Alpha = dice.Pick(0, 1, 10, 50),
            Tau = dice.Pick(0.001, 0.1, 1, 100),
            Step = dice.Pick(0.0005, 0.005, 0.05, 1),
            Epsilon = dice.Pick(0.001, 0.05, 0.1, 2),
            Temperature = dice.Pick(0.01, 0.1, 1, 10),
            Rule = swarm.Has("trust") ? new RankRule.Trust(dice.Pick(0.1, 0.5, 0.9), dice.Pick(1, 10, 100))
                : swarm.Has("yuma") ? new RankRule.Yuma(dice.Pick(0.1, 0.5, 0.9), dice.Pick(0, 0.5, 1))
                : swarm.Has("bonds") ? Bonds(swarm.Dice("bonds"))
                : new RankRule.Paper(),
            Roles = swarm.Has("roles") ? Roles(swarm.Dice("roles")) : VoterRoles.None,
            Norm = swarm.Has("l1") ? InflationNorm.L1 : InflationNorm.L2,
            StakeScale = swarm.Has("stake-share") ? StakeScale.Share : StakeScale.Raw,
            Emission = !swarm.Has("frozen"),
            RevealAfter = swarm.Has("commit-reveal") ? swarm.Dice("commit-reveal").Whole(1, 4) : 0,
            RegistrationCost = swarm.Has("registration-cost") ? swarm.Dice("registration-cost").Pick(0.001, 0.1, 1) : 0,
        };
    }

    static bool IsOfOpen(PopulationSpec population) => population.Joins is not null || population.Leaves is not null;

    /// <summary>
    /// Room for those who are there at the start, and for none, some or all of those who join; null for a closed
    /// network.
    /// </summary>
    static MembershipRules? Membership(Swarm swarm, ImmutableArray<PopulationSpec> populations)
    {
        if (!populations.Any(IsOfOpen))
        {
            return null;
        }
        var dice = swarm.Dice("membership");
        var founders = populations.Where(p => p.Joins is null).Sum(p => p.Count);
        return new MembershipRules(founders + dice.Whole(0, populations.Sum(p => p.Count) - founders))
        {
            Immunity = dice.Pick(0, 3, 1000), BurnsStake = dice.Chance(0.5),
            TargetRate = swarm.Has("registration-cost") && dice.Chance(0.5) ? dice.Pick(0.5, 1, 3) : null,
        };
    }

    static BondRule Bonds(RandomStream dice)
    {
        var (average, penalty) = (dice.Pick(0, 0.5, 0.9, 1), dice.Pick(0, 0.5, 1));
        var liquid = dice.Chance(0.5) ? new LiquidRate(0.1, dice.Pick(0.1, 0.9), dice.Pick(1, 1000)) : null;
        return dice.Chance(0.5)
            ? new EmaBonds(0.5, 0.5, average, penalty, liquid)
            : new RelativeBonds(0.5, dice.Pick(0, 0.5, 1), average, penalty, liquid);
    }

    static VoterRoles Roles(RandomStream dice) => new()
    {
        Validators = dice.Chance(0.5) ? dice.Whole(1, 64) : null,
        LeastStake = dice.Chance(0.5) ? dice.Pick(0.5, 1) : 0,
        ActivityCutoff = dice.Chance(0.5) ? dice.Whole(0, 20) : null,
        MaxWeight = dice.Chance(0.5) ? dice.Pick(0.05, 0.5) : null,
        MinTargets = dice.Chance(0.5) ? dice.Whole(1, 4) : null,
    };

    static DataSpec Data(RandomStream dice, ImmutableArray<PopulationSpec> populations)
    {
        var split = dice.Pick(DataSplit.Iid, DataSplit.Dirichlet, DataSplit.ByLabel, DataSplit.Sizes);
        // A neuron with a tiny shard has nothing to keep aside.
        var keepsAside = populations.Any(p => p.Significance is { IsFresh: true });
        return DataSpec.Default with
        {
            Set = DataSet.Synthetic, Examples = 640, Features = 4, Classes = 3,
            Split = keepsAside ? DataSplit.Iid : split, Concentration = 1,
        };
    }

    static TopologySpec Topology(RandomStream dice, Size size)
    {
        var (neurons, degree) = (size.Neurons, Math.Min(size.Degree, size.Neurons - 1));
        return dice.NextInt(7) switch
        {
            0 => new TopologySpec.Random(degree),
            1 => new TopologySpec.Regular(degree * neurons % 2 == 0 ? degree : degree - 1),
            2 => new TopologySpec.SmallWorld(degree / 2, dice.Pick(0, 0.1, 0.5, 1)),
            3 => new TopologySpec.Star(),
            4 => new TopologySpec.Edges(Edges(dice, neurons, neurons * degree / 2)),
            5 when degree == neurons - 1 => new TopologySpec.Complete(),
            _ => new TopologySpec.Ring(degree / 2),
        };
    }

    static ImmutableArray<(int, int)> Edges(RandomStream dice, int neurons, int count)
    {
        var edges = new SortedSet<(int, int)>();
        for (var k = 0; k < count; k++)
        {
            var (a, b) = (dice.NextInt(neurons), dice.NextInt(neurons - 1));
            b += b >= a ? 1 : 0;
            edges.Add((Math.Min(a, b), Math.Max(a, b)));
        }
        return [.. edges];
    }

    /// <summary>The size of a run.</summary>
    /// <param name="Neurons">Neurons.</param>
    /// <param name="Blocks">Blocks.</param>
    /// <param name="BlockInterval">Emulated time of a block.</param>
    /// <param name="IterationInterval">Emulated time of an iteration, the shortest of all populations.</param>
    /// <param name="Degree">Peers of a neuron, in the mean; at least 2.</param>
    /// <param name="Learns">True when models are trained rather than quadratic.</param>
    internal sealed record Size(
        int Neurons, int Blocks, TimeSpan BlockInterval, TimeSpan IterationInterval, int Degree, bool Learns)
    {
        public static Size Draw(Swarm swarm)
        {
            var dice = swarm.Dice("size");
            var learns = swarm.Has("mlp") && dice.Chance(0.25);
            var (neurons, blocks) = learns ? (16, FewestBlocks) : (dice.Whole(16, 64), dice.Whole(FewestBlocks, 100));
            var interval = dice.Pick(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
            var pace = learns ? 1 : dice.Pick(0.5, 1, 2);
            var most = (learns ? MostTorchQueries : MostQueries) / (neurons * blocks * pace);
            return new Size(neurons, blocks, interval, interval / pace, dice.Whole(2, Math.Max(2, (int)most)), learns);
        }

        /// <summary>The end of the last block.</summary>
        public TimeSpan End => BlockInterval * Blocks;
    }
}
