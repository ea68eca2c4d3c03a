using BitTensor.Actors.Run;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>Every message sent ends in exactly one counted outcome, in both times, on good networks and bad.</summary>
public sealed class AccountingSpec
{
    const string Crowd =
        """
        version: 1
        name: crowd
        seed: 2
        duration: 8 blocks
        mechanism: { temperature: 0.1 }
        populations:
          - name: honest
            count: 6
            model: { kind: quadratic }
            training: { iteration-interval: 1 s }
          - { name: free-riding, count: 2, strategy: free-ride, model: { kind: quadratic } }
        network: { default: { latency: { distribution: exponential, mean: 80 ms }, loss: 2% } }
        audit: { every: never }
        """;

    [Theory]
    [InlineData("")]
    [InlineData("", "network.default.loss=60%")]
    [InlineData("", "network.default.loss=100%")]
    [InlineData("forward-reply delivered/late", "populations.honest.training.reply-timeout=40 ms")]
    [InlineData("backward delivered/forgotten", "populations.honest.serving.remember=10 ms")]
    [InlineData("forward delivered/refused-Busy", "populations.honest.serving={open-queries: 1, cost: 200 ms}")]
    [InlineData("iteration skipped", "populations.honest.training={iteration-interval: 300 ms, step-cost: 900 ms}")]
    [InlineData("", "network.default.bandwidth=400 B/s")]
    [InlineData("submission delivered/refused-StaleBlock", "network.default.latency=12 s")]
    [InlineData("forward sent/duplicated", "network.default.duplicate=30%")]
    [InlineData("backward delivered/duplicate", "network.default.duplicate=30%")]
    [InlineData("submission delivered/duplicate", "network.default.duplicate=100%")]
    [InlineData("receipt delivered/duplicate", "network.default.duplicate=100%")]
    [InlineData("forward-reply dropped/corrupted", "network.default.corrupt=30%")]
    [InlineData("submission delivered/refused-BadSignature", "network.default.corrupt=100%")]
    [InlineData("backward sent/replayed", "network.default.replay=30%")]
    [InlineData("forward delivered/duplicate", "network.default.replay=30%")]
    [InlineData("submission delivered/refused-StaleBlock", "network.default.replay=30%")]
    [InlineData("forward delivered/refused-Busy", "populations.honest.serving={workers: 2, queue: 1, cost: 200 ms}")]
    [InlineData("backward delivered/refused-Busy", "populations.honest.serving={workers: 1, queue: 1, cost: 200 ms}")]
    [InlineData(
        "query refused-TimedOut", "populations.honest.serving={workers: 1, queue: 100, timeout: 300 ms, cost: 200 ms}")]
    [InlineData(
        "query refused-Outbid", "populations.honest.serving={workers: 1, queue: 2, cost: 200 ms, admission: stake}")]
    [InlineData("forward-reply delivered/late", "populations.honest.training.k-min=3")]
    [InlineData(
        "back-off spared", "populations.honest.serving={workers: 1, queue: 1, cost: 200 ms}",
        "populations.honest.training.back-off=2 s")]
    [InlineData("", "network.default={duplicate: 20%, corrupt: 20%, replay: 20%, reorder: 20%, loss: 20%}")]
    public void Sent_is_delivered_plus_dropped_and_nothing_is_left_on_its_way(
        string expected, params string[] overrides)
    {
        var counts = Counts(Stage.Read(Crowd, overrides), new RunOptions());
        AssertBalanced(counts);
        Assert.True(expected.Length == 0 || counts.GetValueOrDefault(expected) > 0, $"no {expected}");
        Assert.True(counts["forward sent"] > 100);
    }

    [Fact]
    public void Trained_models_and_an_interrupted_run_balance_too()
    {
        using var source = new CancellationTokenSource();
        var blocks = 0L;
        var options = new RunOptions
        {
            Progress = happened =>
            {
                if (happened is RunProgress.BlockDone { Block.Height: 2 })
                {
                    source.Cancel();
                }
            },
        };
        void Judge(RunResult result)
        {
            Assert.True(result.Interrupted);
            blocks = result.Blocks;
        }
        var counts = Counts(Stage.Read(Stage.Small, "duration=1000 blocks"), options, Judge, source.Token);
        Assert.InRange(blocks, 3, 6);
        AssertBalanced(counts);
        Assert.True(counts["backward delivered/trained"] > 100);
        Assert.True(counts["backward delivered/ignored"] > 10);
    }

    static void AssertBalanced(SortedDictionary<string, long> counts)
    {
        foreach (var kind in new[] { "forward", "forward-reply", "backward", "submission", "receipt" })
        {
            var sent = counts.Where(c => c.Key.StartsWith($"{kind} sent", StringComparison.Ordinal)).Sum(c => c.Value);
            var ended = counts.Where(c => c.Key.StartsWith($"{kind} d", StringComparison.Ordinal)).Sum(c => c.Value);
            Assert.True(sent == ended, $"{kind}: {sent} sent, {ended} ended\n{string.Join('\n', counts)}");
        }
        Assert.DoesNotContain(counts.Keys, k => k.Contains("in-flight", StringComparison.Ordinal));
        Assert.All(counts.Values, v => Assert.True(v > 0));
        var asked = counts["query asked"];
        Assert.Equal(
            asked, counts.Where(c => c.Key.StartsWith("query ", StringComparison.Ordinal)).Sum(c => c.Value) - asked);
        // What is asked is what is sent, and every receipt has its submission.
        Assert.Equal(asked, counts["forward sent"]);
        Assert.Equal(
            counts.Where(c => c.Key.StartsWith("submission delivered/", StringComparison.Ordinal)
                && c.Key != "submission delivered/duplicate").Sum(c => c.Value),
            counts.GetValueOrDefault("receipt sent"));
    }

    static SortedDictionary<string, long> Counts(
        Scenarios.Scenario scenario, RunOptions options, Action<RunResult>? judge = null,
        CancellationToken interrupt = default)
    {
        using var folder = new TemporaryFolder();
        var result = EmulationRun.Execute(scenario, options with { Folder = folder.Path }, interrupt);
        judge?.Invoke(result);
        Assert.Null(LedgerVerifier.Verify(folder.Ledger).Problem);
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var traffic in JournalReader.Read(folder.File(RunFolder.JournalFile))
            .OfType<JournalRecord.TrafficCounted>())
        {
            counts[$"{traffic.Kind} {traffic.Outcome}"] =
                counts.GetValueOrDefault($"{traffic.Kind} {traffic.Outcome}") + traffic.Count;
        }
        return counts;
    }
}
