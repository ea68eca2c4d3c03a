using BitTensor.Actors.Neurons;
using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// A neuron as its peers and callers meet it: every query, answer and gradient ends in one counted outcome.
/// </summary>
public sealed class NeuronSpec
{
    const string Few =
        """
        version: 1
        name: few
        seed: 9
        duration: 10 blocks
        mechanism: { temperature: 0.5 }
        populations:
          - name: a
            count: 3
            model: { kind: quadratic }
            training: { iteration-interval: 2 s, reply-timeout: 1 s, step-cost: 10 ms }
            serving: { cost: 100 ms, open-queries: 2, remember: 3 s }
        """;

    [Fact]
    public void A_neuron_goes_on_without_the_peers_that_are_late_and_counts_what_comes_twice()
    {
        using var stage = new NeuronStage(Few, real: [0]);
        stage.OnHeard = (address, message) =>
        {
            if (message is Arrival<QueryMessage.Forward> { Message.Query: { Sequence: 0 } query })
            {
                // Neuron 1 answers at once and again; neuron 2 answers when nobody waits any more.
                foreach (var after in address == 1 ? [0.1, 0.2] : new[] { 1.1 })
                {
                    stage.Arrives(stage.Now + after, from: address, to: 0, Reply(query, address));
                }
            }
        };
        stage.Opens(0);
        stage.Until(3.9);
        var counts = stage.CountsOf(0);
        Assert.Equal(1, counts["forward-reply delivered/used"]);
        Assert.Equal(1, counts["forward-reply delivered/duplicate"]);
        Assert.Equal(1, counts["forward-reply delivered/late"]);
        Assert.Equal(1, counts["query answered"]);
        // The second iteration, of which nobody answers, may have begun.
        Assert.Equal(counts["query asked"] > 2 && counts["query missing"] > 1 ? 3 : 1, counts["query missing"]);
        Assert.Equal(new QueryId(0, 0), Assert.Single(stage.Heard<QueryMessage.Backward>(1)).Query);
        Assert.Empty(stage.Heard<QueryMessage.Backward>(2));
    }

    [Fact]
    public void A_refusal_ends_a_query_and_a_reply_that_cannot_be_used_does_too()
    {
        using var stage = new NeuronStage(Few, real: [0]);
        stage.OnHeard = (address, message) =>
        {
            if (message is Arrival<QueryMessage.Forward> { Message.Query: { Sequence: 0 } query })
            {
                if (address == 1)
                {
                    stage.Arrives(
                        stage.Now + 0.1, 1, 0, new QueryMessage.ForwardRefused(query, 1, ServingRefusal.Busy));
                }
                else
                {
                    stage.Arrives(
                        stage.Now + 0.1, 2, 0, new QueryMessage.ForwardReply(query, 2, new Tensor(1, 1, [float.NaN])));
                }
            }
        };
        stage.Opens(0);
        stage.Until(2);
        var counts = stage.CountsOf(0);
        Assert.Equal((1, 1), (counts["query refused-Busy"], counts["query unusable"]));
        Assert.Equal(
            (1, 1), (counts["forward-reply delivered/noted"], counts["forward-reply delivered/refused-NotFinite"]));
        Assert.False(counts.ContainsKey("query missing"));
    }

    [Fact]
    public void An_answer_carries_the_mask_of_its_caller()
    {
        using var stage = new NeuronStage(Few, real: [0]);
        var change = new RowChange(1, WeightRow.Dense([0.4, 0.3, 0.3]));
        stage.Market = stage.Market.Close([change]).Next;
        stage.Opens(0);
        stage.Arrives(0.1, 1, 0, Ask(1, 0));
        stage.Arrives(0.1, 2, 0, Ask(2, 0));
        stage.Until(1);
        var masks = new Masks(stage.Market);
        Assert.Equal((float)masks.Row(1)[0], Assert.Single(stage.Heard<QueryMessage.ForwardReply>(1)).Output.Values[0]);
        Assert.Equal((float)masks.Row(2)[0], Assert.Single(stage.Heard<QueryMessage.ForwardReply>(2)).Output.Values[0]);
        Assert.NotEqual(masks.Row(1)[0], masks.Row(2)[0]);
    }

