using System.Text.Json;
using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>
/// A theta of the user's own is solved exactly as the format says: against a plain loop that shares no code with the
/// solver.
/// </summary>
public sealed class OwnGameSpec : IDisposable
{
    readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    /// <summary>
    /// A theta as a user might write one: unequal stake, correlated Hessians of low rank, random rows.
    /// </summary>
    sealed record Theta(
        double Alpha, double Tau, double Lambda, double Temperature, string Reference, int MaxSteps, double Tolerance,
        double[] Stake, double[][] Weights, double[][][] Hessians)
    {
        public static Theta Draw(int n, string reference, double alpha, int maxSteps, double tolerance)
        {
            var dice = new RandomStream(11, "own-game", n);
            double[] Vector(Func<double> draw) => [.. Enumerable.Range(0, n).Select(_ => draw())];
            double[][] Matrix(int columns) =>
                [
                    .. Enumerable.Range(0, n)
                        .Select(_ => Enumerable.Range(0, columns).Select(_ => dice.NextNormal()).ToArray()),
                ];
            double[][] Psd(double[][] a) =>
                [.. a.Select(x => a.Select(y => x.Zip(y, (p, q) => p * q).Sum() / (n * a[0].Length)).ToArray())];
            double[] Row(double[] v) => [.. v.Select(x => x / v.Sum())];
            return new Theta(
                alpha, 0.7, 0.02, 0.4, reference, maxSteps, tolerance, Vector(() => 0.5 + dice.NextDouble()),
                [.. Enumerable.Range(0, n).Select(_ => Row(Vector(dice.NextDouble)))],
                [.. Enumerable.Range(0, n).Select(_ => Psd(Matrix(1 + (n / 2))))]);
        }

        public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
    }

