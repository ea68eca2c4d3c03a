using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BitTensor.Learning;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Benchmarks;

/// <summary>Steps of competitive descent: against TorchSharp, against the machine's floor, and on two cores.</summary>
static class EquilibriumSuite
{
    const int Batch = 512;

    public static IEnumerable<Row> Rows()
    {
        TorchRuntime.Initialize();
        var machine = Machine.Measure();
        foreach (var row in machine.Rows())
        {
            yield return row;
        }
        var small = Games(Batch, 10);
        var large = Games(4, 100);
        Agree(small[..8]);
        Agree(large[..1]);
        foreach (var elementwise in new[] { false, true })
        {
            var form = elementwise ? "elementwise product" : "bmm";
            yield return Batched(
                $"(a) n = 10, 512 games, TorchSharp batched, {form}", small, 200, 10, elementwise, true,
                Bound.AtLeast(8));
            yield return Batched(
                $"    the same, TorchSharp without its residual test", small, 200, 10, elementwise, false, null);
        }
        yield return Batched(
            "(b) n = 100, 4 games, TorchSharp batched, bmm", large, 60, 10, false, true, Bound.AtLeast(4));
        yield return Batched(
            "    the same, one game: Hessians stay in cache", large[..1], 200, 40, false, true, Bound.AtLeast(4));
        yield return Batched(
            "    the same, TorchSharp without its residual test", large[..1], 200, 40, false, false, null);
        yield return Autograd(small);
        foreach (var row in Floors(machine, small, large))
        {
            yield return row;
        }
        yield return Memory();
        yield return Cores(small);
    }

    static Theta[] Games(int count, int n) =>
        [.. Enumerable.Range(0, count).Select(k => Theta.Draw(1, k, n, 0.5) with { Alpha = 25, Tolerance = 0 })];

    static Row Batched(string name, Theta[] games, int steps, int torchSteps, bool elementwise, bool test, Bound? bound)
    {
        using var torch = new TorchDescent(games, elementwise);
        var pairs = Paired.Measure(
            5, 1, () => OwnRate(games, steps, 1), () => games.Length * torchSteps / Paired.Seconds(() =>
        {
            for (var k = 0; k < torchSteps; k++)
            {
                torch.Step(test);
            }
        }));
        return new Row(name, Micro(pairs.Candidate), Micro(pairs.Baseline), pairs.Ratio, bound);
    }

    static Row Autograd(Theta[] games)
    {
        using var torch = new TorchAutogradDescent(games[0]);
        var pairs = Paired.Measure(5, 1, () => OwnRate(games, 200, 1), () => 200 / Paired.Seconds(() =>
        {
            for (var k = 0; k < 200; k++)
            {
                torch.Step();
            }
        }));
        return new Row(
            "(c) n = 10, TorchSharp autograd, game by game", Micro(pairs.Candidate), Micro(pairs.Baseline), pairs.Ratio,
            Bound.AtLeast(80));
    }

    /// <summary>What one step must move and compute, at the rates measured in this run, over what it takes.</summary>
    static IEnumerable<Row> Floors(Machine machine, Theta[] small, Theta[] large)
    {
        var vast = new[] { Theta.Draw(1, 0, 1000, 0.5, 8, HessianForm.Factor) with { Alpha = 25, Tolerance = 0 } };
        yield return Floor(
            "n = 10, lanes of 8 games: multiply-adds and sigmoids", small, 200, 0, 0, machine.CacheBytes, machine);
        yield return Floor(
            "n = 100, dense: triangle from cache", large[..1], 400, 0, 100 * 91 * 512, machine.CacheBytes, machine);
        yield return Floor(
            "(d) n = 1000, rank 8: factors from memory", vast, 40, 10, 1000.0 * 8 * 1000 * 8 + 4 * 8e6,
            machine.MemoryBytes, machine);
    }

