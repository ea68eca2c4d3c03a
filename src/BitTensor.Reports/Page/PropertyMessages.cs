using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>A submission as the ledger judged it.</summary>
/// <param name="Block">Height.</param>
/// <param name="Arrival">Counts the arrivals of the block from 0.</param>
/// <param name="From">Sender's address.</param>
/// <param name="Neuron">Neuron whose row it is.</param>
/// <param name="Moved">Euclidean distance to the row before; null without one.</param>
/// <param name="OnItself">w_ii of the row.</param>
/// <param name="Refused">Reason of the refusal; null when accepted.</param>
sealed record JudgedSubmission(
    long Block, long Arrival, int From, int Neuron, double? Moved, double OnItself, string? Refused);

/// <summary>The submissions around the blocks that broke properties, from the ledger.</summary>
sealed class PropertyMessages
{
    const int MostRows = 12;
    const int MostGivers = 8;

    static readonly string[] Earned = ["rank", "rank-share", "stake", "stake-share", "emission"];

    readonly Dictionary<int, List<JudgedSubmission>> _of = [];
    readonly Dictionary<int, (int Neuron, (string From, double Share)[] Givers)[]> _ranks = [];

    PropertyMessages() { }

    /// <summary>
    /// Submissions around property number k, the deciding neurons' first; empty for one that is not broken.
    /// </summary>
    public IReadOnlyList<JudgedSubmission> Of(int k) => _of.TryGetValue(k, out var rows) ? rows : [];

    /// <summary>
    /// Where property number k is broken by rank or stake: the deciding neurons, each with the share of its rank (5) by
    /// the population that gives it, largest first.
    /// </summary>
    public IReadOnlyList<(int Neuron, (string From, double Share)[] Givers)> RankOf(int k) =>
        _ranks.GetValueOrDefault(k, []);

    /// <summary>Reads the ledger up to the last block that broke a property.</summary>
    public static PropertyMessages Read(RunData run, IReadOnlyList<PropertyExplanation> explanations)
    {
        var messages = new PropertyMessages();
        var wanted = explanations.Index()
            .Where(e => e.Item.Verdict is { Outcome: Outcome.Fail, Block: not null }).ToArray();
        if (wanted.Length == 0)
        {
            return messages;
        }
        var last = wanted.Max(w => w.Item.Verdict.Block!.Value);
        var rows = run.Header.Neurons.Select(n => n.Row).ToArray();
        foreach (var block in run.LedgerBlocks().TakeWhile(b => b.Height <= last))
        {
            var judged = block.Submissions
                .Where(e => e.Submission.Neuron >= 0 && e.Submission.Neuron < rows.Length)
                .Select(e => (Entry: e, Before: rows[e.Submission.Neuron])).ToArray();
            foreach (var (entry, _) in judged.Where(j => j.Entry.Refused is null))
            {
                rows[entry.Submission.Neuron] = entry.Submission.Row;
            }
            foreach (var (k, explained) in wanted)
            {
                if (explained.Verdict.Block - block.Height is >= 0 and <= 1)
                {
                    messages.Add(k, explained, block.Height, judged);
                }
                if (explained.Verdict.Block == block.Height)
                {
                    messages._ranks[k] = [
                        .. explained.Neurons.Where(n => Earned.Contains(n.Metric) && n.Neuron < rows.Length)
                            .Select(n => n.Neuron).Distinct().Select(j => (j, GiversOf(run, rows, block.Stake, j))),
                    ];
                }
            }
        }
        return messages;
    }

    void Add(
        int k, PropertyExplanation explained, long height,
        IEnumerable<(SubmissionEntry Entry, Mechanism.WeightRow Before)> judged)
    {
        if (!_of.TryGetValue(k, out var rows))
        {
            _of[k] = rows = [];
        }
        var deciding = explained.Neurons.Select(n => n.Neuron).ToHashSet();
        rows.AddRange(judged
            .Where(j => deciding.Count == 0 || deciding.Contains(j.Entry.Submission.Neuron)
                || j.Entry.Refused is not null)
            .OrderByDescending(j => deciding.Contains(j.Entry.Submission.Neuron))
            .ThenByDescending(j => j.Entry.Refused is not null)
            .ThenBy(j => j.Entry.Arrival)
            .Take(MostRows / 2)
            .Select(j => new JudgedSubmission(
                height, j.Entry.Arrival, j.Entry.From, j.Entry.Submission.Neuron,
                Distance(j.Before, j.Entry.Submission.Row), j.Entry.Submission.Row[j.Entry.Submission.Neuron],
                j.Entry.Refused?.ToString())));
        if (explained.Verdict.Block == height)
        {
            // The block that broke it stands first.
            rows.Sort((a, b) => (-a.Block, a.Arrival).CompareTo((-b.Block, b.Arrival)));
        }
    }

    static (string From, double Share)[] GiversOf(
        RunData run, Mechanism.WeightRow[] rows, IReadOnlyList<double> stake, int neuron)
    {
        var given = rows.Select((row, i) => (
            From: i == neuron ? "itself" : run.PopulationOf[i], Rank: stake[i] * row[neuron])).ToArray();
        var all = given.Sum(g => g.Rank);
        return all > 0
            ? [
                .. given.GroupBy(g => g.From).Select(g => (g.Key, Share: g.Sum(v => v.Rank) / all))
                    .OrderByDescending(g => g.Share).Take(MostGivers),
            ]
            : [];
    }

    static double Distance(Mechanism.WeightRow before, Mechanism.WeightRow after)
    {
        int[] targets = [.. before.Targets, .. after.Targets];
        return Math.Sqrt(targets.Distinct().Sum(t => Math.Pow(after[t] - before[t], 2)));
    }
}
