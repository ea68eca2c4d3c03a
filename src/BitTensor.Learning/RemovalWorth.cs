using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>A batch as the head sees it.</summary>
/// <param name="Peers">The peers' slots side by side, rows x (slots - 1) representation.</param>
/// <param name="Own">The own slot, rows x representation.</param>
/// <param name="Targets">What the loss compares the outputs with.</param>
sealed record HeadBatch(Tensor Peers, Tensor Own, Tensor Targets);

/// <summary>
/// The loss of a batch without single slots and without pairs of them, at the model's own parameters.
/// </summary>
/// <param name="shape">Shape.</param>
/// <param name="batch">The batch.</param>
/// <param name="read">The head: peers and own slot to outputs.</param>
sealed class RemovalWorth(ModelShape shape, HeadBatch batch, Func<Tensor, Tensor, Tensor> read)
{
    /// <summary>Most rows that the head reads at once.</summary>
    const int MostRows = 8192;

    readonly int _peers = shape.Slots - 1;

    /// <summary>One number per peer, in the order of their slots.</summary>
    /// <param name="measure">Ablation or synergy.</param>
    public double[] Measure(WorthMeasure measure)
    {
        using var noGradient = no_grad();
        List<int[]> removed = [[], .. Enumerable.Range(0, _peers).Select(p => (int[])[p])];
        if (measure == WorthMeasure.Synergy)
        {
            removed.AddRange(
                from p in Enumerable.Range(0, _peers) from q in Enumerable.Range(p + 1, _peers - p - 1)
                select (int[])[p, q]);
        }
        var losses = Losses(removed);
        var worth = Enumerable.Range(0, _peers).Select(p => losses[1 + p] - losses[0]).ToArray();
        var alone = (double[])worth.Clone();
        for (var k = 1 + _peers; k < removed.Count; k++)
        {
            var (p, q) = (removed[k][0], removed[k][1]);
            var together = losses[k] - losses[0] - alone[p] - alone[q];
            worth[p] += together / 2;
            worth[q] += together / 2;
        }
        return worth;
    }

    /// <summary>Mean loss without each of these sets of peers.</summary>
    double[] Losses(IReadOnlyList<int[]> removed)
    {
        var (rows, losses) = ((int)batch.Peers.shape[0], new List<double>(removed.Count));
        foreach (var sets in removed.Chunk(Math.Max(1, MostRows / rows)))
        {
            using var scope = NewDisposeScope();
            var kept = Copy.In([.. sets.SelectMany(KeptBut)], sets.Length, _peers * shape.Representation);
            var peers = (kept.unsqueeze(1) * batch.Peers.unsqueeze(0)).flatten(0, 1);
            var outputs = read(peers, Repeated(batch.Own, sets.Length));
            var loss = Criterion.Loss(shape, outputs, Repeated(batch.Targets, sets.Length), nn.Reduction.None);
            losses.AddRange(Copy.Out(loss.view(sets.Length, rows).mean([1L])).Select(l => (double)l));
        }
        return [.. losses];
    }

    /// <summary>1 for what the head sees and 0 for what it does not.</summary>
    float[] KeptBut(int[] removed)
    {
        var kept = new float[_peers * shape.Representation];
        Array.Fill(kept, 1);
        foreach (var p in removed)
        {
            kept.AsSpan(p * shape.Representation, shape.Representation).Clear();
        }
        return kept;
    }

    static Tensor Repeated(Tensor rows, int times) =>
        rows.dim() == 1 ? rows.repeat([times]) : rows.repeat([times, 1]);
}