    [Fact]
    public void A_query_that_cannot_be_answered_is_refused_by_name()
    {
        using var stage = new NeuronStage(Few, real: [0]);
        stage.Arrives(0, 1, 0, Ask(1, 0));
        stage.Opens(0.1);
        stage.Arrives(0.2, 2, 0, Ask(1, 1));
        stage.Arrives(0.3, 1, 0, new QueryMessage.Forward(new QueryId(1, 2), new Tensor(1, 2, [1, 1])));
        stage.Arrives(0.4, 1, 0, new QueryMessage.Forward(new QueryId(1, 3), new Tensor(0, 1, [])));
        stage.Arrives(
            0.5, 1, 0, new QueryMessage.Forward(new QueryId(1, 4), new Tensor(1, 1, [float.PositiveInfinity])));
        foreach (var sequence in new[] { 5, 6, 7 })
        {
            stage.Arrives(0.6, 1, 0, Ask(1, sequence));
        }
        stage.Until(1);
        Assert.Equal(
            [
                (0, ServingRefusal.NotReady), (2, ServingRefusal.BadShape), (3, ServingRefusal.BadShape),
                (4, ServingRefusal.NotFinite), (7, ServingRefusal.Busy),
            ],
            stage.Heard<QueryMessage.ForwardRefused>(1).Select(r => (r.Query.Sequence, r.Reason)));
        Assert.Equal([ServingRefusal.WrongCaller], stage.Heard<QueryMessage.ForwardRefused>(2).Select(r => r.Reason));
        Assert.Equal([5, 6], stage.Heard<QueryMessage.ForwardReply>(1).Select(r => r.Query.Sequence));
        var counts = stage.CountsOf(0);
        Assert.Equal(2, counts["forward delivered/answered"]);
        Assert.Equal(
            8, counts.Where(c => c.Key.StartsWith("forward delivered/", StringComparison.Ordinal)).Sum(c => c.Value));
    }

    [Fact]
    public void A_gradient_is_learned_from_once_by_whom_it_was_asked_and_not_for_long()
    {
        using var stage = new NeuronStage(Few, real: [0]);
        stage.Opens(0);
        foreach (var sequence in Enumerable.Range(0, 4))
        {
            stage.Arrives(0.1 + 0.2 * sequence, 1, 0, Ask(1, sequence));
        }
        // Two answered queries are remembered: 0 and 1 are forgotten.
        stage.Arrives(1.0, 1, 0, Learn(1, 0));
        stage.Arrives(1.0, 1, 0, Learn(1, 1));
        stage.Arrives(1.0, 2, 0, Learn(1, 2));
        stage.Arrives(1.1, 1, 0, Learn(1, 2));
        stage.Arrives(1.2, 1, 0, Learn(1, 2));
        stage.Arrives(1.3, 1, 0, Learn(1, 99));
        // Number 3 was answered at 0.8 and is remembered for 3 s.
        stage.Arrives(3.9, 1, 0, Learn(1, 3));
        stage.Arrives(4, 1, 0, Ask(1, 4));
        stage.Arrives(4.2, 1, 0, new QueryMessage.Backward(new QueryId(1, 4), new Tensor(1, 2, [1, 1])));
        stage.Until(5);
        var counts = stage.CountsOf(0);
        Assert.Equal(1, counts["backward delivered/trained"]);
        Assert.Equal(4, counts["backward delivered/forgotten"]);
        Assert.Equal(1, counts["backward delivered/duplicate"]);
        Assert.Equal(1, counts["backward delivered/refused-WrongCaller"]);
        Assert.Equal(1, counts["backward delivered/refused-BadShape"]);
    }

