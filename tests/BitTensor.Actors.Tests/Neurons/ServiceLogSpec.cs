using BitTensor.Actors.Neurons;
using BitTensor.Protocol;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>What a neuron tells an audit of those who served it.</summary>
public sealed class ServiceLogSpec
{
    [Fact]
    public void A_log_tells_of_the_iterations_since_the_last_audit_once_for_each_audit()
    {
        var log = new ServiceLog(ownSlot: 1);
        Tensor answer = new(1, 1, [1f]);
        log.Add([answer, null, answer]);
        log.Add([answer, null, null]);
        log.Add([answer, null, answer]);
        (int, string)[] first = [(2, ""), (1, "2")];
        Assert.Equal(first, Told(log, 4));
        log.Add([null, null, null]);
        // The question may come twice.
        Assert.Equal(first, Told(log, 4));
        Assert.Equal([(1, "0,2")], Told(log, 8));
        Assert.Empty(Told(log, 12));
    }

    static IEnumerable<(int, string)> Told(ServiceLog log, long height) =>
        log.Take(height).Select(p => (p.Iterations, string.Join(',', p.Empty)));
}
