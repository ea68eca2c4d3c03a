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
