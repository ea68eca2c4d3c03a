using BitTensor.Protocol;
using BitTensor.Transport;
using Xunit;
using Xunit.Abstractions;

namespace BitTensor.Protocol.Tests;

/// <summary>Two nodes and the link between them, in one process over loopback.</summary>
public sealed class TransportLinkSpec(ITestOutputHelper output)
{
    [Fact]
    public async Task Messages_arrive_once_in_order_and_whole()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var link = a.LinkTo(b);
        var large = new QueryMessage.Forward(
            new QueryId(0, 1), new Tensor(512, 700, [.. Enumerable.Range(0, 512 * 700).Select(k => (float)k)]));
        Assert.Equal(SendOutcome.Queued, link.Send(new LedgerMessage.SubmissionAccepted(3, 4), to: 7, from: 5));
        Assert.Equal(SendOutcome.Queued, link.Send(large));
        Assert.Equal(SendOutcome.Queued, link.Send(new LedgerMessage.SubmissionAccepted(5, 6)));
        var first = await b.Next();
        Assert.Equal(("a", 7, 5), (first.Node, first.To, first.From));
        Assert.Equal(new LedgerMessage.SubmissionAccepted(3, 4), first.Message);
        Assert.Equal(large.Batch, ((QueryMessage.Forward)(await b.Next()).Message).Batch);
        Assert.Equal(new LedgerMessage.SubmissionAccepted(5, 6), (await b.Next()).Message);
    }

    [Fact]
    public async Task No_more_is_on_its_way_than_the_receiver_has_room_for()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var link = a.LinkTo(b);
        var large = new QueryMessage.Forward(new QueryId(0, 1), new Tensor(1024, 1024, new float[1024 * 1024]));
        var queued = 0;
        while (link.Send(large) == SendOutcome.Queued)
        {
            queued++;
        }
        Assert.Equal(WireLimits.WindowBytes / large.Batch.Bytes - 1, queued);
        for (var k = 0; k < queued; k++)
        {
            (await b.Next()).Consumed();
        }
        // Consumed, so there is room again; the grant is on its way, a refusal until it is here is no error.
        while (link.Send(large) != SendOutcome.Queued)
        {
            await Task.Yield();
        }
        Assert.IsType<QueryMessage.Forward>((await b.Next()).Message);
    }

    [Fact]
    public async Task A_link_that_breaks_again_and_again_loses_nothing_and_repeats_nothing()
    {
        const int Count = 20_000;
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var wire = new CutWire(b.Listener.Endpoint, every: 50_000);
        var link = a.LinkTo(b, at: wire.Endpoint);
        for (var k = 0; k < Count; k++)
        {
            Assert.Equal(SendOutcome.Queued, link.Send(new LedgerMessage.SubmissionAccepted(k, k)));
        }
        for (var k = 0; k < Count; k++)
        {
            var next = b.Next();
            while (!next.IsCompleted)
            {
                link.Tend();
                await Task.WhenAny(next, Task.Delay(1));
            }
            var inbound = await next;
            Assert.Equal(new LedgerMessage.SubmissionAccepted(k, k), inbound.Message);
            inbound.Consumed();
        }
        output.WriteLine($"{wire.Cuts} cuts");
        Assert.True(wire.Cuts >= 5);
        Assert.Empty(a.Lost);
    }

    [Fact]
    public async Task What_a_closed_link_still_held_is_reported_lost()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var link = new OutgoingLink(a.Options, "b", b.Listener.Endpoint, (_, m) => a.Lost.Add(m));
        link.Send(new LedgerMessage.SubmissionAccepted(1, 1));
        await link.DisposeAsync();
        Assert.Equal(new LedgerMessage.SubmissionAccepted(1, 1), Assert.Single(a.Lost));
        Assert.Equal(SendOutcome.Unreachable, link.Send(new LedgerMessage.SubmissionAccepted(2, 2)));
    }
}
