using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Parcels;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>Same seed, same bytes; other seed, other bytes.</summary>
public sealed class ReplaySpec
{
    [Fact]
    public void The_journal_is_the_same_on_any_number_of_cores_and_in_any_folder()
    {
        using var folder = new TemporaryFolder();
        var one = Stage.Run(Stage.Small, new RunOptions { Cores = 1, Folder = folder.Path });
        var two = Stage.Run(Stage.Small, new RunOptions { Cores = 2 });
        var many = Stage.Run(Stage.Small, new RunOptions { Cores = 7 });
        Assert.Equal(6, one.Blocks);
        Assert.Equal((one.JournalHash, one.AuditHash), (two.JournalHash, two.AuditHash));
        Assert.Equal((one.JournalHash, one.AuditHash), (many.JournalHash, many.AuditHash));
    }

    [Fact]
    public void Another_seed_is_another_journal() =>
        Assert.NotEqual(Stage.Run(Stage.Small).JournalHash, Stage.Run(Stage.Small, null, "seed=12").JournalHash);

    [Fact]
    public void Watching_changes_nothing()
    {
        var watched = Stage.Run(Stage.Small);
        var alone = Stage.Run(Stage.Small, null, "audit.every=never");
        Assert.Equal(watched.JournalHash, alone.JournalHash);
        Assert.NotEqual(watched.AuditHash, alone.AuditHash);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{ rate: 3 per block, for: 4 s, do: { action: crash, take: one } }]")]
    [InlineData("[{ rate: 3 per block, for: 4 s, do: { action: pause, take: one } }]")]
    [InlineData("[{ from: 3 blocks, until: 9 blocks, do: { action: crash, who: neurons 0-3 } }]")]
    [InlineData("[{ from: 3 blocks, until: 9 blocks, do: { action: pause, who: neurons 0-3 } }]")]
    [InlineData("[{ from: 3 blocks, until: 9 blocks, do: { action: leave, who: neurons 0-3 } }]")]
    [InlineData(
        "[{ rate: 1 per block, for: 2 blocks, do: { action: leave, take: one, lose-state: yes } }, { rate: 2 per "
        + "block, for: 5 s, do: { action: slow, factor: 20, take: one } }]")]
    public void What_is_counted_when_it_is_asked_for_is_what_somebody_who_looks_sees_happen(string timeline)
    {
        string[] overrides = [$"timeline={timeline}"];
        var alone = Stage.Run(Busy, null, overrides);
        var watched = new Looker();
        Assert.Equal(alone.JournalHash, Stage.Run(Busy, new RunOptions { Watch = watched }, overrides).JournalHash);
        Assert.True(watched.Lessons > 1000);
    }

    /// <summary>Quadratic neurons whose lessons take so long that many wait at a time.</summary>
    const string Busy =
        """
        version: 1
        name: busy
        seed: 3
        duration: 12 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - name: a
            count: 8
            model: { kind: quadratic }
            training: { iteration-interval: 1 s, reply-timeout: 900 ms, step-cost: 10 ms }
            serving: { cost: 60 ms }
        network: { default: { latency: { distribution: exponential, mean: 40 ms }, loss: 2%, duplicate: 2%, duplicate-delay: 50 ms } }
        audit: { every: never }
        """;

    sealed class Looker : RunObserver
    {
        public int Lessons { get; private set; }

        public override void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome) =>
            Lessons += outcome == ParcelOutcome.Trained ? 1 : 0;
    }

    [Theory]
    [InlineData("populations.honest.weights=significance")]
    [InlineData("populations.honest.weights=uniform")]
    [InlineData("populations.free-riding.strategy=self-weight")]
    [InlineData("topology={kind: random, degree: 2}")]
    [InlineData("data.split=dirichlet")]
    [InlineData("data.split=by-label")]
    [InlineData("data.split=sizes", "populations.free-riding.data-share=3")]
    [InlineData("data.set=synthetic")]
    [InlineData("mechanism.norm=l1")]
    [InlineData("mechanism.rule=trust")]
    [InlineData("mechanism.rule={kind: yuma, dividend: 0.2}")]
    [InlineData("mechanism.stake=share")]
    [InlineData("network.default.bandwidth=50 kB/s")]
    [InlineData("network.wire=bfloat16")]
    [InlineData("network.wire=int8")]
    [InlineData("populations.honest.training.optimizer=sgd")]
    public void Every_choice_of_a_scenario_changes_the_run_and_repeats(params string[] choices)
    {
        string[] overrides = ["duration=3 blocks", .. choices];
        var (a, b) = (Stage.Run(Stage.Small, null, overrides), Stage.Run(Stage.Small, null, overrides));
        Assert.Equal(a.JournalHash, b.JournalHash);
        Assert.NotEqual(Stage.Run(Stage.Small, null, "duration=3 blocks").JournalHash, a.JournalHash);
    }
}