    [Fact]
    public void What_is_remembered_is_bounded_in_number_and_time_whatever_callers_do()
    {
        var open = new OpenQueries(capacity: 5, remember: TimeSpan.FromSeconds(3));
        OpenQuery Answered(int ms) => new(new Tensor(1, 1, [1]), 1, TimeSpan.FromMilliseconds(ms));
        for (var k = 0; k < 10_000; k++)
        {
            open.Add(new QueryId(k % 7, k % 11), Answered(k));
            Assert.True(open.Count <= 5);
        }
        // Answered again, it is as young as its last answer.
        open.Add(new QueryId(1, 1), Answered(20_000));
        open.Add(new QueryId(2, 2), Answered(21_000));
        open.Add(new QueryId(1, 1), Answered(22_000));
        Assert.Null(open.Take(new QueryId(2, 2), TimeSpan.FromMilliseconds(24_500)));
        Assert.Equal(
            TimeSpan.FromMilliseconds(22_000),
            open.Take(new QueryId(1, 1), TimeSpan.FromMilliseconds(24_500))?.AnsweredAt);
        Assert.Null(open.Take(new QueryId(1, 1), TimeSpan.FromMilliseconds(24_500)));
    }

    [Fact]
    public void A_query_that_comes_again_is_answered_once()
    {
        using var stage = new NeuronStage(Few, real: [0]);
        stage.Opens(0);
        foreach (var (second, sequence) in new[] { (0.1, 0), (0.2, 0), (0.4, 100), (0.5, 0), (0.6, 100) })
        {
            stage.Arrives(second, 1, 0, Ask(1, sequence));
        }
        stage.Until(1);
        Assert.Equal([0, 100], stage.Heard<QueryMessage.ForwardReply>(1).Select(r => r.Query.Sequence));
        var counts = stage.CountsOf(0);
        Assert.Equal((2, 1), (counts["forward delivered/duplicate"], counts["forward delivered/stale"]));
    }

    [Fact]
    public void A_window_knows_what_came_in_any_order_and_with_gaps() =>
        (from start in Gen.Long
         from steps in Gen.Int[-70, 70].Array[1, 200]
         select (start, steps)).Sample(way =>
        {
            var (window, seen, number) = (SeenWindow.Empty, new HashSet<long>(), way.start);
            foreach (var step in way.steps)
            {
                number = unchecked(number + step);
                if (number is > long.MaxValue - 1000 or < long.MinValue + 1000)
                {
                    return;
                }
                var stale = seen.Count > 0 && seen.Max() - number >= 64;
                Assert.Equal(
                    stale ? Sight.Stale : seen.Contains(number) ? Sight.Duplicate : Sight.Fresh, window.Look(number));
                window = window.With(number);
                seen.Add(number);
            }
        });

    [Fact]
    public void A_peer_that_answers_half_of_the_time_counts_for_half()
    {
        var evidence = new SlotEvidence(2);
        Assert.True(evidence.IsEmpty);
        for (var k = 0; k < 10; k++)
        {
            evidence.Begin();
            evidence.Add(0, lossGradient: -0.2, significance: 3);
            if (k % 2 == 0)
            {
                evidence.Add(1, lossGradient: -0.2, significance: 3);
            }
        }
        Assert.Equal([-0.2, -0.1], evidence.MeanGradient().Select(g => Math.Round(g, 12)));
        Assert.Equal([3, 1.5], evidence.MeanSignificance());
        evidence.Clear();
        Assert.True(evidence.IsEmpty);
    }

    static QueryMessage.Forward Ask(int caller, int sequence) =>
        new(new QueryId(caller, sequence), new Tensor(1, 1, [1]));

    static QueryMessage.ForwardReply Reply(QueryId query, int server) => new(query, server, new Tensor(1, 1, [0.5f]));

    static QueryMessage.Backward Learn(int caller, int sequence) =>
        new(new QueryId(caller, sequence), new Tensor(1, 1, [0.1f]));
}
