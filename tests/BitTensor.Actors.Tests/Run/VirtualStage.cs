using Akka.Actor;
using Akka.Configuration;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Parcels;

namespace BitTensor.Actors.Tests;

/// <summary>A few actors of a run in virtual time, with a recorder in the place of everybody else.</summary>
abstract class VirtualStage : IDisposable
{
    readonly List<(int Address, object Message)> _heard = [];

    protected VirtualStage()
    {
        System = ActorSystem.Create(
            "stage",
            ConfigurationFactory.ParseString($"akka.scheduler.virtual-kernel = \"{Kernel.Id}\"")
                .WithFallback(EmbeddedConfig.Read(typeof(EmulationRun).Assembly, "simulation.conf")));
        Compute = new VirtualCompute(Kernel, 1);
    }

    /// <summary>Called with everything a recorder hears, the moment it is heard.</summary>
    public Action<int, object> OnHeard { get; set; } = static (_, _) => { };

    protected VirtualKernel Kernel { get; } = new();

    protected VirtualCompute Compute { get; }

    protected ActorSystem System { get; }

    /// <summary>What the recorder at an address heard, out of its envelope.</summary>
    public IEnumerable<T> Heard<T>(int address)
        where T : class =>
            _heard.Where(h => h.Address == address)
                .Select(h => h.Message is Arrival<T> arrival ? arrival.Message : h.Message).OfType<T>();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Compute.Dispose();
        Kernel.RunDown(System);
        System.Dispose();
        Kernel.Dispose();
    }

    protected void At(double second, IActorRef who, object message) =>
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(second) - Kernel.Now, who, message, ActorRefs.NoSender);

    /// <summary>An actor that notes what it hears.</summary>
    protected IActorRef Recorder(int address) => System.ActorOf(Props.Create<RecorderActor>((Action<object>)(message =>
    {
        _heard.Add((address, message));
        OnHeard(address, message);
    })));

    sealed class RecorderActor : ReceiveActor
    {
        public RecorderActor(Action<object> note) => ReceiveAny(note);
    }
}
