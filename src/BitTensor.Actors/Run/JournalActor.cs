using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans.Faults;
using BitTensor.Records;

namespace BitTensor.Actors.Run;

/// <summary>Which invariants of messages hold of a run.</summary>
enum JournalChecks
{
    /// <summary>None: a machine may leave with its counts.</summary>
    None,

    /// <summary>Those of the end, if everything has come to rest: machines may be slow.</summary>
    AtRest,

    /// <summary>All of them, block by block.</summary>
    All,
}

/// <summary>
/// Writes the journal. Records of a block are held until every neuron has reported and then written in their fixed
/// order, so that equal runs write equal bytes in any order of arrival. The last block waits for the last counts.
/// </summary>
sealed class JournalActor : ReceiveActor
{
    readonly JournalWriter _writer;
    readonly int _neurons;
    readonly Action<RunProgress> _progress;
    readonly int _patience;
    readonly SortedDictionary<long, Pending> _pending = [];
    readonly RunContext _run;
    Queue<FaultEdge> _edges;
    readonly HashSet<(long Block, int Neuron)> _missing = [];
    readonly MessageAccounts _accounts = new();
    readonly HealingWatch _healing;
    readonly JournalChecks _checks;
    JournalRecord.BlockClosed? _last;
    bool _closing;

    /// <param name="writer">The journal.</param>
    /// <param name="started">Its first line.</param>
    /// <param name="progress">Called with every block and every fault.</param>
    /// <param name="patience">
    /// Blocks after which a block is written without the reports that are missing because their machine is gone.
    /// </param>
    /// <param name="run">The run.</param>
    /// <param name="checks">Which invariants of messages hold here.</param>
    public JournalActor(
        JournalWriter writer, JournalRecord.Started started, Action<RunProgress> progress, int patience, RunContext run,
        JournalChecks checks)
    {
        _run = run;
        _edges = new Queue<FaultEdge>(run.Faults.Timeline.Edges);
        _checks = checks;
        _healing = new HealingWatch(FaultsOf(run));
        _writer = writer;
        _neurons = started.Populations.Length;
        _progress = progress;
        _patience = patience;
        _writer.Write(started);

        Receive<ControlMessage.BlockRecorded>(HandleBlockRecorded);
        Receive<ControlMessage.NeuronRecorded>(HandleNeuronRecorded);
        Receive<ControlMessage.AdversaryRecorded>(HandleAdversaryRecorded);
        Receive<ControlMessage.AuditRecorded>(HandleAuditRecorded);
        Receive<FaultsChanged>(_ => HandleFaultsChanged());
        Receive<ControlMessage.LastBlockClosed>(_ => _closing = true);
        Receive<ControlMessage.CloseJournal>(HandleCloseJournal);
    }

    void HandleBlockRecorded(ControlMessage.BlockRecorded message)
    {
        var pending = PendingOf(message.Block.Height);
        pending.Block = message.Block;
        _run.Observer?.Counted(message.Block.Height, message.Traffic);
        pending.Add(message.Traffic);
        if (message.Block.Height == 0)
        {
            // Nobody lived before the genesis block: there is nothing to wait for.
            Write(0, pending);
        }
    }

    void HandleNeuronRecorded(ControlMessage.NeuronRecorded message)
    {
        if (_last is not null && message.Report.Block <= _last.Height)
        {
            // Its block is written without the report; its counts still count.
            _missing.Remove((message.Report.Block, message.Report.Neuron));
            PendingOf(_last.Height + 1).Add(message.Traffic);
            return;
        }
        var pending = PendingOf(message.Report.Block);
        pending.Reports[message.Report.Neuron] = message.Report;
        _run.Observer?.Reported(message.Report, message.Traffic);
        pending.Add(message.Traffic);
        // The block before is complete now at the latest; the newest one may still be the last one.
        while (_pending.Count > 1 && _pending.First() is var (height, first) && first.Block is not null
            && (first.Reports.Count == _neurons || _pending.Count > _patience))
        {
            Write(height, first);
        }
    }

    /// <summary>Takes the new timeline of the run; written records stay.</summary>
    void HandleFaultsChanged()
    {
        _edges = new Queue<FaultEdge>(_run.Faults.Timeline.Edges.Where(t =>
            t.At.TotalMilliseconds > (_last?.AtMs ?? -1)));
        _healing.Faults = FaultsOf(_run);
    }

    void HandleAdversaryRecorded(ControlMessage.AdversaryRecorded message)
    {
        var pending = PendingOf(Math.Max(message.Block, (_last?.Height ?? -1) + 1));
        pending.Tactics.AddRange(message.Happened);
        if (!message.Happened.IsEmpty)
        {
            // Members may do what ends all answers, and no fault is the reason.
            _healing.Stop();
        }
        pending.Add(message.Traffic);
    }

    void HandleAuditRecorded(ControlMessage.AuditRecorded message)
    {
        foreach (var row in message.Rows)
        {
            _writer.Write(row);
        }
        _run.Observer?.Audited(message.Rows);
        _progress(new RunProgress.Audited(message.Rows));
    }

