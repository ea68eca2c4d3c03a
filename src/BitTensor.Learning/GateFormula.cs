using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The trained gate of eq. (10) as formulas: scores h = x A + a over the peers, the k highest are chosen, and the
/// weights g are the softmax of the chosen scores. Shapes: rows x peers, where peers are the slots without the own one.
/// </summary>
static class GateFormula
{
    /// <summary>Positions of the offsets, which start at zero.</summary>
    public static readonly int[] Offsets = [1];

    /// <summary>Shapes of the matrices A, a.</summary>
    public static (int Rows, int Columns)[] Shapes(ModelShape s) => [(s.Features, s.Slots - 1), (1, s.Slots - 1)];

    /// <summary>The scores h.</summary>
    public static Tensor Scores(Tensor x, Tensor[] p) => Layers.Affine(p[1], x, p[0]);

    /// <summary>
    /// The softmax of the scores over the peers that are allowed; zeros for an example that allows none.
    /// </summary>
    public static Tensor Weights(Tensor scores, bool[] allowed)
    {
        using Scalar lowest = double.NegativeInfinity.ToScalar(), nothing = 0.ToScalar();
        var mask = from_array(allowed).view(scores.shape);
        var none = mask.any(1, true).logical_not();
        var kept = scores.masked_fill(mask.logical_not(), lowest);
        var highest = kept.detach().amax([1], true).masked_fill(none, nothing);
        var shares = Kept.Plus(kept, highest.neg()).exp();
        return shares.div(Kept.Plus(shares.sum(1, true), none.to(scores.dtype)));
    }

    /// <summary>
    /// The squared coefficient of variation of the peers' importance, the sum of g over the batch (Shazeer et al.
    /// 2017): 0 at balance, peers - 1 where one has it all.
    /// </summary>
    public static Tensor CvSquared(Tensor weights)
    {
        var importance = weights.sum([0]);
        var mean = importance.mean();
        var distance = Kept.Plus(importance, mean.neg());
        return distance.mul(distance).mean().div(mean.mul(mean));
    }

    /// <summary>
    /// n sum_j f_j P_j over all n peers (Fedus et al. 2021): f_j is the share of choices that fell on peer j, P_j its
    /// mean softmax over all peers. 1 at balance, n where one has it all.
    /// </summary>
    public static Tensor Switch(Tensor scores, bool[] chosen)
    {
        var mask = from_array(chosen).view(scores.shape).to(scores.dtype);
        var share = mask.sum([0]).div(mask.sum());
        return Kept.Times(share.mul(scores.softmax(1).mean([0])).sum(), scores.shape[1]);
    }

    /// <summary>The peers of the highest scores, for each example or by the mean over the batch.</summary>
    public static bool[] Choose(float[] scores, int peers, int top, GateScope per)
    {
        var rows = scores.Length / peers;
        if (per == GateScope.Batch)
        {
            var together = Choose(Means(scores, peers), peers, top, GateScope.Example);
            return [.. Enumerable.Repeat(together, rows).SelectMany(c => c)];
        }
        var chosen = new bool[scores.Length];
        for (var row = 0; row < rows; row++)
        {
            var first = row * peers;
            // Stable, so that ties fall the same way in any run.
            foreach (var at in Enumerable.Range(first, peers).OrderByDescending(at => scores[at]).Take(top))
            {
                chosen[at] = true;
            }
        }
        return chosen;
    }

    /// <summary>The answers times their weights, rows x (slots - 1) representation.</summary>
    public static Tensor Join(ModelShape s, Tensor peers, Tensor weights) =>
        peers.view(peers.shape[0], s.Slots - 1, s.Representation).mul(weights.unsqueeze(2)).flatten(1);

    static float[] Means(float[] scores, int peers)
    {
        var (means, rows) = (new float[peers], scores.Length / peers);
        for (var at = 0; at < scores.Length; at++)
        {
            means[at % peers] += scores[at] / rows;
        }
        return means;
    }
}
