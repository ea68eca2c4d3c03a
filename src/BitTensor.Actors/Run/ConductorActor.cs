using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Actors.Run;

/// <summary>
/// Starts a run and ends it. After the last block it asks every actor, in rounds of doubling length, until every parcel
/// has an outcome. Then the audit finishes and the journal closes. The answers of one round are not of one moment, so a
/// round proves rest only together with the one before: all parcels sent by now had ended by then (F. Mattern's four
/// counters, 1987). Where machines come and go their counts go with them and that proof is not to be had: then the
/// conductor asks no longer than until nothing has changed from one round to the next.
/// </summary>
sealed class ConductorActor : AddressedActor, IWithTimers
{
    static readonly TimeSpan FirstRound = TimeSpan.FromMilliseconds(100);

    // The wait before this round is 800 ms: longer than a message between two processes stays under way.
    const int QuietRound = 4;

    readonly RunContext _run;
    readonly IActorRef _journal;
    readonly IActorRef _audit;
    readonly TaskCompletionSource _finished;
    readonly int _rounds;
    readonly TimeSpan? _patience;
    readonly List<MessageCount> _traffic = [];
    ControlMessage.LastBlockClosed? _last;
    int _round;
    int _answers;
    long _sent;
    long _ended;
    long _sentBefore = -1;
    long _endedBefore = -1;
    int _working;
    bool _atRest;

    /// <param name="run">The run.</param>
    /// <param name="journal">Journal.</param>
    /// <param name="audit">Audit.</param>
    /// <param name="finished">Completed when the journal is closed.</param>
    /// <param name="rounds">Most rounds; a parcel without an outcome after them counts as in flight.</param>
    /// <param name="patience">Time to wait for the answers of a machine that is gone; null where none can be.</param>
    public ConductorActor(
        RunContext run, IActorRef journal, IActorRef audit, TaskCompletionSource finished, int rounds,
        TimeSpan? patience)
    {
        _run = run;
        _journal = journal;
        _audit = audit;
        _finished = finished;
        _rounds = rounds;
        _patience = patience;

        Receive<ControlMessage.Begin>(begin => _run.Actors.At(Addresses.Ledger).Tell(begin));
        Receive<ControlMessage.LastBlockClosed>(HandleLastBlockClosed);
        Receive<AskAgain>(_ => HandleAskAgain());
        Receive<NoAnswer>(_ => HandleNoAnswer());
        Receive<ControlMessage.Settled>(HandleSettled);
        Receive<ControlMessage.AuditsFinished>(_ => HandleAuditsFinished());
        Receive<ControlMessage.JournalClosed>(_ => _finished.TrySetResult());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    void HandleLastBlockClosed(ControlMessage.LastBlockClosed last)
    {
        if (_last is null)
        {
            _last = last;
            _journal.Tell(last);
            Wait();
        }
    }

    void HandleAskAgain()
    {
        _round++;
        (_sentBefore, _endedBefore) = _round == 1 ? (-1, -1) : (_sent, _ended);
        (_answers, _sent, _ended, _working) = (0, 0, 0, 0);
        for (var address = Addresses.Ledger; address < _run.Plans.Count; address++)
        {
            _run.Actors.At(address).Tell(new ControlMessage.Settle());
        }
        if (_run.Scenario.Coalition is not null)
        {
            _run.Actors.At(Addresses.Adversary).Tell(new ControlMessage.Settle());
        }
        if (_patience is { } patience)
        {
            Timers.StartSingleTimer("patience", new NoAnswer(), patience);
        }
    }

    void HandleNoAnswer()
    {
        if (_round < _rounds)
        {
            HandleAskAgain();
        }
        else
        {
            _audit.Tell(new ControlMessage.FinishAudits());
        }
    }

    void HandleSettled(ControlMessage.Settled settled)
    {
        _traffic.AddRange(settled.Traffic);
        _sent += settled.Sent;
        _ended += settled.Ended;
        _working += settled.Working;
        _answers++;
        if (_answers <= _run.Plans.Count + (_run.Scenario.Coalition is null ? 0 : 1))
        {
            return;
        }
        Timers.Cancel("patience");
        _atRest = _working == 0 && _sent == _endedBefore;
        var isQuiet = _patience is not null && _round >= QuietRound && _working == 0
            && (_sent, _ended) == (_sentBefore, _endedBefore);
        if (_atRest || isQuiet || _round >= _rounds)
        {
            _audit.Tell(new ControlMessage.FinishAudits());
        }
        else
        {
            Wait();
        }
    }

    void HandleAuditsFinished()
    {
        var finished = new JournalRecord.Finished(_last!.Height);
        _journal.Tell(new ControlMessage.CloseJournal(finished, [.. _traffic], _atRest));
    }

    void Wait() => Timers.StartSingleTimer("ask", new AskAgain(), FirstRound * (1L << _round));

    sealed record AskAgain;

    sealed record NoAnswer;
}