    void HandleCloseJournal(ControlMessage.CloseJournal message)
    {
        var whole = _pending.Where(p => p.Value.Block is not null).ToList();
        var last = whole.Count > 0 ? whole[^1].Value : new Pending();
        last.Add(message.Traffic);
        _run.Observer?.Counted(message.Finished.Blocks, message.Traffic);
        foreach (var early in _pending.Values.Where(p => p.Block is null).ToList())
        {
            last.Add(early.Traffic);
        }
        whole.ForEach(p => Write(p.Key, p.Value));
        if (whole.Count == 0)
        {
            WriteCounts(_last!.Height, last);
        }
        if (_checks == JournalChecks.All || (_checks == JournalChecks.AtRest && message.AtRest))
        {
            Judge(_accounts.AtEnd(message.Finished.Blocks));
        }
        foreach (var (kind, count) in _accounts.InFlight.Where(f => f.Value != 0))
        {
            var left = new MessageCount(kind, Unbalanced(count).Name, Math.Abs(count));
            _writer.Write(JournalRecord.TrafficCounted.Of(_last!.Height, left));
        }
        _writer.Write(message.Finished);
        Sender.Tell(new ControlMessage.JournalClosed());
    }

    void WriteCounts(long height, Pending pending)
    {
        foreach (var counted in pending.Traffic)
        {
            _writer.Write(JournalRecord.TrafficCounted.Of(height, counted));
            _accounts.Add(counted);
        }
    }

    /// <summary>
    /// The outcomes that are not known: a process that ends takes the counts of the open block with it.
    /// </summary>
    ParcelOutcome Unbalanced(long count) =>
        count < 0 ? ParcelOutcome.UncountedSending
        : _missing.Count > 0 ? ParcelOutcome.UncountedEnd
        : ParcelOutcome.InFlight;

    void Write(long height, Pending pending)
    {
        var before = _last?.AtMs ?? 0;
        _pending.Remove(height);
        NoteMissing(height, pending);
        _last = pending.Block!;
        _writer.Write(pending.Block!);
        WriteTurns(pending.Block!);
        pending.Tactics.ForEach(WriteHappened);
        foreach (var report in pending.Reports.Values)
        {
            _writer.Write(report);
        }
        WriteCounts(height, pending);
        if (_checks == JournalChecks.All)
        {
            // A neuron that is paused at the end reports its open iterations to the conductor, and its blocks' reports
            // come after that.
            Judge((_missing.Count == 0 && !_closing ? _accounts.AtBlock(height) : null)
                ?? _healing.AtBlock(height, before, pending.Block!.AtMs, pending.CountOf(Happenings.QueryAnswered)));
        }
        _progress(new RunProgress.BlockDone(pending.Block!, [.. pending.Reports.Values]));
    }

    void NoteMissing(long height, Pending pending)
    {
        var missing = height == 0
            ? []
            : Enumerable.Range(0, _neurons).Where(i => !pending.Reports.ContainsKey(i)).ToList();
        missing.ForEach(i => _missing.Add((height, i)));
        if (missing.Count > 0)
        {
            var name = Happenings.ReportMissing;
            pending.Add([new MessageCount(name.Kind, name.Outcome, missing.Count)]);
        }
    }

    /// <summary>Writes the faults up to the close of a block.</summary>
    void WriteTurns(JournalRecord.BlockClosed block)
    {
        while (_edges.TryPeek(out var edge) && edge.At.TotalMilliseconds <= block.AtMs)
        {
            _edges.Dequeue();
            var (effect, at) = (edge.Effect, edge.At.TotalMilliseconds);
            WriteHappened(new JournalRecord.Happened(
                block.Height, at, effect.Name, effect.What.Action, edge.Begins, effect.Neurons));
        }
    }

    void WriteHappened(JournalRecord.Happened happened)
    {
        _writer.Write(happened);
        _progress(new RunProgress.Happened(happened));
    }

    static void Judge(Violation? violation)
    {
        if (violation is not null)
        {
            throw new InvariantException(violation);
        }
    }

    /// <summary>Where neurons iterate less than once a block, a few blocks without an answer mean nothing.</summary>
    static IReadOnlyList<(double FromMs, double UntilMs)> FaultsOf(RunContext run)
    {
        var often = run.Scenario.Populations.All(p => p.Training.IterationInterval <= run.Scenario.BlockInterval);
        return !often
            ? []
            : [.. run.Faults.Timeline.Effects.Select(e => (e.Start.TotalMilliseconds, e.End.TotalMilliseconds))];
    }

    Pending PendingOf(long height)
    {
        if (!_pending.TryGetValue(height, out var pending))
        {
            _pending[height] = pending = new Pending();
        }
        return pending;
    }

    /// <summary>The reports of one block so far.</summary>
    sealed class Pending
    {
        public JournalRecord.BlockClosed? Block { get; set; }

        public SortedDictionary<int, JournalRecord.NeuronReported> Reports { get; } = [];

        public long CountOf(CountName name) => _counts.GetValueOrDefault((name.Kind, name.Outcome));

        /// <summary>The tactics of the coalition.</summary>
        public List<JournalRecord.Happened> Tactics { get; } = [];

        public IEnumerable<MessageCount> Traffic =>
            _counts.Select(c => new MessageCount(c.Key.Kind, c.Key.Outcome, c.Value));

        readonly SortedDictionary<(string Kind, string Outcome), long> _counts = new(MessageCount.ByName);

        public void Add(IEnumerable<MessageCount> traffic)
        {
            foreach (var (kind, outcome, count) in traffic)
            {
                _counts[(kind, outcome)] = _counts.GetValueOrDefault((kind, outcome)) + count;
            }
        }
    }
}
