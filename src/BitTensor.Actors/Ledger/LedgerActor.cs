using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans.Faults;
using BitTensor.Protocol;
using BitTensor.Records;

namespace BitTensor.Actors.Ledger;

/// <summary>
/// The only writer of W, S and the height. Submissions are sealed until the block closes. A block is durable before it
/// is announced; a failed write is tried again and not acknowledged. After an outage the ledger restores itself from
/// its store.
/// </summary>
sealed class LedgerActor : AddressedActor, IWithTimers
{
    /// <summary>
    /// Time between two repetitions of blocks. A journal that asks more often than it can read would stop all other
    /// work.
    /// </summary>
    static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(5);

    // How often a write is tried again within a block's time.
    const int TriesPerInterval = 10;

    readonly RunContext _run;
    // Without the keys that neurons registered since.
    readonly LedgerHeader _founded;
    readonly LedgerStore _store;
    readonly Collaborators _others;
    readonly Links _links;
    LedgerHeader _header;
    OpenBlock _open;
    readonly Dictionary<int, long> _numbers = [];
    string _previousHash;
    readonly TimeSpan _lastAt;
    LedgerFaultSchedule _faults;
    readonly RandomStream _diskDice;
    LedgerHealth _health;
    long _missed;
    LedgerMessage.BlockOpened[] _announcements = [];
    TimeSpan _began;
    TimeSpan? _repeatedAt;
    bool _endAtNextBlock;
    bool _ended;

    /// <summary>The receivers of a block besides the neurons.</summary>
    internal sealed record Collaborators(IActorRef Conductor, IActorRef Journal, IActorRef Audit);

