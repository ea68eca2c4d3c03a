using System.Text.Json;
using BitTensor.Reports;
using Xunit;

namespace BitTensor.Studies.Tests;

/// <summary>What the runs of the study of regret on a network are made to say.</summary>
public sealed class RegretNetworkSpec
{
    static readonly RegretNetwork Study = new(["honest", "zeros", "leave"], firstSeed: 7, seeds: 3, alpha: 10, tau: 1);

    [Fact]
    public void The_gain_is_the_mean_over_the_seeds_in_which_the_loss_is_known_in_both_runs()
    {
        var row = Row("zeros", [4, null, 7], [2, 2, 3]);
        Assert.Equal((2 + 4) / 2.0, row.OthersLoss!.Value.Mean);
        Assert.Equal(0, row.StakeShare!.Value.Mean);
    }

    [Fact]
    public void A_loss_that_no_seed_has_is_missing_and_not_a_number()
    {
        Assert.Null(Row("zeros", [null, null, null], [2, 2, 2]).OthersLoss);
        Assert.Null(Row("zeros", [4, 4, 4], [null, null, null]).OthersLoss);
        Assert.Matches(@"zeros .* -\n", Text([null, null, null]));
    }

    [Fact]
    public void A_loss_that_diverged_in_one_seed_is_not_left_out()
    {
        var row = Row("zeros", [4, double.NaN, 7], [2, 2, 3]);
        Assert.Equal(new MeanInterval(double.NaN, double.NaN, double.NaN), row.OthersLoss);
        Assert.Matches(@"zeros .* NaN\n", Text([4, double.NaN, 7]));
    }

    [Fact]
    public void A_deviation_whose_neuron_never_trained_comes_last()
    {
        RegretRun[] runs =
        [
            .. Runs(0, [2, 2, 2]), .. Runs(1, [2, 2, 2]).Select(r => r with { Loss = null }), .. Runs(2, [2, 2, 2]),
        ];
        Assert.Equal(["leave", "zeros"], Study.Rows(runs).Select(r => r.Name));
        Assert.Null(Study.Rows(runs)[1].Payoff);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.0)]
    public void A_run_comes_back_from_its_line_with_the_loss_as_it_was(double? loss)
    {
        var run = Runs(1, [loss, loss, loss])[0];
        var line = JsonSerializer.Serialize(run, NetworkRegretJson.Default.RegretRun);
        Assert.Equal(run, JsonSerializer.Deserialize(line, NetworkRegretJson.Default.RegretRun));
    }

    static RegretRow Row(string name, double?[] deviating, double?[] honest) =>
        Study.Rows([.. Runs(0, honest), .. Runs(1, deviating), .. Runs(2, honest)]).Single(r => r.Name == name);

    static string Text(double?[] deviating) =>
        RegretReport.Text(Study, [.. Runs(0, [2, 2, 3]), .. Runs(1, deviating), .. Runs(2, [2, 2, 3])]);

    static RegretRun[] Runs(int deviation, double?[] othersLoss) =>
    [
        .. othersLoss.Select((loss, k) => new RegretRun(
            deviation * othersLoss.Length + k, Study.SeedOf(k), "", Loss: 1, Rank: 0.25, StakeShare: 0.5, loss)),
    ];
}
