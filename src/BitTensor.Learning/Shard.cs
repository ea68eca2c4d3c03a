using BitTensor.Mechanism;

namespace BitTensor.Learning;

/// <summary>One neuron's data.</summary>
/// <param name="Train">Examples the neuron trains on.</param>
/// <param name="HeldOut">Examples that only the audit uses.</param>
public sealed record Shard(Examples Train, Examples HeldOut)
{
    /// <summary>Examples that never leave the neuron; null for none.</summary>
    public Examples? Private { get; init; }

    /// <summary>Sets the last share of the training data aside; at least one example stays on each side.</summary>
    public Shard WithPrivate(double share)
    {
        var kept = Math.Clamp((int)Math.Round((1 - share) * Train.Count), 1, Math.Max(1, Train.Count - 1));
        return this with
        {
            Train = Train.Take([.. Enumerable.Range(0, kept)]),
            Private = Train.Take([.. Enumerable.Range(kept, Train.Count - kept)]),
        };
    }

    /// <summary>
    /// Examples that the neuron keeps aside: it queries its peers about them and does not train on them. Null for none.
    /// </summary>
    public Examples? Aside { get; init; }

    /// <summary>Keeps a share of the training examples aside; at least one stays on each side.</summary>
    /// <param name="share">In (0, 1).</param>
    /// <exception cref="DataSetException">There is only one example to train on.</exception>
    public Shard KeepAside(double share)
    {
        if (Train.Count < 2)
        {
            throw new DataSetException(
                "A neuron that trains on one example cannot keep some aside; use more examples, a smaller holdout, or "
                + "significance: { on: training }.");
        }
        var aside = Math.Clamp((int)Math.Round(share * Train.Count), 1, Train.Count - 1);
        int[] all = [.. Enumerable.Range(0, Train.Count)];
        return this with
        {
            Train = Train.Take(all.AsSpan(0, all.Length - aside)), Aside = Train.Take(all.AsSpan(all.Length - aside)),
        };
    }

    /// <summary>Splits a neuron's examples; at least one stays on each side.</summary>
    /// <param name="examples">At least two.</param>
    /// <param name="holdout">Share held out, in (0, 1).</param>
    /// <param name="seed">Seed.</param>
    /// <param name="neuron">Id.</param>
    public static Shard Split(Examples examples, double holdout, ulong seed, int neuron)
    {
        var order = Sharding.Shuffled(examples.Count, new RandomStream(seed, "holdout", neuron));
        var held = Math.Clamp((int)Math.Round(holdout * order.Length), 1, order.Length - 1);
        return new Shard(examples.Take(order.AsSpan(held)), examples.Take(order.AsSpan(0, held)));
    }
}