    public LedgerActor(RunContext run, LedgerHeader header, LedgerStore store, LedgerStart start, Collaborators others)
    {
        (_run, _founded) = (run, header);
        _header = start.Header;
        _store = store;
        _others = others;
        _links = run.LinksOf(Addresses.Ledger);
        _previousHash = start.PreviousHash;
        _lastAt = start.At;
        _open = new OpenBlock(_header, start.Market, start.Promised);
        _faults = run.Faults.Timeline.Ledger;
        _diskDice = new RandomStream(header.Seed, "disk");

        Receive<ControlMessage.Begin>(_ => HandleBegin());
        Receive<Arrival<LedgerMessage.SubmitWeights>>(
            arrival => HandleSaid(arrival, arrival.Message.Neuron, arrival.Message.Block, _open.Receive));
        Receive<Arrival<LedgerMessage.CommitWeights>>(
            arrival => HandleSaid(arrival, arrival.Message.Neuron, arrival.Message.Block, _open.Receive));
        Receive<Arrival<LedgerMessage.Register>>(
            arrival => HandleSaid(arrival, arrival.Message.Neuron, arrival.Message.Block, _open.Receive));
        Receive<Arrival<LedgerMessage.Leave>>(
            arrival => HandleSaid(arrival, arrival.Message.Neuron, arrival.Message.Block, _open.Receive));
        Receive<CloseBlock>(HandleCloseBlock);
        Receive<FaultsChanged>(_ => HandleFaultsChanged());
        Receive<ControlMessage.EndAtNextBlock>(_ => _endAtNextBlock = true);
        Receive<ControlMessage.NeuronPresent>(HandleNeuronPresent);
        Receive<ControlMessage.RepeatRecords>(HandleRepeatRecords);
        Receive<ControlMessage.ParcelLost>(lost => _links.Traffic.Count(lost.Kind, lost.Outcome));
        Receive<ControlMessage.Settle>(_ => HandleSettle());
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override bool Takes(object message)
    {
        _run.ParcelObserver?.Met(message, Addresses.Ledger, Now);
        return true;
    }

    void HandleBegin()
    {
        // The time since the last block is not part of the run.
        _began = Context.System.Scheduler.MonotonicClock - _lastAt;
        HandleFaultsChanged();
        if (_open.Market.Height == 0)
        {
            Close();
        }
        else
        {
            _ended = _open.Market.Height > _run.LastBlock;
            Announce(_open.Market);
            GoOn(_open.Market.Height - 1);
        }
    }

    /// <summary>A submission, a commitment to one, a registration or a leaving.</summary>
    void HandleSaid<T>(Arrival<T> arrival, int neuron, long block, Func<int, T, Refusal?> judge)
        where T : LedgerMessage
    {
        if (_health.Down)
        {
            _links.End(arrival, ParcelOutcome.Outage);
        }
        else if (!_ended && _open.Has(arrival.From, arrival.Message))
        {
            // A copy of a submission that has its receipt, or gets it.
            _links.End(arrival, ParcelOutcome.Duplicate);
        }
        else if ((_ended ? Refusal.StaleBlock : judge(arrival.From, arrival.Message)) is { } reason)
        {
            _links.End(arrival, ParcelOutcome.Refused(reason));
            var refused = new LedgerMessage.SubmissionRefused(neuron, block, reason);
            _links.Send(arrival.From, ParcelKind.Receipt, WireSize.Header, refused);
        }
        else
        {
            _numbers[arrival.From] = arrival.Number;
        }
    }

    /// <summary>
    /// The parcel in which the submission, commitment, registration or leaving came that is admitted to the open block.
    /// </summary>
    Parcel Sealed(int from) => new(from, Addresses.Ledger, ParcelKind.Submission, 0, _numbers.GetValueOrDefault(from));

    void HandleCloseBlock(CloseBlock close)
    {
        if (_health.Down)
        {
            return;
        }
        if (_health.Latency > TimeSpan.Zero && !close.Written)
        {
            Timers.StartSingleTimer("close", new CloseBlock(Written: true), _health.Latency);
            return;
        }
        _store.Fault = _health.Full ? StoreFault.Full
            : _health.Failing > 0 && _diskDice.NextDouble() < _health.Failing ? StoreFault.Failing
            : StoreFault.None;
        try
        {
            Close();
        }
        catch (StoreFaultException)
        {
            // The block is still open, and no announcement was sent.
            _links.Traffic.Count(Happenings.StoreFailed, 1);
            Timers.StartSingleTimer(
                "close", new CloseBlock(Written: false), _run.Scenario.BlockInterval / TriesPerInterval);
        }
    }

    void Close()
    {
        var close = _open.Close();
        close = close.Setting(_run.Faults.Timeline.ChangeOf(_header.Parameters, close.Next.Parameters, Now));
        var height = _open.Market.Height;
        var block = _open.Seal(Now.TotalMilliseconds, _previousHash, close);
        if (LedgerInvariants.Check(_open.Market, close.Next, block, _previousHash) is { } violation)
        {
            throw new InvariantException(violation);
        }
        _store.Append(block);
        _run.Observer?.BlockClosed(block, close.Next);
        _previousHash = block.Hash;
        _ended = _endAtNextBlock || height == _run.LastBlock;
        Acknowledge(block);
        Announce(close.Next);
        Record(block, close);
        _header = _header.With(block);
        _open = new OpenBlock(_header, close.Next, _open.Promised.After(block, _header.Parameters.RevealAfter));
        GoOn(height);
    }

    void GoOn(long height)
    {
        if (_ended)
        {
            _others.Conductor.Tell(new ControlMessage.LastBlockClosed(height));
            return;
        }
        // From the start, not from now: a late close does not delay all later blocks.
        var due = DueAt(height + 1);
        if (due <= TimeSpan.Zero && !_faults.IsUneventful)
        {
            // Blocks that an outage kept from closing are not closed all at once: they come later, in the same rhythm.
            _missed += 1 + (long)(-due / _run.Scenario.BlockInterval);
            due = DueAt(height + 1);
        }
        Timers.StartSingleTimer("close", new CloseBlock(Written: false), due > TimeSpan.Zero ? due : TimeSpan.Zero);
    }

    TimeSpan DueAt(long height) => (height + _missed) * _run.Scenario.BlockInterval - Now;

    TimeSpan Now => Context.System.Scheduler.MonotonicClock - _began;

    void HandleFaultsChanged()
    {
        var now = Now;
        var before = _health;
        _faults = _run.Faults.Timeline.Ledger;
        _health = _faults.At(now);
        if (_health.Down && !before.Down)
        {
            GoDown();
        }
        if (!_health.Down && before.Down)
        {
            Recover();
        }
        if (_faults.NextAfter(now) is { } next)
        {
            Timers.StartSingleTimer("faults", new FaultsChanged(), next - now);
        }
    }

    /// <summary>
    /// Submissions of the open block were in memory only and never acknowledged, so an outage may drop them.
    /// </summary>
    void GoDown()
    {
        Timers.Cancel("close");
        foreach (var from in _open.Waiting)
        {
            _links.End(Sealed(from), ParcelOutcome.Outage);
        }
        _open = new OpenBlock(_header, _open.Market, _open.Promised);
    }

    /// <summary>Continues from the store: the same block is open, and is announced again.</summary>
    void Recover()
    {
        if (_ended)
        {
            return;
        }
        var start = _store.Recover is { } blocks
            ? LedgerStart.After(_founded, blocks)
            : new LedgerStart(_header, _open.Market, _previousHash, _lastAt, _open.Promised);
        _header = start.Header;
        _previousHash = start.PreviousHash;
        _open = new OpenBlock(_header, start.Market, start.Promised);
        Announce(_open.Market);
        GoOn(_open.Market.Height - 1);
    }

    /// <summary>Acknowledges the submissions of a durable block.</summary>
    void Acknowledge(LedgerBlock block)
    {
        // Each comes from the neuron that it is about: another sender is refused.
        int[] accepted =
        [
            .. block.Submissions.Where(e => e.Refused is null).Select(e => e.From),
            .. block.Registrations.Where(e => e.Refused is null).Select(e => e.From), .. block.Left,
        ];
        foreach (var neuron in accepted)
        {
            _links.End(Sealed(neuron), ParcelOutcome.Accepted);
            var receipt = new LedgerMessage.SubmissionAccepted(neuron, block.Height);
            _links.Send(neuron, ParcelKind.Receipt, WireSize.Header, receipt);
        }
        // The chain shows that a commitment is part of it. Its owner gets a receipt when the row counts.
        foreach (var entry in block.Commitments.Where(e => e.Refused is null))
        {
            _links.End(Sealed(entry.From), ParcelOutcome.Committed);
        }
    }

    void Announce(Market market)
    {
        _announcements = Announcements.Of(market, _header.Parameters, _ended);
        _run.Clock.NoteBlock(market.Height);
        for (var i = 0; i < _announcements.Length; i++)
        {
            _run.Actors.At(i).Tell(_announcements[i], ActorRefs.NoSender);
        }
        if (_run.Scenario.Coalition is not null)
        {
            _run.Actors.At(Addresses.Adversary).Tell(new ControlMessage.LedgerSeen(market, _ended), ActorRefs.NoSender);
        }
    }

    void HandleNeuronPresent(ControlMessage.NeuronPresent present)
    {
        if (present.Neuron >= 0 && present.Neuron < _announcements.Length)
        {
            _run.Actors.At(present.Neuron).Tell(_announcements[present.Neuron], ActorRefs.NoSender);
        }
    }

    void HandleRepeatRecords(ControlMessage.RepeatRecords repeat)
    {
        // The newest block may be on its way.
        var now = Context.System.Scheduler.MonotonicClock;
        if (repeat.From >= _open.Market.Height - (_ended ? 0 : 1) || now - _repeatedAt < RepeatEvery)
        {
            return;
        }
        _repeatedAt = now;
        foreach (var block in _store.ReadBlocks(repeat.From))
        {
            _others.Journal.Tell(new ControlMessage.BlockRecorded(RecordOf(block), []));
        }
    }

    void Record(LedgerBlock block, MarketClose close)
    {
        _others.Journal.Tell(new ControlMessage.BlockRecorded(RecordOf(block), _links.Traffic.Take()));
        var every = _run.Scenario.Audit.EveryBlocks;
        if (every > 0 && (_ended || block.Height % every == 0 || SomeDisconnectAfter(block)))
        {
            _others.Audit.Tell(new ControlMessage.AuditBlock(block.Height, close.Next));
        }
    }

    /// <summary>True when neurons disconnect before the next block closes.</summary>
    bool SomeDisconnectAfter(LedgerBlock block)
    {
        var at = TimeSpan.FromMilliseconds(block.AtMs);
        return _run.Faults.Timeline.DisconnectsBetween(at, at + _run.Scenario.BlockInterval);
    }

    static JournalRecord.BlockClosed RecordOf(LedgerBlock block) =>
        new(
            block.Height, block.AtMs, block.Tau, block.Mint, block.Hash, block.Stake, block.Rank, block.Emission)
        {
            Set = SetNumbers.Of(block.Set),
            Joined = block.Joined.Any()
                ? [.. block.Joined.Select(j => new RegisteredNeuron(j.Neuron, j.Index) { Replaced = j.Replaced })]
                : null,
            Left = block.Left.Any() ? [.. block.Left] : null,
        };

    void HandleSettle() =>
        Sender.Tell(new ControlMessage.Settled(_links.Traffic.Sent, _links.Traffic.Ended, 0, _links.Traffic.Take()));

    /// <summary>The block's time is over; and with a slow disk, it is written.</summary>
    sealed record CloseBlock(bool Written);
}
