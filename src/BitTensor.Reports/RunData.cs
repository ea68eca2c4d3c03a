using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>One block of a run, from ledger and journal together.</summary>
/// <param name="Ledger">The block as the ledger holds it.</param>
/// <param name="Rows">W after the block; empty for a neuron that is not registered.</param>
/// <param name="Reports">Reports of the neurons for this block, by id; null where a neuron did not report.</param>
/// <param name="Traffic">Messages by kind and outcome.</param>
public sealed record RunBlock(
    LedgerBlock Ledger, IReadOnlyList<WeightRow> Rows, IReadOnlyList<JournalRecord.NeuronReported?> Reports,
    IReadOnlyList<JournalRecord.TrafficCounted> Traffic)
{
    /// <summary>True for a neuron that is registered after the block.</summary>
    public bool IsMember(int neuron) => Rows[neuron].Count > 0;

    /// <summary>The registered neurons, ascending.</summary>
    public IEnumerable<int> Members => Enumerable.Range(0, Rows.Count).Where(IsMember);
}

/// <summary>A run folder, read: the only input of reports.</summary>
public sealed class RunData
{
    readonly string _folder;
    readonly Func<string, IEnumerable<JournalRecord>> _read;
    readonly long? _last;

    RunData(string folder, LedgerHeader header, Func<string, IEnumerable<JournalRecord>> read, long? last)
    {
        _folder = folder;
        _read = read;
        _last = last;
        Header = header;
    }

    /// <summary>Run, parameters and neurons of the ledger.</summary>
    public LedgerHeader Header { get; }

    /// <summary>Number of neurons n.</summary>
    public int Count => Header.Neurons.Length;

    /// <summary>The last block that is read of a run that did not come to its end; null for all blocks.</summary>
    public long? LastWhole => _last;

    /// <summary>Population of neuron i.</summary>
    public ImmutableArray<string> PopulationOf { get; private init; } = [];

    /// <summary>Populations in the order of the scenario.</summary>
    public ImmutableArray<string> Populations { get; private init; } = [];

    /// <summary>Audits, by block and neuron.</summary>
    public IReadOnlyList<JournalRecord.Audited> Audits { get; private init; } = [];

    /// <summary>Events of the scenario's timeline, in order.</summary>
    public IReadOnlyList<JournalRecord.Happened> Happened { get; private init; } = [];

    /// <summary>Reads a run folder.</summary>
    /// <exception cref="FileNotFoundException">Ledger or journal are missing.</exception>
    /// <exception cref="LedgerException">The ledger is damaged.</exception>
    /// <exception cref="JournalException">The journal is damaged.</exception>
    public static RunData Load(string folder) => Load(folder, JournalReader.Read, null);

    /// <summary>
    /// Reads the folder of a run whose process was killed or is still running, up to the last block of which the
    /// journal has all records.
    /// </summary>
    /// <exception cref="FileNotFoundException">Ledger or journal are missing.</exception>
    /// <exception cref="LedgerException">The ledger is damaged.</exception>
    /// <exception cref="InvalidDataException">The journal has no whole block.</exception>
    public static RunData LoadWhole(string folder)
    {
        long open = -1, whole = -1;
        foreach (var record in JournalReader.ReadReadable(Path.Combine(folder, RunFolder.JournalFile)))
        {
            // The records of a block are written together, and the next one follows when they are all there.
            (open, whole) = record switch
            {
                JournalRecord.BlockClosed block => (block.Height, open),
                JournalRecord.Finished => (open, open),
                _ => (open, whole),
            };
        }
        return whole >= 0
            ? Load(folder, JournalReader.ReadReadable, whole)
            : throw new InvalidDataException($"{folder} holds no whole block yet.");
    }

