using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>
/// Writes Akka's warnings and errors to the node's log, at most 60 a minute. Counts dead letters. Ends the node when
/// another node quarantines it.
/// </summary>
sealed class AkkaLog : ReceiveActor, IWithTimers
{
    const int MostPerMinute = 60;

    readonly ILogger _log;
    int _told;

    public AkkaLog(ILogger log, NodeState state, Action quarantined)
    {
        _log = log;

        Receive<Error>(
            IsOfConnection, e => Tell(() => log.Warning("{Source}: {Message}", e.LogSource, FirstLine(e.Message))));
        Receive<Error>(e => Tell(() => log.Error(e.Cause, "{Source}: {Message}", e.LogSource, e.Message)));
        Receive<Warning>(IsAboutClosedSerializers, static _ => { });
        Receive<Warning>(w => Tell(() => log.Warning("{Source}: {Message}", w.LogSource, FirstLine(w.Message))));
        Receive<AllDeadLetters>(_ => state.LostLetter());
        Receive<UnhandledMessage>(_ => state.LostLetter());
        Receive<ThisActorSystemQuarantinedEvent>(e =>
        {
            // A node that this cluster has already removed has no say.
            if (Member(e.RemoteAddress))
            {
                log.Fatal("Node {Other} has quarantined this node: it ends", e.RemoteAddress);
                quarantined();
            }
        });
        Receive<Minute>(_ => HandleMinute());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var events = Context.System.EventStream;
        Type[] channels =
        [
            typeof(Error), typeof(Warning), typeof(AllDeadLetters), typeof(UnhandledMessage),
            typeof(ThisActorSystemQuarantinedEvent),
        ];
        foreach (var channel in channels)
        {
            events.Subscribe(Self, channel);
        }
        Timers.StartPeriodicTimer("minute", new Minute(), TimeSpan.FromMinutes(1));
    }

    void HandleMinute()
    {
        if (_told > MostPerMinute)
        {
            _log.Warning("{Count} more lines of Akka within a minute are left out", _told - MostPerMinute);
        }
        _told = 0;
    }

    /// <summary>secure.conf closes serializers on purpose. Akka warns of each binding without a serializer.</summary>
    static bool IsAboutClosedSerializers(Warning warning) =>
        warning.Message?.ToString() is { } text
        && (text.StartsWith("Serialization binding to non existing serializer", StringComparison.Ordinal)
            || text.StartsWith("The type name for serializer", StringComparison.Ordinal));

    /// <summary>A failed connection has its cause in the network or the peer, so its stack trace is left out.</summary>
    static bool IsOfConnection(Error error) => error.LogSource.StartsWith("Tcp", StringComparison.Ordinal);

    static string FirstLine(object? message) => $"{message}".Split('\n', 2)[0].TrimEnd();

    static bool Member(Address address)
    {
        var state = Akka.Cluster.Cluster.Get(Context.System).State;
        return state.Members.Any(m => m.Address == address && m.Status is MemberStatus.Up)
            && state.Unreachable.All(m => m.Address != address);
    }

    void Tell(Action write)
    {
        if (_told++ < MostPerMinute)
        {
            write();
        }
    }

    sealed record Minute;
}
