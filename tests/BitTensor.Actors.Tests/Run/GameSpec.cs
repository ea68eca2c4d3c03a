using System.Globalization;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Mechanism;
using BitTensor.Plans;
using BitTensor.Records;
using BitTensor.Scenarios;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Actors.Tests;

/// <summary>
/// The live network against plain iteration of the game it plays: equations (15) and (16) on matrices.
/// </summary>
public sealed class GameSpec(ITestOutputHelper output)
{
    public static TheoryData<int> Seeds => LongStories.Wanted ? [5, 7, 10] : [5, 7];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_live_quadratic_network_ends_where_the_formula_ends(int seed)
    {
        using var folder = new TemporaryFolder();
        var scenario = Stage.Read(Stage.Game, string.Create(CultureInfo.InvariantCulture, $"seed={seed}"));
        EmulationRun.Execute(scenario, new RunOptions { Folder = folder.Path });
        var live = LastRows(folder.Ledger);
        var plain = Iterate(scenario, scenario.Blocks);

        var (largest, settled, interior) = (0.0, 0.0, 0);
        var before = Iterate(scenario, scenario.Blocks - 20);
        for (var i = 0; i < live.Length; i++)
        {
            for (var j = 0; j < live.Length; j++)
            {
                largest = Math.Max(largest, Math.Abs(live[i][j] - plain.Row(i)[j]));
                interior += plain.Row(i)[j] is > 0.01 and < 0.99 ? 1 : 0;
                settled = Math.Max(settled, Math.Abs(plain.Row(i)[j] - before.Row(i)[j]));
            }
        }
        output.WriteLine($"largest difference {largest}; {interior} weights inside (0, 1); the formula's last 20 "
            + $"blocks by {settled}");
        Assert.True(interior > 20, $"only {interior} weights are inside (0, 1): a corner is no comparison");
        Assert.True(settled < 1e-3, $"the formula still moves W by {settled} in 20 blocks");
        Assert.True(largest < 1e-2, $"the live network ends {largest} away from the formula");
    }

