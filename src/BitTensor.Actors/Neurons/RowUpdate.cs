using BitTensor.Actors.View;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>How an honest neuron moves its row once per block. Pure.</summary>
static class RowUpdate
{
    /// <summary>
    /// The row the neuron wants, before the bound epsilon. Shape: the slots of <paramref name="row"/>.
    /// </summary>
    /// <param name="policy">The scenario's <c>weights</c>.</param>
    /// <param name="self">i.</param>
    /// <param name="row">Row i as the ledger has it.</param>
    /// <param name="stake">s_i as in the rank.</param>
    /// <param name="count">n.</param>
    /// <param name="evidence">What its iterations showed.</param>
    /// <param name="mechanism">The mechanism's numbers.</param>
    public static double[] Wanted(
        WeightPolicy policy, int self, WeightRow row, double stake, int count, SlotEvidence evidence,
        MechanismParameters mechanism) =>
        policy switch
        {
            WeightPolicy.Uniform => Spread(row, self, static _ => 1),
            WeightPolicy.Significance or WeightPolicy.Ablation or WeightPolicy.Synergy =>
                InProportion(row, self, evidence.MeanSignificance()),
            WeightPolicy.Gate => InProportion(row, self, evidence.MeanImportance()),
            _ => Ascended(row, self, stake, count, evidence.MeanGradient(), mechanism),
        };

    static double[] Ascended(
        WeightRow row, int self, double stake, int count, double[] lossGradient, MechanismParameters mechanism)
    {
        if (!Array.TrueForAll(lossGradient, double.IsFinite))
        {
            return row.Values.ToArray();
        }
        var gradient = Payoff.Gradient(self, row.Targets, lossGradient, stake, count, mechanism.Alpha, mechanism.Tau);
        return Simplex.Step(row.Values, gradient, mechanism.Step);
    }

    static double[] InProportion(WeightRow row, int self, double[] worth)
    {
        var usable = worth.Any(w => w > 0) && Array.TrueForAll(worth, double.IsFinite);
        return usable ? Spread(row, self, k => Math.Max(0, worth[k])) : row.Values.ToArray();
    }

    /// <summary>Weights proportional to <paramref name="score"/> over the peers, none on the neuron itself.</summary>
    static double[] Spread(WeightRow row, int self, Func<int, double> score)
    {
        var scores = new double[row.Count];
        double total = 0;
        for (var k = 0; k < scores.Length; k++)
        {
            scores[k] = row.Targets[k] == self ? 0 : score(k);
            total += scores[k];
        }
        return total > 0 ? [.. scores.Select(s => s / total)] : row.Values.ToArray();
    }
}