    static (double[][] W, int Steps, bool Converged, double Residual) Iterate(Theta t)
    {
        var n = t.Stake.Length;
        var w = t.Weights.Select(r => (double[])r.Clone()).ToArray();
        double[][] Masks(double[][] at) => [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j =>
        {
            var mu = 0.0;
            for (var k = 0; k < n; k++)
            {
                mu += t.Stake[k] * at[k][j] / n;
            }
            return 1 / (1 + Math.Exp((mu - t.Stake[i] * at[i][j]) / t.Temperature));
        }).ToArray())];
        var first = Masks(w);
        for (var step = 0; ; step++)
        {
            var m = Masks(w);
            var d = new double[n][];
            for (var i = 0; i < n; i++)
            {
                d[i] = new double[n];
                for (var j = 0; j < n; j++)
                {
                    var pull = 0.0;
                    for (var k = 0; k < n; k++)
                    {
                        var reference = t.Reference == "connected" ? 1 : t.Reference == "initial" ? first[i][k] : 0;
                        pull += t.Hessians[i][j][k] * (m[i][k] - reference);
                    }
                    // The loss is (m - ref)' H (m - ref), or -1/2 m' H m where it is read as a gain.
                    var slope = (t.Reference == "gain" ? -pull : 2 * pull) * m[i][j] * (1 - m[i][j]) * t.Stake[i]
                        * (1 - 1.0 / n) / t.Temperature;
                    d[i][j] = -t.Alpha / t.Tau * slope + (i == j ? t.Stake[i] / n : 0);
                }
            }
            double[] Moved(int i, double by) => Nearest([.. w[i].Zip(d[i], (x, y) => x + by * y)]);
            var residual = Enumerable.Range(0, n).Max(i => Moved(i, 1).Zip(w[i], (x, y) => Math.Abs(x - y)).Max());
            if (residual <= t.Tolerance || step == t.MaxSteps)
            {
                return (w, step, residual <= t.Tolerance, residual);
            }
            w = [.. Enumerable.Range(0, n).Select(i => Moved(i, t.Lambda))];
        }
    }

    /// <summary>Projection on the simplex by bisection for the shift.</summary>
    static double[] Nearest(double[] v)
    {
        var (low, high) = (v.Min() - 1, v.Max());
        for (var k = 0; k < 200; k++)
        {
            var middle = (low + high) / 2;
            (low, high) = v.Sum(x => Math.Max(0, x - middle)) > 1 ? (middle, high) : (low, middle);
        }
        return [.. v.Select(x => Math.Max(0, x - high))];
    }

    [Theory]
    [InlineData(3, "connected", 30, 20000, 1e-7)]
    [InlineData(7, "connected", 8, 1500, 1e-9)]
    [InlineData(12, "connected", 40, 700, 1e-8)]
    [InlineData(6, "initial", 20, 1500, 1e-7)]
    [InlineData(6, "gain", 20, 1500, 1e-7)]
    [InlineData(5, "connected", 0, 5000, 0)]
    public void It_ends_where_plain_iteration_ends(
        int n, string reference, double alpha, int maxSteps, double tolerance)
    {
        var theta = Theta.Draw(n, reference, alpha, maxSteps, tolerance);
        var expected = Iterate(theta);
        _bench.Write("game.json", theta.ToJson());
        var scenario = _bench.Write(
            "own.yaml", "version: 1\nname: own\nkind: equilibrium\nseed: 1\ntheta: game.json\n");
        Assert.Equal(0, _bench.Bta("run", scenario, "--out", _bench.At("run")));
        var trial = Assert.Single(_bench.Results("run").GetProperty("trials").EnumerateArray());
        Assert.Equal(theta.Alpha / theta.Tau, trial.GetProperty("alphaOverTau").GetDouble());
        Assert.Equal(expected.Converged, trial.GetProperty("converged").GetBoolean());
        Assert.InRange(trial.GetProperty("steps").GetInt32(), expected.Steps - 1, expected.Steps + 1);
        Assert.Equal(expected.Residual, trial.GetProperty("residual").GetDouble(), 1e-7);
        var weights = trial.GetProperty("weights").EnumerateArray()
            .Select(r => r.EnumerateArray().Select(w => w.GetDouble()).ToArray()).ToArray();
        for (var i = 0; i < n; i++)
        {
            Assert.All(weights[i].Zip(expected.W[i]), p => Assert.Equal(p.Second, p.First, 1e-7));
        }
        double[] Vector(string key) => [.. trial.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];
        for (var j = 0; j < n; j++)
        {
            Assert.Equal(
                Enumerable.Range(0, n).Sum(i => theta.Stake[i] * expected.W[i][j]) / n, Vector("rank")[j], 1e-7);
            Assert.Equal(Enumerable.Range(0, n).Sum(i => theta.Hessians[i][j][j]) / n, Vector("idealRank")[j], 1e-12);
        }
        Assert.True(trial.GetProperty("exploitability").GetDouble() >= 0);
        Assert.True(alpha > 0 || weights.Select((row, i) => row[i]).All(w => w == 1));
    }

    [Fact]
    public void A_game_that_ran_out_of_steps_says_so()
    {
        var theta = Theta.Draw(4, "connected", 20, 3, 1e-9);
        _bench.Write("game.json", theta.ToJson());
        var scenario = _bench.Write(
            "own.yaml",
            "version: 1\nname: own\nkind: equilibrium\nseed: 1\ntheta: game.json\nexpect:\n  - property: converged >= "
            + "1\n");
        Assert.Equal(1, _bench.Bta("run", scenario, "--out", _bench.At("run")));
        var trial = _bench.Results("run").GetProperty("trials")[0];
        Assert.Equal(
            (false, 3, "StepLimit"),
            (
                trial.GetProperty("converged").GetBoolean(), trial.GetProperty("steps").GetInt32(),
                trial.GetProperty("outcome").GetString()));
        Assert.Contains("FAIL", _bench.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_faulty_game_is_refused_and_leaves_nothing()
    {
        var theta = Theta.Draw(4, "connected", 20, 3, 1e-9);
        theta.Hessians[3][1][2] += 0.5;
        _bench.Write("game.json", theta.ToJson());
        var scenario = _bench.Write(
            "own.yaml", "version: 1\nname: own\nkind: equilibrium\nseed: 1\ntheta: game.json\n");
        foreach (var command in new[] { "run", "check" })
        {
            Assert.Equal(65, _bench.Bta(command, scenario));
            var said = _bench.Output + _bench.Errors;
            Assert.Contains("game.json:1:", said, StringComparison.Ordinal);
            Assert.Contains("BTA044", said, StringComparison.Ordinal);
            Assert.Contains("hessians[3]", said, StringComparison.Ordinal);
        }
        Assert.Equal(
            ["game.json", "own.yaml"],
            Directory.EnumerateFileSystemEntries(_bench.Folder).Select(f => Path.GetFileName(f)).Order());
    }

    [Fact]
    public void The_shipped_game_runs_again_from_its_folder()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "scenarios", "paper", "theta.yaml");
        Assert.Equal(0, _bench.Bta("run", shipped, "--out", _bench.At("run")));
        Assert.Equal(0, _bench.Bta("run", _bench.At("run", "scenario.yaml"), "--out", _bench.At("again")));
        Assert.Equal(
            File.ReadAllText(_bench.At("run", "equilibrium.json")),
            File.ReadAllText(_bench.At("again", "equilibrium.json")));
        Assert.Equal(0, _bench.Bta("run", shipped, "--out", _bench.At("fast"), "--set", "solver=accelerated"));
        double[] Weights(string run) =>
            [
                .. _bench.Results(run).GetProperty("trials")[0].GetProperty("weights").EnumerateArray()
                    .SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble())),
            ];
        Assert.All(Weights("run").Zip(Weights("fast")), p => Assert.Equal(p.First, p.Second, 1e-6));
    }
}