    [Fact]
    public void The_audit_tells_how_far_a_network_is_from_the_formula_s_equilibrium()
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Stage.Game, "audit.every=400 blocks"), new RunOptions { Folder = folder.Path });
        var distances = JournalReader.Read(folder.File("journal.jsonl")).OfType<JournalRecord.Audited>()
            .GroupBy(a => a.Block).ToDictionary(g => g.Key, g => g.Max(a => a.EquilibriumDistance!.Value));
        output.WriteLine(string.Join(", ", distances));
        Assert.True(distances[0] > 0.1, "everybody starts at the equilibrium: nothing is shown");
        Assert.InRange(distances[400], 0, distances[0] / 2);
        Assert.InRange(distances[800], 0, 0.01);

        var none = Stage.Read(Stage.Game, "duration=2 blocks", "audit.every=1 block", "mechanism.emission=on");
        using var other = new TemporaryFolder();
        EmulationRun.Execute(none, new RunOptions { Folder = other.Path });
        Assert.All(
            JournalReader.Read(other.File("journal.jsonl")).OfType<JournalRecord.Audited>(),
            a => Assert.Null(a.EquilibriumDistance));
    }

    /// <summary>
    /// Figure 5 live: the ledger's tau against the formula's, computed here with nothing of the controller. The live
    /// rows follow the formula's with a delay of a block.
    /// </summary>
    [Fact]
    public void A_live_network_moves_tau_as_figure_5_does()
    {
        using var folder = new TemporaryFolder();
        var scenario = Stage.Read(
            Stage.Game, "duration=900 blocks", "mechanism.temperature=1", "mechanism.step=0.1", "mechanism.epsilon=1",
            "mechanism.tau={ adaptive: { target: 1, integral: 1e-2 } }", "populations.honest.model.sigma=0.5",
            "populations.honest.initial-weights=random");
        EmulationRun.Execute(scenario, new RunOptions { Folder = folder.Path });
        Assert.True(LedgerVerifier.Verify(folder.Ledger).Ok);
        using var reader = LedgerReader.Open(folder.Ledger);
        double[] live = [.. reader.Blocks().Select(b => b.Tau)];
        var plain = PlainTau(scenario, live.Length);
        var farthest = live.Zip(plain, (a, b) => Math.Abs(Math.Log(a / b))).Max();
        output.WriteLine(
            $"tau {live[0]} to {live.Max()} to {live[^1]}, the formula's {plain[^1]}; farthest {farthest} in ln tau");
        Assert.Equal(1e-3, live[0]);
        Assert.True(live.Max() > 50 * live[0], "tau hardly moves: nothing is shown");
        Assert.True(farthest < 0.1, $"{farthest}");
        Assert.InRange(live[^1] / plain[^1], 0.99, 1.01);
        Assert.InRange(LastRows(folder.Ledger).Select((row, i) => row[i]).Average(), 0.49, 0.51);
    }

    static double[] PlainTau(Scenario scenario, int blocks)
    {
        var plans = Roster.Draw(scenario);
        var models = new ModelFactory(scenario, plans);
        var first = FirstState.Of(scenario, plans);
        var (rows, p, n) = (first.Rows, scenario.Mechanism, plans.Length);
        double Ratio() => rows.Select((row, i) => row[i]).Sum() is var own ? own / (n - own) : 0;
        var tau = new double[blocks];
        var (now, before) = (1e-3, -Math.Log(Ratio()));
        for (var block = 0; block < blocks; block++)
        {
            tau[block] = now;
            var masks = new Masks(Market.Genesis(rows, first.Stake, p));
            WeightRow Moved(int i)
            {
                var loss = models.LossOf(plans[i], (ModelSpec.Quadratic)plans[i].Population.Model);
                var (at, gradient) = (masks.Row(i), loss.Gradient(masks.Row(i)));
                var to = rows[i].Values.ToArray();
                for (var k = 0; k < to.Length; k++)
                {
                    var slope = gradient[k] * at[k] * (1 - at[k]) * first.Stake[i] * (1 - 1.0 / n) / p.Temperature;
                    var own = rows[i].Targets[k] == i ? now / p.Alpha * first.Stake[i] / n : 0;
                    to[k] += p.Step * 10 * (own - slope);
                }
                return rows[i].With(Simplex.Bounded(rows[i].Values, Simplex.Project(to), p.Epsilon));
            }
            rows = [.. plans.Select(plan => Moved(plan.Id))];
            var error = -Math.Log(Ratio());
            now = Math.Clamp(now * Math.Exp(error - before + 1e-2 * error), 1e-3, 10);
            before = error;
        }
        return tau;
    }

    static WeightRow[] LastRows(string ledger)
    {
        using var reader = LedgerReader.Open(ledger);
        var rows = reader.Header.Neurons.Select(n => n.Row).ToArray();
        foreach (var entry in reader.Blocks().SelectMany(b => b.Submissions).Where(e => e.Refused is null))
        {
            rows[entry.Submission.Neuron] = entry.Submission.Row;
        }
        return rows;
    }

    /// <summary>Everybody at once, with exact gradients of the whole market: no message, no delay.</summary>
    static Market Iterate(Scenario scenario, int blocks)
    {
        var plans = Roster.Draw(scenario);
        var models = new ModelFactory(scenario, plans);
        var losses = plans.Select(p => models.LossOf(p, (ModelSpec.Quadratic)p.Population.Model)).ToArray();
        var parameters = scenario.Mechanism;
        var first = FirstState.Of(scenario, plans);
        var market = Market.Genesis(first.Rows, first.Stake, parameters);
        for (var block = 0; block < blocks; block++)
        {
            var masks = new Masks(market);
            var changes = plans.Select(p => new RowChange(p.Id, Next(market, losses[p.Id], p.Id, masks.Row(p.Id))));
            market = market.Close([.. changes]).Next;
        }
        return market;
    }

    static WeightRow Next(Market market, QuadraticLoss loss, int i, double[] masks)
    {
        var (row, n, p) = (market.Row(i), market.Count, market.Parameters);
        var lossGradient = loss.Gradient(masks)
            .Select((g, k) => g * Masking.MaskDerivative(masks[k], market.Stake[i], n, p.Temperature));
        var gradient = Payoff.Gradient(i, row.Targets, lossGradient.ToArray(), market.Stake[i], n, p.Alpha, p.Tau);
        return row.With(Simplex.Bounded(row.Values, Simplex.Step(row.Values, gradient, p.Step), p.Epsilon));
    }
}
