using Akka.Actor;
using Akka.Configuration;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Parcels;

namespace BitTensor.Benchmarks;

/// <summary>Messages without payload around a ring of actors in virtual time.</summary>
static class LinkTraffic
{
    const int Actors = 16;
    const int Tokens = 64;

    /// <summary>
    /// Messages per second, each through a link with a latency drawn per parcel and a rule that may lose it.
    /// </summary>
    public static double ThroughLinks(int messages) => Rate(messages, linked: true);

    /// <summary>Messages per second told directly.</summary>
    public static double Told(int messages) => Rate(messages, linked: false);

    static double Rate(int messages, bool linked)
    {
        using var kernel = new VirtualKernel();
        using var hocon = new StreamReader(typeof(EmulationRun).Assembly.GetManifestResourceStream("simulation.conf")!);
        var config = ConfigurationFactory.ParseString($"akka.scheduler.virtual-kernel = \"{kernel.Id}\"")
            .WithFallback(ConfigurationFactory.ParseString(hocon.ReadToEnd()));
        using var system = ActorSystem.Create("ring", config);
        var ring = new Ring(messages);
        for (var i = 0; i < Actors; i++)
        {
            ring.Members[i] = system.ActorOf(Props.Create<Member>(ring, i, linked));
        }
        var seconds = Paired.Seconds(() =>
        {
            for (var k = 0; k < Tokens; k++)
            {
                ring.Members[k % Actors].Tell(ArrivalOf(0, Token.Instance), ActorRefs.NoSender);
            }
            kernel.Run(() => false);
        });
        kernel.RunDown(system);
        return ring.Received / seconds;
    }

    static Arrival<Token> ArrivalOf(int from, Token token) => new(from, ParcelKind.Forward, token);

    sealed class Token
    {
        public static readonly Token Instance = new();
    }

    /// <summary>What the members share: who is where, and when it is enough.</summary>
    sealed class Ring(int messages)
    {
        static readonly RuleList Rules =
            new([
                new LatencyRule(dice => 50 * dice.NextExponential(), TimeSpan.Zero, TimeSpan.Zero), new LossRule(1e-9),
            ]);

        public IActorRef[] Members { get; } = new IActorRef[Actors];

        public long Received { get; set; }

        public bool Enough => Received >= messages;

        public Links LinksOf(int self, IScheduler scheduler) => new(
            new Network
            {
                Seed = 1,
                Scheduler = scheduler,
                Now = () => scheduler.MonotonicClock,
                Rules = (_, _, _, _) => Rules,
                Address = to => Members[to],
                Bytes = Untouched.Instance,
            },
            self);
    }

    /// <summary>No rule here damages anything.</summary>
    sealed class Untouched : ParcelBytes
    {
        public static readonly Untouched Instance = new();

        public override object Damaged(object message, ulong draw) => message;

        public override object Lost(ParcelKind kind, ParcelOutcome outcome) => outcome;
    }

    sealed class Member : ReceiveActor
    {
        public Member(Ring ring, int self, bool linked)
        {
            var links = ring.LinksOf(self, Context.System.Scheduler);
            var next = (self + 1) % Actors;
            Receive<Arrival<Token>>(arrival =>
            {
                ring.Received++;
                if (ring.Enough)
                {
                    return;
                }
                if (linked)
                {
                    links.Send(next, ParcelKind.Forward, 32, arrival.Message);
                }
                else
                {
                    ring.Members[next].Tell(ArrivalOf(self, arrival.Message), ActorRefs.NoSender);
                }
            });
        }
    }
}
