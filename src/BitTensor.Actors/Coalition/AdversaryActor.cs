using System.Collections.Immutable;
using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Records;

namespace BitTensor.Actors.Coalition;

/// <summary>
/// Commands the members of a coalition. It takes their reports each block, decides when all have come or half of the
/// block is over, and sends its orders. Its messages meet the links of its first member unless the channel is private.
/// </summary>
sealed class AdversaryActor : AddressedActor, IWithTimers
{
    readonly RunContext _run;
    readonly CoalitionState _coalition;
    readonly Links _links;
    readonly IActorRef _journal;
    readonly List<JournalRecord.Happened> _happened = [];
    bool _decided = true;

    public AdversaryActor(RunContext run, IActorRef journal)
    {
        _run = run;
        _journal = journal;
        _coalition = new CoalitionState(run.Scenario.Coalition!, run.Scenario, run.Plans);
        _links = run.LinksOf(Addresses.Adversary);

        Receive<ControlMessage.LedgerSeen>(HandleLedgerSeen);
        Receive<Arrival<CoalitionMessage.Report>>(HandleReport);
        Receive<CoalitionMessage.Report>(Hear);
        Receive<HalfTime>(half => Decide(half.Block));
        Receive<ControlMessage.ParcelLost>(lost => _links.Traffic.Count(lost.Kind, lost.Outcome));
        Receive<ControlMessage.Settle>(_ => HandleSettle());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override bool Takes(object message)
    {
        _run.ParcelObserver?.Met(message, Addresses.Adversary, _run.Clock.Now);
        return true;
    }

    void HandleLedgerSeen(ControlMessage.LedgerSeen seen)
    {
        if (seen.Market.Height == _coalition.Block)
        {
            // The ledger repeats itself after an outage: nothing has changed.
            return;
        }
        var block = seen.Market.Height - 1;
        _journal.Tell(new ControlMessage.AdversaryRecorded(block, [.. _happened], _links.Traffic.Take()));
        _happened.Clear();
        _coalition.Open(seen.Market);
        _decided = seen.Final;
        Timers.StartSingleTimer("half", new HalfTime(_coalition.Block), _run.Scenario.BlockInterval / 2);
    }

    void HandleReport(Arrival<CoalitionMessage.Report> arrival)
    {
        _links.End(arrival, arrival.Message.Block == _coalition.Block ? ParcelOutcome.Noted : ParcelOutcome.Late);
        Hear(arrival.Message);
    }

    void Hear(CoalitionMessage.Report report)
    {
        if (_coalition.Note(report) && _coalition.HasHeardAll)
        {
            Decide(report.Block);
        }
    }

    void Decide(long block)
    {
        if (_decided || block != _coalition.Block)
        {
            return;
        }
        _decided = true;
        var move = _coalition.Move();
        foreach (var member in move.Spawned)
        {
            _run.Actors.At(member).Tell(new ControlMessage.Spawn(), ActorRefs.NoSender);
        }
        foreach (var member in move.Retired)
        {
            _run.Actors.At(member).Tell(new ControlMessage.Withdraw(), ActorRefs.NoSender);
        }
        foreach (var (member, order) in move.Orders)
        {
            Send(member, order);
        }
        Note(move.Fired);
    }

    void Send(int member, CoalitionMessage.Order order)
    {
        if (_run.Scenario.Coalition!.Private)
        {
            _run.Actors.At(member).Tell(order, ActorRefs.NoSender);
        }
        else
        {
            _links.Send(member, ParcelKind.Coalition, order.Bytes, order);
        }
    }

    void Note(ImmutableArray<(string Tactic, ImmutableArray<int> Who)> fired)
    {
        var at = _run.Clock.Now.TotalMilliseconds;
        _happened.AddRange(fired.Select(
            f => new JournalRecord.Happened(_coalition.Block, at, f.Tactic, "tactic", true, f.Who)));
    }

    void HandleSettle() =>
        Sender.Tell(new ControlMessage.Settled(_links.Traffic.Sent, _links.Traffic.Ended, 0, _links.Traffic.Take()));

    /// <summary>Half of the block is over: the adversary decides without the missing reports.</summary>
    sealed record HalfTime(long Block);
}
