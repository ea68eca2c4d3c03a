namespace BitTensor.Benchmarks;

/// <summary>What the live network costs.</summary>
static class NetworkSuite
{
    public static IEnumerable<Row> Rows()
    {
        yield return CoresAtHand();
    }

    /// <summary>What the machine gives two threads at this moment: a bound for everything that runs on two cores.</summary>
    static Row CoresAtHand()
    {
        var spins = Paired.Measure(5, 1, () => 2 / Paired.Seconds(() => Spin(2)), () => 1 / Paired.Seconds(() => Spin(1)));
        return new Row("two threads that only count, against one", $"{spins.Candidate.Median:0.0} /s", $"{spins.Baseline.Median:0.0} /s", spins.Ratio);
    }

    static void Spin(int count)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() =>
        {
            for (long k = 0, x = 0; k < 100_000_000; k++)
            {
                x = Volatile.Read(ref x) + k;
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
    }
}
