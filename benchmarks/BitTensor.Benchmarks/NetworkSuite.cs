using System.Globalization;

namespace BitTensor.Benchmarks;

/// <summary>What the live network costs.</summary>
static class NetworkSuite
{
    const int Pairs = 5;

    public static IEnumerable<Row> Rows()
    {
        yield return TwoCounters();
        foreach (
            var network in new[] {
                new LiveNetwork(hidden: 16, representation: 4, blocks: 16), new LiveNetwork(64, 16, 16)})
        {
            var work = network.Count();
            var bare = new BareLoops(network, work);
            var shape = $"{LiveNetwork.Neurons} neurons, hidden {network.Hidden}";
            yield return OneCore($"live network / loop of its models, {shape}", network, work, bare.OwnModels);
            yield return OneCore($"live network / plain modules, {shape}", network, work, bare.PlainModules);
            yield return TwoLoops($"two loops of its models at once / one, {shape}", bare, work);
            yield return TwoCores($"live network, 2 cores / 1 core, {shape}", network, work);
        }
        yield return Links();
        yield return Memory("mlp", degree: 8, small: 100, large: 400);
        yield return Memory("quadratic", degree: 32, small: 500, large: 2000);
        var (seconds, peak) = WholeRun.Of(Path.Combine("scale", "quadratic-1000.yaml"));
        yield return new Row("1,000 quadratic neurons, 100 blocks, whole run", Text($"{seconds:0.0} s"));
        yield return new Row("1,000 quadratic neurons, peak memory", Text($"{peak:0} MiB"));
    }

    static Row OneCore(string name, LiveNetwork network, Work work, Action bare)
    {
        var rates = Paired.Measure(
            Pairs, 1, () => work.Total / network.Seconds(cores: 1), () => work.Total / Paired.Seconds(bare));
        return RateRow(name, "computations", rates, Bound.AtLeast(0.7));
    }

    static Row TwoCores(string name, LiveNetwork network, Work work)
    {
        var rates = Paired.Measure(
            Pairs, 1, () => work.Total / network.Seconds(cores: 2), () => work.Total / network.Seconds(cores: 1));
        return RateRow(name, "computations", rates, Bound.AtLeast(1.6));
    }

    static Row Links()
    {
        const int messages = 1_000_000;
        var rates = Paired.Measure(
            Pairs, 2, () => LinkTraffic.ThroughLinks(messages), () => LinkTraffic.Told(messages));
        return RateRow("messages through links / told directly, no payload", "msg", rates, null);
    }

    static Row Memory(string model, int degree, int small, int large)
    {
        var (heap, resident) = Footprint.PerNeuron(model, degree, small, large);
        return new Row(
            $"memory of one more {model} neuron with {degree} peers", Text($"{heap:0} KiB heap"),
            Text($"{resident:0} KiB resident"));
    }

    /// <summary>What the machine gives two threads that share nothing at this moment.</summary>
    static Row TwoCounters()
    {
        var rates =
            Paired.Measure(
                Pairs, 1, () => 2 / Paired.Seconds(() => AtOnce(2, Count)),
                () => 1 / Paired.Seconds(() => AtOnce(1, Count)));
        return RateRow("two threads that only count / one", "loops", rates, null);
    }

    /// <summary>
    /// What the machine gives two threads of libtorch that share nothing: no network on two cores can do better.
    /// </summary>
    static Row TwoLoops(string name, BareLoops bare, Work work)
    {
        double Rate(int threads) => threads * work.Total / Paired.Seconds(() => AtOnce(threads, bare.OwnModels));
        return RateRow(name, "computations", Paired.Measure(Pairs, 1, () => Rate(2), () => Rate(1)), null);
    }

    static Row RateRow(string name, string unit, Paired rates, Bound? bound) => new(
        name, Text($"{rates.Candidate.Median:N0} {unit}/s"), Text($"{rates.Baseline.Median:N0} {unit}/s"), rates.Ratio,
        bound);

    static void AtOnce(int count, Action work)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => work())).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
    }

    static void Count()
    {
        for (long k = 0, x = 0; k < 100_000_000; k++)
        {
            x = Volatile.Read(ref x) + k;
        }
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
