using BitTensor.Records;

namespace BitTensor.Reports;

/// <summary>Totals of a run for a team of neurons together and for the others, accumulated block by block.</summary>
/// <param name="team">True for the team's neurons, shape n.</param>
public sealed class TeamSums(bool[] team)
{
    readonly List<double> _income = [];
    readonly List<double> _rank = [];
    readonly List<double> _loss = [];
    readonly List<(long Block, double Loss)> _others = [];

    /// <summary>
    /// The team's share of each block's emission, the genesis block first; 0 where a block emits nothing.
    /// </summary>
    public IReadOnlyList<double> Income => _income;

    /// <summary>The team's R of eq. (5), mean over the blocks.</summary>
    public double Rank => _rank.Average();

    /// <summary>Its share of all stake before the first block's emission.</summary>
    public double FirstStakeShare { get; private set; } = double.NaN;

    /// <summary>Its share of all stake after the last block's.</summary>
    public double StakeShare { get; private set; }

    /// <summary>
    /// Mean loss of the team's neurons over the blocks in which they trained; null when they never did.
    /// </summary>
    public double? Loss => _loss.Count == 0 ? null : _loss.Average();

    /// <summary>Mean loss of the others over the blocks after a height; null when they did not train then.</summary>
    public double? OthersLoss(long after = -1)
    {
        double[] losses = [.. _others.Where(l => l.Block > after).Select(l => l.Loss)];
        return losses.Length == 0 ? null : losses.Average();
    }

    /// <summary>Adds a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="reports">Reports of the neurons for this block.</param>
    public void Add(JournalRecord.BlockClosed block, IReadOnlyCollection<JournalRecord.NeuronReported> reports)
    {
        _income.Add(ShareOf(block.Emission));
        _rank.Add(Of(block.Rank));
        FirstStakeShare = double.IsNaN(FirstStakeShare) ? ShareOf(block.Stake) : FirstStakeShare;
        StakeShare = ShareOf([.. block.Stake.Zip(block.Emission, (s, e) => s + e)]);
        _loss.AddRange(reports.Where(r => team[r.Neuron]).Select(r => r.Loss).OfType<double>());
        _others.AddRange(
            reports.Where(r => !team[r.Neuron] && r.Loss is not null).Select(r => (r.Block, r.Loss!.Value)));
    }

    double Of(IEnumerable<double> amounts) => amounts.Where((_, i) => team[i]).Sum();

    double ShareOf(IReadOnlyCollection<double> amounts) => amounts.Sum() is var all and > 0 ? Of(amounts) / all : 0;
}