    static Row Floor(
        string name, Theta[] games, int steps, int warm, double bytes, double bytesPerSecond, Machine machine)
    {
        double n = games[0].Count;
        var rank = games[0].Hessians.Rank;
        // A multiply-add per entry of H (two per entry of a factor), and a sigmoid per mask.
        var arithmetic = n * n * (rank == 0 ? n : 2 * rank) / machine.MultiplyAdds + n * n / machine.Sigmoids;
        var floor = Math.Max(arithmetic, bytes / bytesPerSecond);
        var seconds = Spread.Of([.. Enumerable.Range(0, 5).Select(_ => StepSeconds(games, steps, warm))]);
        var limit = arithmetic > bytes / bytesPerSecond ? "arithmetic" : $"{bytes / 1e6:0.0} MB";
        return new Row($"    floor, {name}", $"{seconds.Median * 1e6:0.00} us", $"{floor * 1e6:0.00} us {limit}",
            new Spread(seconds.Median / floor, seconds.Min / floor, seconds.Max / floor));
    }

    /// <summary>
    /// Seconds per game and step, without what is paid once per game where <paramref name="warm"/> steps measure it.
    /// </summary>
    static double StepSeconds(Theta[] games, int steps, int warm) => warm == 0
        ? 1 / OwnRate(games, steps, 1)
        : (Paired.Seconds(() => Own(games, steps, 1)) - Paired.Seconds(() => Own(games, warm, 1))) / games.Length / (
            steps - warm);

    static Row Memory()
    {
        double Bytes(int n)
        {
            var before = GC.GetTotalAllocatedBytes(true);
            var theta = Theta.Draw(1, 0, n, 0.5, 8, HessianForm.Factor) with { Alpha = 25, MaxSteps = 3 };
            EquilibriumSolver.Solve(theta, SolverKind.Descent);
            return GC.GetTotalAllocatedBytes(true) - before;
        }
        var (small, large) = (Bytes(500), Bytes(1000));
        return new Row(
            "(d) bytes allocated, rank 8: n = 1000 against n = 500", $"{large / 1e6:0} MB", $"{small / 1e6:0} MB",
            Spread.Of([large / small]), Bound.AtMost(4.2));
    }

    static Row Cores(Theta[] games)
    {
        var pairs = Paired.Measure(7, 1, () => OwnRate(games, 1000, 2), () => OwnRate(games, 1000, 1));
        return new Row(
            "(e) n = 10, 512 games: two cores against one", Micro(pairs.Candidate), Micro(pairs.Baseline), pairs.Ratio,
            Bound.AtLeast(1.8));
    }

    /// <summary>Steps of one game per second.</summary>
    static double OwnRate(Theta[] games, int steps, int cores) =>
        games.Length * steps / Paired.Seconds(() => Own(games, steps, cores));

    static EquilibriumPoint[] Own(Theta[] games, int steps, int cores) => EquilibriumSolver.Solve(
        games.Length, k => games[k] with { MaxSteps = steps }, SolverKind.Descent, cores, static (_, _) => { });

    /// <summary>Both sides make the same steps, or their times mean nothing.</summary>
    static void Agree(Theta[] games)
    {
        using var torch = new TorchDescent(games, elementwise: false);
        using var autograd = new TorchAutogradDescent(games[0]);
        for (var k = 0; k < 30; k++)
        {
            torch.Step(test: true);
            autograd.Step();
        }
        var own = Own(games, 30, 1).SelectMany(p => p.Weights).ToArray();
        var apart = own.Zip(torch.Weights, (a, b) => Math.Abs(a - b))
            .Concat(own.Zip(autograd.Weights, (a, b) => Math.Abs(a - b))).Max();
        if (apart > 1e-12)
        {
            throw new InvalidOperationException($"The baselines and the solver are {apart} apart after 30 steps.");
        }
    }

    static string Micro(Spread rate) => $"{1e6 / rate.Median:0.000} us/step";

    /// <summary>What one core of this machine can do, measured in this run.</summary>
    sealed record Machine(double MemoryBytes, double CacheBytes, double MultiplyAdds, double Sigmoids)
    {
        public static Machine Measure() => new(
            Best(() => ReadRate(32_000_000, 2)), Best(() => ReadRate(600_000, 60)), Best(MultiplyAddRate),
            Best(SigmoidRate));

