using Akka.Actor;
using Akka.TestKit;
using BitTensor.Actors.Run;

namespace BitTensor.TestKit;

/// <summary>
/// Akka's test probes beside the actors of a run. What a probe expects has been told to it by the time the run
/// stands still.
/// </summary>
sealed class Probes
{
    readonly VirtualRun _run;
    readonly Dictionary<int, TestProbe> _probes = [];
    readonly Akka.TestKit.Xunit2.TestKit _kit;

    public Probes(VirtualRun run, LiveMetrics metrics)
    {
        _run = run;
        _kit = run.AtOnce(() => new Akka.TestKit.Xunit2.TestKit(run.System));
        metrics.OnArrival = (receiver, message) => _probes.GetValueOrDefault(receiver)?.Ref
            .Tell(message, ActorRefs.NoSender);
    }

    /// <summary>The probe beside an address.</summary>
    public TestProbe At(int address)
    {
        if (!_probes.TryGetValue(address, out var probe))
        {
            _probes[address] = probe = _run.AtOnce(() => _kit.CreateTestProbe());
        }
        return probe;
    }
}