    static RunData Load(string folder, Func<string, IEnumerable<JournalRecord>> read, long? last)
    {
        using var ledger = LedgerReader.Open(Path.Combine(folder, RunFolder.LedgerFile));
        var audits = new List<JournalRecord.Audited>();
        var happened = new List<JournalRecord.Happened>();
        foreach (var record in read(Path.Combine(folder, RunFolder.JournalFile)))
        {
            if (record is JournalRecord.Audited audited && !(audited.Block > last))
            {
                audits.Add(Named(audited));
            }
            if (record is JournalRecord.Happened turn && !(turn.Block > last))
            {
                happened.Add(turn);
            }
        }
        var populations = ledger.Header.Neurons.Select(n => n.Population).ToImmutableArray();
        return new RunData(folder, ledger.Header, read, last)
        {
            PopulationOf = populations,
            Populations = [.. populations.Distinct()],
            Happened = happened,
            // A row that a journal holds twice is the same both times.
            Audits = [.. audits.DistinctBy(a => (a.Block, a.Neuron)).OrderBy(a => a.Block).ThenBy(a => a.Neuron)],
        };
    }

    /// <summary>
    /// A journal of an earlier version has the potential worth under the names of the worth as served, and not the
    /// latter.
    /// </summary>
    static JournalRecord.Audited Named(JournalRecord.Audited a) => a.Potential is not null ? a : a with
    {
        HeldOutLoss = null, HeldOutAccuracy = null, Hessian = null, Fisher = null, Ablation = null,
        Potential = new(
            a.HeldOutLoss!.Value, a.HeldOutAccuracy, a.Hessian!.Value, a.Fisher!.Value, a.Ablation!.Value),
    };

    /// <summary>Neurons of a population, by id.</summary>
    public IEnumerable<int> NeuronsOf(string population) =>
        Enumerable.Range(0, Count).Where(i => PopulationOf[i] == population);

    /// <summary>The blocks of the ledger alone, in order, read lazily: without what only the journal holds.</summary>
    public IEnumerable<LedgerBlock> LedgerBlocks()
    {
        using var ledger = LedgerReader.Open(Path.Combine(_folder, RunFolder.LedgerFile));
        foreach (var block in ledger.Blocks().TakeWhile(b => !(b.Height > _last)))
        {
            yield return block;
        }
    }

    /// <summary>The blocks in order, read lazily: a long run of a large network is never in memory at once.</summary>
    public IEnumerable<RunBlock> Blocks()
    {
        using var ledger = LedgerReader.Open(Path.Combine(_folder, RunFolder.LedgerFile));
        using var journal = new JournalBlocks(_read(Path.Combine(_folder, RunFolder.JournalFile)), Count);
        var rows = Header.Neurons.Select(n => n.Row).ToArray();
        foreach (var block in ledger.Blocks().TakeWhile(b => !(b.Height > _last)))
        {
            foreach (var entry in block.Submissions.Where(e => e.Refused is null))
            {
                rows[entry.Submission.Neuron] = entry.Submission.Row;
            }
            ChangeMembers(rows, block);
            var (reports, traffic) = journal.Next(block.Height);
            yield return new RunBlock(block, (WeightRow[])rows.Clone(), reports, traffic);
        }
    }

    /// <summary>Rows after the leavings and registrations of a block.</summary>
    static void ChangeMembers(WeightRow[] rows, LedgerBlock block)
    {
        var gone = block.Gone;
        for (var i = 0; gone.Count > 0 && i < rows.Length; i++)
        {
            rows[i] = gone.Contains(i) ? WeightRow.Empty : rows[i].Without(i, gone);
        }
        foreach (var made in block.Joined)
        {
            rows[made.Neuron] = WeightRow.Uniform([made.Neuron]);
        }
    }

    /// <summary>Groups the journal's records by block.</summary>
    sealed class JournalBlocks(IEnumerable<JournalRecord> journal, int count) : IDisposable
    {
        readonly IEnumerator<JournalRecord> _records =
            journal.Where(r => r is not JournalRecord.Audited).GetEnumerator();
        bool _ended;

        public (JournalRecord.NeuronReported?[] Reports, List<JournalRecord.TrafficCounted> Traffic) Next(long height)
        {
            var reports = new JournalRecord.NeuronReported?[count];
            var traffic = new List<JournalRecord.TrafficCounted>();
            while (!_ended && !(_records.Current is JournalRecord.BlockClosed ahead && ahead.Height > height))
            {
                if (_records.Current is JournalRecord.NeuronReported report)
                {
                    reports[report.Neuron] = report;
                }
                if (_records.Current is JournalRecord.TrafficCounted counted)
                {
                    traffic.Add(counted);
                }
                _ended = !_records.MoveNext();
            }
            return (reports, traffic);
        }

        public void Dispose() => _records.Dispose();
    }
}
