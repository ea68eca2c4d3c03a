using System.Collections.Immutable;
using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Plans;

namespace BitTensor.Actors.Run;

/// <summary>
/// Measures the ideal rank every K blocks without disturbing the run: it asks for copies one tick after the block, when
/// nothing else happens, copies cost nothing in the neurons' lanes, and the measuring runs in lanes of its own.
/// </summary>
sealed class AuditActor : AddressedActor, IWithTimers
{
    readonly RunContext _run;
    readonly Auditor _auditor;
    readonly IActorRef _journal;
    readonly TimeSpan _cost;
    readonly TimeSpan? _patience;
    readonly SortedDictionary<long, Audit> _open = [];
    readonly HashSet<long> _begun = [];
    IActorRef? _waiting;

    /// <param name="run">The run.</param>
    /// <param name="auditor">Measures.</param>
    /// <param name="journal">Journal.</param>
    /// <param name="patience">
    /// Time to wait at the end for the copies of a machine that is gone; null where none can be.
    /// </param>
    public AuditActor(RunContext run, Auditor auditor, IActorRef journal, TimeSpan? patience)
    {
        _run = run;
        _auditor = auditor;
        _journal = journal;
        _patience = patience;
        // Results are wanted well after they were asked for, so that free cores compute them meanwhile.
        _cost = run.Scenario.BlockInterval / 2;

        Receive<ControlMessage.AuditBlock>(HandleAuditBlock);
        Receive<AskForSnapshots>(HandleAskForSnapshots);
        Receive<ControlMessage.SnapshotTaken>(HandleSnapshotTaken);
        Receive<Listened>(HandleListened);
        Receive<ControlMessage.FinishAudits>(_ => HandleFinishAudits());
        Receive<GiveUp>(_ => HandleGiveUp());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    int Count => _run.Plans.Count;

    protected override void PostStop() => _auditor.Release();

    void HandleAuditBlock(ControlMessage.AuditBlock audit)
    {
        if (!_begun.Add(audit.Height))
        {
            // Over a link that breaks a word may come twice; a block is audited once.
            return;
        }
        _open[audit.Height] = new Audit(audit.Market, Count);
        Timers.StartSingleTimer(audit.Height, new AskForSnapshots(audit.Height), TimeSpan.FromTicks(1));
    }

    void HandleAskForSnapshots(AskForSnapshots ask)
    {
        for (var i = 0; i < Count; i++)
        {
            _run.Actors.At(i).Tell(new ControlMessage.TakeSnapshot(ask.Height));
        }
    }

    void HandleSnapshotTaken(ControlMessage.SnapshotTaken taken)
    {
        if (!_open.TryGetValue(taken.Height, out var audit) || audit.Snapshots[taken.Neuron] is not null)
        {
            return;
        }
        audit.Snapshots[taken.Neuron] =
            taken.Snapshot is FollowsFromScenario ? _auditor.LossOf(taken.Neuron) : taken.Snapshot;
        audit.Service[taken.Neuron] = taken.Service;
        if (taken.Snapshot is ModelSnapshot model)
        {
            var rule = Auditor.RuleOf(_run.Plans[taken.Neuron].Population, taken.Height);
            _run.Observer?.Copied(taken.Height, taken.Neuron, model, rule);
        }
        audit.Taken++;
        if (audit.Taken < Count)
        {
            return;
        }
        for (var i = 0; i < Count; i++)
        {
            var listener = i;
            _run.Compute.Submit(
                Count + listener, _cost,
                () => new Listened(
                    taken.Height, listener,
                    _auditor.Listen(
                        listener, taken.Height, audit.MasksOf(_run.Plans[listener]), audit.Snapshots,
                        audit.Service[listener])),
                Self);
        }
    }

    void HandleListened(Listened listened)
    {
        if (!_open.TryGetValue(listened.Height, out var audit))
        {
            return;
        }
        audit.Heard[listened.Listener] = listened.Heard;
        audit.Measured++;
        if (audit.Measured == Count)
        {
            _open.Remove(listened.Height);
            var rows = _auditor.Combine(listened.Height, audit.Market, audit.Heard);
            _journal.Tell(new ControlMessage.AuditRecorded(rows));
            AnswerIfDone();
        }
    }

    void HandleFinishAudits()
    {
        _waiting = Sender;
        if (_patience is { } patience)
        {
            Timers.StartSingleTimer("patience", new GiveUp(), patience);
        }
        AnswerIfDone();
    }

    void HandleGiveUp()
    {
        _open.Clear();
        AnswerIfDone();
    }

    void AnswerIfDone()
    {
        if (_open.Count == 0)
        {
            _waiting?.Tell(new ControlMessage.AuditsFinished());
        }
    }

    sealed record AskForSnapshots(long Height);

    sealed record GiveUp;

    sealed record Listened(long Height, int Listener, Heard Heard);

    /// <summary>One audit on its way.</summary>
    sealed class Audit(Market market, int count)
    {
        readonly Masks _masks = new(market);

        public Market Market { get; } = market;

        public object[] Snapshots { get; } = new object[count];

        public ImmutableArray<ServicePattern>[] Service { get; } = new ImmutableArray<ServicePattern>[count];

        public Heard[] Heard { get; } = new Heard[count];

        public int Taken { get; set; }

        public int Measured { get; set; }

        /// <summary>m_ij for each slot of a listener; 0 for a peer that its row does not name.</summary>
        public double[] MasksOf(NeuronPlan listener)
        {
            var masks = _masks.Row(listener.Id);
            if (Market.Registry is null)
            {
                return masks;
            }
            var bySlot = new double[listener.Slots.Length];
            for (var k = 0; k < masks.Length; k++)
            {
                bySlot[listener.SlotOf(Market.Row(listener.Id).Targets[k])] = masks[k];
            }
            return bySlot;
        }
    }
}