        public IEnumerable<Row> Rows() =>
        [
            new("one core reads 256 MB, of memory", $"{MemoryBytes / 1e9:0.0} GB/s"),
            new("one core reads 4.8 MB, of cache", $"{CacheBytes / 1e9:0.0} GB/s"),
            new("one core multiplies and adds", $"{2 * MultiplyAdds / 1e9:0.0} Gflop/s"),
            new(
                "one core divides, and multiplies and adds 11 times, per double: a sigmoid",
                $"{Sigmoids / 1e9:0.00} G/s"),
        ];

        static double Best(Func<double> rate) => Enumerable.Range(0, 6).Max(_ => rate());

        static double ReadRate(int doubles, int times)
        {
            var memory = new double[doubles];
            double sum = 0;
            var seconds = Paired.Seconds(() =>
            {
                for (var k = 0; k < times; k++)
                {
                    sum += Read(memory);
                }
            });
            return sum == 0
                ? 8.0 * doubles * times / seconds
                : throw new InvalidOperationException("Zeros have a sum.");
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static double Read(double[] memory)
        {
            var (a, b, c, d) = (
                Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            for (nuint k = 0; k + 32 <= (nuint)memory.Length; k += 32)
            {
                a += Vector512.LoadUnsafe(ref memory[0], k);
                b += Vector512.LoadUnsafe(ref memory[0], k + 8);
                c += Vector512.LoadUnsafe(ref memory[0], k + 16);
                d += Vector512.LoadUnsafe(ref memory[0], k + 24);
            }
            return Vector512.Sum(a + b + c + d);
        }

        static double MultiplyAddRate()
        {
            const int Turns = 4_000_000;
            var seconds = Paired.Seconds(() => Chains(Turns));
            return 8.0 * 8 * Turns / seconds;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static double Chains(int turns)
        {
            var m = Vector512.Create(0.999);
            var (a, b, c, d, e, f, g, h) = (m, m, m, m, m, m, m, m);
            for (var k = 0; k < turns; k++)
            {
                (a, b, c, d) = (Vector512.FusedMultiplyAdd(a, m, m), Vector512.FusedMultiplyAdd(b, m, m),
                    Vector512.FusedMultiplyAdd(c, m, m), Vector512.FusedMultiplyAdd(d, m, m));
                (e, f, g, h) = (Vector512.FusedMultiplyAdd(e, m, m), Vector512.FusedMultiplyAdd(f, m, m),
                    Vector512.FusedMultiplyAdd(g, m, m), Vector512.FusedMultiplyAdd(h, m, m));
            }
            return Vector512.Sum(a + b + c + d + e + f + g + h);
        }

        static double SigmoidRate()
        {
            const int Turns = 1_000_000;
            var seconds = Paired.Seconds(() => Quotients(Turns));
            return 8.0 * 2 * Turns / seconds;
        }

        /// <summary>
        /// The operations of a sigmoid and no more, without memory: eleven multiply-adds and a division, two streams of
        /// them.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static double Quotients(int turns)
        {
            var m = Vector512.Create(0.999);
            var (a, b, c, d) = (m, m, m, m);
            var (p, q) = (m, m);
            for (var k = 0; k < turns; k++)
            {
                for (var f = 0; f < 5; f++)
                {
                    (a, b, c, d) = (Vector512.FusedMultiplyAdd(a, m, m), Vector512.FusedMultiplyAdd(b, m, m),
                        Vector512.FusedMultiplyAdd(c, m, m), Vector512.FusedMultiplyAdd(d, m, m));
                }
                (p, q) = (Vector512.FusedMultiplyAdd(p, m, m), Vector512.FusedMultiplyAdd(q, m, m));
                (p, q) = (p + m / a, q + m / c);
            }
            return Vector512.Sum(a + b + c + d + p + q);
        }
    }
}
