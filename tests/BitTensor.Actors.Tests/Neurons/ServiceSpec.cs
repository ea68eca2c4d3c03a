using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Protocol;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// What a serving neuron does when more is wanted of it than it can do, and what a caller does who is refused.
/// </summary>
public sealed class ServiceSpec
{
    [Fact]
    public void So_many_are_served_at_a_time_so_many_wait_and_the_others_are_refused()
    {
        var stage = new Queue(new ServiceLimits(Workers: 2, Queue: 1, Timeout: null, ByStake: false));
        stage.Come(0, "a", 1);
        stage.Come(0, "b", 1);
        stage.Come(0, "c", 1);
        stage.Come(0, "d", 9);
        Assert.Equal(["begin a", "begin b", "Busy d"], stage.Said);
        stage.Done(1);
        stage.Done(1);
        stage.Done(1);
        stage.Come(2, "e", 1);
        Assert.Equal(["begin c", "begin e"], stage.Said[3..]);
    }

    [Fact]
    public void Who_waits_too_long_is_refused_when_that_is_noticed()
    {
        var stage = new Queue(new ServiceLimits(1, 3, TimeSpan.FromSeconds(2), ByStake: false));
        stage.Come(0, "a", 1);
        stage.Come(0, "b", 1);
        stage.Come(2, "c", 1);
        stage.Done(2.5);
        Assert.Equal(["begin a", "TimedOut b", "begin c"], stage.Said);
    }

    [Fact]
    public void Stake_comes_first_and_takes_the_room_of_less()
    {
        var stage = new Queue(new ServiceLimits(1, 2, null, ByStake: true));
        stage.Come(0, "a", 1);
        stage.Come(0, "low", 2);
        stage.Come(0, "lower", 1);
        stage.Come(0, "equal", 1);
        stage.Come(0, "high", 3);
        stage.Done(1);
        stage.Done(2);
        Assert.Equal(["begin a", "Busy equal", "Outbid lower", "begin high", "begin low"], stage.Said);
    }

    [Fact]
    public void Who_crashes_forgets_who_waits()
    {
        var stage = new Queue(new ServiceLimits(1, 2, null, ByStake: false));
        stage.Come(0, "a", 1);
        stage.Come(0, "b", 1);
        Assert.Equal(1, stage.Clear());
        stage.Come(1, "c", 1);
        Assert.Equal(["begin a", "begin c"], stage.Said);
    }

    [Fact]
    public void A_peer_without_room_is_spared_for_longer_and_longer_until_it_answers()
    {
        var backOff = new BackOff(2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        double SparedFor(double from)
        {
            backOff.Refused(0, TimeSpan.FromSeconds(from));
            return Enumerable.Range(0, 100)
                .First(k => !backOff.Spares(0, TimeSpan.FromSeconds(from + k / 10.0))) / 10.0;
        }
        Assert.Equal([1, 2, 4, 5, 5], [SparedFor(0), SparedFor(10), SparedFor(20), SparedFor(30), SparedFor(40)]);
        Assert.False(backOff.Spares(1, TimeSpan.FromSeconds(0.5)));
        backOff.Answered(0);
        Assert.Equal(1, SparedFor(50));
        var never = new BackOff(1, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        never.Refused(0, TimeSpan.Zero);
        Assert.False(never.Spares(0, TimeSpan.Zero));
    }

    /// <summary>A queue that says what it does.</summary>
    sealed class Queue
    {
        readonly List<string> _said = [];
        readonly ServiceQueue<string> _queue;

        public Queue(ServiceLimits limits) =>
            _queue = new ServiceQueue<string>(
                limits, name => _said.Add($"begin {name}"), (name, reason) => _said.Add($"{reason} {name}"));

        public List<string> Said => _said;

        public void Come(double second, string name, double bid) =>
            _queue.Offer(name, bid, TimeSpan.FromSeconds(second));

        public void Done(double second) => _queue.Done(TimeSpan.FromSeconds(second));

        public int Clear()
        {
            var waited = _queue.TakeWaiting().Count;
            _queue.Clear();
            return waited;
        }
    }
}
