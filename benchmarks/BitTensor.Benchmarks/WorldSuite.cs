using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Fuzzing;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Benchmarks;

/// <summary>
/// What the emulated world costs: its rules, its size, its pace, and how fast it is searched for mistakes.
/// </summary>
static class WorldSuite
{
    const int Pairs = 3;
    const int Seeds = 20;

    public static IEnumerable<Row> Rows()
    {
        yield return Rules();
        yield return Pace("quickstart", Path.Combine("quickstart.yaml"), blocks: 8);
        yield return Pace("1,000 quadratic neurons", Path.Combine("scale", "quadratic-1000.yaml"), blocks: 4);
        yield return Fuzzing();
        var (small, large) = (Lived(Closed(1000)), Lived(Closed(10_000)));
        yield return new Row(
            "10,000 quadratic neurons, 32 peers, a block / ten times 1,000", Text($"{large.Block} s"),
            Text($"{10 * small.Block.Median:0.00} s"), Spread.Of([large.Block.Median / (10 * small.Block.Median)]));
        yield return new Row(
            "their heap per weight / that of 1,000", Text($"{large.PerWeight:0} B"), Text($"{small.PerWeight:0} B"),
            Spread.Of([large.PerWeight / small.PerWeight]),
            Bound.AtMost(1.5));
        var open = Lived(Read(Path.Combine("scale", "open-10000.yaml")));
        yield return new Row(
            "10,000 of which 1 % are replaced per block, a block / none is", Text($"{open.Block} s"),
            Text($"{large.Block} s"), Spread.Of([open.Block.Median / large.Block.Median]));
        var (few, many) = (Started(10_000), Started(100_000));
        yield return new Row(
            "100,000 neurons, 1 % active, start / ten times 10,000", Text($"{many:0.0} s"), Text($"{10 * few:0.0} s"),
            Spread.Of([many / (10 * few)]), Bound.AtMost(1.5));
    }

    /// <summary>
    /// A parcel meets a latency drawn for it, reordering, doubling and loss; against the draws alone that these rules
    /// make.
    /// </summary>
    static Row Rules()
    {
        const int parcels = 2_000_000;
        var rules = new RuleList(
        [
            new LatencyRule(dice => 50 * dice.NextExponential(), TimeSpan.Zero, TimeSpan.Zero),
            new ReorderRule(0.01, TimeSpan.FromMilliseconds(20)),
            new DuplicateRule(0.01, TimeSpan.FromMilliseconds(20)), new LossRule(0.01),
        ]);
        var dice = new RandomStream(1, "rules");
        double Judged() => rules.Count * parcels / Paired.Seconds(() =>
        {
            for (var k = 0; k < parcels; k++)
            {
                dice.Reseed(7, (ulong)k);
                rules.Judge(new Parcel(0, 1, ParcelKind.Forward, 100, k), TimeSpan.Zero, TimeSpan.Zero, dice);
            }
        });
        double Drawn() => rules.Count * parcels / Paired.Seconds(() =>
        {
            for (var k = 0; k < parcels; k++)
            {
                dice.Reseed(7, (ulong)k);
                dice.NextExponential();
                dice.NextDouble();
                dice.NextDouble();
                dice.NextDouble();
            }
        });
        var rates = Paired.Measure(Pairs, 1, Judged, Drawn);
        return new Row(
            "rules of links judged / their draws alone", Text($"{rates.Candidate.Median / 1e6:0.0} M rules/s"),
            Text($"{rates.Baseline.Median / 1e6:0.0} M draws/s"), rates.Ratio);
    }

    /// <summary>Emulated seconds per second, after a run that compiles.</summary>
    static Row Pace(string name, string scenario, int blocks)
    {
        var read = Read(scenario, $"duration={blocks} blocks", "expect=[]", "audit.every=never");
        double Rate()
        {
            var emulated = TimeSpan.Zero;
            var seconds = Paired.Seconds(() => emulated = EmulationRun.Execute(read, new RunOptions()).EmulatedTime);
            return emulated.TotalSeconds / seconds;
        }
        var rates = Enumerable.Range(0, Pairs + 1).Select(_ => Rate()).ToArray()[1..];
        return new Row(
            $"{name}, emulated seconds a second",
            Text($"{Spread.Of(rates).Median:0.0} ({rates.Min():0.0}..{rates.Max():0.0})"));
    }

    /// <summary>Scenarios of the fuzzer, run under the invariants, two at a time against one at a time.</summary>
    static Row Fuzzing()
    {
        var drawn = Enumerable.Range(1, Seeds).Select(k => ScenarioDraw.Of((ulong)k).Scenario).ToArray();
        double PerMinute(int jobs) => 60 * Seeds / Paired.Seconds(() => Parallel.ForEach(
            drawn, new ParallelOptions { MaxDegreeOfParallelism = jobs },
            s => EmulationRun.Execute(s, new RunOptions { Cores = 1 })));
        var rates = Paired.Measure(Pairs, 1, () => PerMinute(2), () => PerMinute(1));
        return new Row(
            "seeds of the fuzzer, two jobs / one", Text($"{rates.Candidate.Median:0} /min"),
            Text($"{rates.Baseline.Median:0} /min"), rates.Ratio);
    }

    /// <summary>
    /// Seconds a block takes, and bytes of heap per entry of W, once a network has found its pace: blocks 5 to 10.
    /// </summary>
    static (Spread Block, double PerWeight) Lived(Scenario scenario)
    {
        const int first = 4;
        const int blocks = 6;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var run = VirtualRun.Begin(scenario, new RunOptions());
        void To(int block) => run.Go(() => run.Now >= scenario.BlockInterval * block);
        To(first);
        var seconds = Spread.Of([
            .. Enumerable.Range(first + 1, blocks).Select(block => Paired.Seconds(() => To(block))),
        ]);
        var heap = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (seconds, (double)heap / run.Plans.Sum(p => p.Slots.Length));
    }

    /// <summary>A closed network of so many neurons.</summary>
    static Scenario Closed(int count) => Read(
        Path.Combine("scale", "quadratic-10000.yaml"), $"populations.honest.count={count - count / 100}",
        $"populations.self-weighting.count={count / 100}");

    /// <summary>Seconds until everybody lives and knows the genesis block.</summary>
    static double Started(int count)
    {
        var scenario = Read(
            Path.Combine("scale", "idle-100000.yaml"), $"populations.active.count={count / 100}",
            $"populations.idle.count={count - count / 100}");
        VirtualRun? run = null;
        var seconds = Paired.Seconds(() =>
        {
            run = VirtualRun.Begin(scenario, new RunOptions());
            run.Go(() => true);
        });
        run!.Dispose();
        return seconds;
    }

    static Scenario Read(string scenario, params string[] overrides)
    {
        var read = ScenarioFile.Load(
            Path.Combine(AppContext.BaseDirectory, "scenarios", scenario),
            [.. overrides.Select(o => new ScenarioOverride(o))]);
        return read.Value ?? throw new InvalidDataException(string.Join('\n', read.Errors));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
