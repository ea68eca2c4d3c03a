using Akka.Actor;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Records;

namespace BitTensor.Actors.Conducting;

/// <summary>
/// Starts a run and ends it: after the last block it asks everybody, in rounds of doubling length, until every parcel that was sent has
/// ended somewhere; then lets the audit finish and closes the journal.
/// </summary>
sealed class ConductorActor : ReceiveActor, IWithTimers
{
    static readonly TimeSpan FirstRound = TimeSpan.FromMilliseconds(100);

    readonly World _world;
    readonly IActorRef _journal;
    readonly IActorRef _audit;
    readonly TaskCompletionSource _finished;
    readonly int _rounds;
    readonly List<Traffic> _traffic = [];
    ControlMessage.LastBlockClosed? _last;
    int _round;
    int _answers;
    long _inFlight;
    int _working;

    /// <param name="world">The run.</param>
    /// <param name="journal">Journal.</param>
    /// <param name="audit">Audit.</param>
    /// <param name="finished">Completed when the journal is closed.</param>
    /// <param name="rounds">How often to ask at most; what is still on its way then is counted as in flight.</param>
    public ConductorActor(World world, IActorRef journal, IActorRef audit, TaskCompletionSource finished, int rounds)
    {
        _world = world;
        _journal = journal;
        _audit = audit;
        _finished = finished;
        _rounds = rounds;

        Receive<ControlMessage.Begin>(begin => _world.At(Parcel.LedgerAddress).Tell(begin));
        Receive<ControlMessage.LastBlockClosed>(HandleLastBlockClosed);
        Receive<AskAgain>(_ => HandleAskAgain());
        Receive<ControlMessage.Settled>(HandleSettled);
        Receive<ControlMessage.AuditsFinished>(_ => HandleAuditsFinished());
        Receive<ControlMessage.JournalClosed>(_ => _finished.SetResult());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    void HandleLastBlockClosed(ControlMessage.LastBlockClosed last)
    {
        _last = last;
        Wait();
    }

    void HandleAskAgain()
    {
        _round++;
        _answers = 0;
        _inFlight = 0;
        _working = 0;
        for (var address = Parcel.LedgerAddress; address < _world.Plans.Count; address++)
        {
            _world.At(address).Tell(new ControlMessage.Settle());
        }
    }

    void HandleSettled(ControlMessage.Settled settled)
    {
        _traffic.AddRange(settled.Traffic);
        _inFlight += settled.Sent - settled.Ended;
        _working += settled.Working;
        _answers++;
        if (_answers <= _world.Plans.Count)
        {
            return;
        }
        if (_inFlight + _working > 0 && _round < _rounds)
        {
            Wait();
        }
        else
        {
            _audit.Tell(new ControlMessage.FinishAudits());
        }
    }

    void HandleAuditsFinished() =>
        _journal.Tell(new ControlMessage.CloseJournal(new JournalRecord.Finished(_last!.Height), [.. _traffic]));

    void Wait() => Timers.StartSingleTimer("ask", new AskAgain(), FirstRound * (1L << _round));

    sealed record AskAgain;
}
