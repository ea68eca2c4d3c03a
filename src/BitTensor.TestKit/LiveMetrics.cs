using System.Collections.Immutable;
using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.TestKit;

/// <summary>
/// The metrics of a run while it runs: the same numbers by the same code as those of its report. What neurons say of a
/// block they say when it is closed; one that stands still says it later.
/// </summary>
sealed class LiveMetrics : RunObserver
{
    readonly MetricTable _table;
    readonly int _neurons;
    readonly SortedDictionary<long, Seen> _blocks = [];
    readonly Dictionary<(string Kind, string Outcome), long> _counts = [];

    public LiveMetrics(IReadOnlyList<NeuronPlan> plans)
    {
        _table = new MetricTable([.. plans.Select(p => p.Population.Name)]);
        _neurons = plans.Count;
    }

    /// <summary>Told of everything that becomes of a message.</summary>
    public Action<MessageSeen> OnMessage { get; set; } = static _ => { };

    /// <summary>Told of every message that arrives, and of its receiver.</summary>
    public Action<int, object> OnArrival { get; set; } = static (_, _) => { };

    /// <summary>What happens by the timeline.</summary>
    public Func<Timeline> Timeline { get; set; } = static () => new Timeline([]);

    /// <summary>The block that was closed last; null before the genesis block.</summary>
    public LedgerBlock? Block { get; private set; }

    /// <summary>The market after it.</summary>
    public Market? Market { get; private set; }

    /// <summary>Metrics by block, up to the block that was closed last.</summary>
    public MetricTable Table
    {
        get
        {
            Refresh();
            return _table;
        }
    }

    /// <summary>Messages of the whole run so far.</summary>
    public long Count(string kind, Func<string, bool> outcome) =>
        _counts.Where(c => c.Key.Kind == kind && outcome(c.Key.Outcome)).Sum(c => c.Value);

    public override void BlockClosed(LedgerBlock block, Market next)
    {
        Refresh();
        foreach (var old in _blocks.Where(b => b.Value.IsWhole).Select(b => b.Key).ToList())
        {
            _blocks.Remove(old);
        }
        _blocks[block.Height] = new Seen(
            block, [.. Enumerable.Range(0, _neurons).Select(next.Row)], Block?.AtMs);
        (Block, Market) = (block, next);
    }

    public override void Reported(JournalRecord.NeuronReported report) => _blocks[report.Block].Add(report);

    public override void Counted(JournalRecord.TrafficCounted traffic)
    {
        var key = (traffic.Kind, traffic.Outcome);
        _counts[key] = _counts.GetValueOrDefault(key) + traffic.Count;
        _blocks.GetValueOrDefault(traffic.Block)?.Add(traffic);
    }

    public override void Audited(ImmutableArray<JournalRecord.Audited> rows)
    {
        // The audit reads what the block said of the rows.
        Refresh();
        var audited = _blocks.GetValueOrDefault(rows[0].Block)?.Block ?? Block!;
        RunMetrics.AddAudit(_table, audited, rows);
    }

    public override void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome) =>
        OnMessage(new MessageSeen(at, parcel.From, parcel.To, parcel.Kind, outcome.Name));

    public override void Arrived(int receiver, IArrival arrival) => OnArrival(receiver, arrival.Content);

    void Refresh()
    {
        foreach (var seen in _blocks.Values.Where(s => s.Stale))
        {
            var faults = Timeline().Edges.TakeWhile(t => t.At.TotalMilliseconds <= seen.Block.AtMs)
                .Sum(t => t.Begins ? 1 : -1);
            RunMetrics.AddBlock(_table, seen.Take(), seen.BeforeMs, faults);
        }
        _table.LastBlock = Block?.Height ?? 0;
    }

    /// <summary>What is known of a block so far.</summary>
    sealed class Seen(LedgerBlock block, WeightRow[] rows, double? beforeMs)
    {
        readonly JournalRecord.NeuronReported?[] _reports = new JournalRecord.NeuronReported?[rows.Length];
        readonly SortedDictionary<(string Kind, string Outcome), long> _traffic = [];

        public LedgerBlock Block => block;

        public double? BeforeMs => beforeMs;

        public bool Stale { get; private set; } = true;

        /// <summary>True when every neuron has told of it.</summary>
        public bool IsWhole => block.Height == 0 || Array.TrueForAll(_reports, r => r is not null);

        public void Add(JournalRecord.NeuronReported report) => (_reports[report.Neuron], Stale) = (report, true);

        public void Add(JournalRecord.TrafficCounted traffic)
        {
            var key = (traffic.Kind, traffic.Outcome);
            _traffic[key] = _traffic.GetValueOrDefault(key) + traffic.Count;
            Stale = true;
        }

        public RunBlock Take()
        {
            Stale = false;
            var traffic = _traffic.Select(c =>
                new JournalRecord.TrafficCounted(block.Height, c.Key.Kind, c.Key.Outcome, c.Value));
            return new RunBlock(block, rows, (JournalRecord.NeuronReported?[])_reports.Clone(), [.. traffic]);
        }
    }
}
