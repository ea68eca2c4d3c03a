using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Strategies;

/// <summary>F_i(x) is noise, zeros or a constant, at no cost. The neuron learns from no gradient.</summary>
sealed class FreeRide(StrategySpec spec, ulong seed, int neuron) : Strategy
{
    readonly ulong _key = new RandomStream(seed, "free-ride", neuron).NextUInt64();
    readonly RandomStream _dice = new(seed, "free-ride", neuron);
    readonly string _kind = spec.Word("kind");
    readonly double _scale = spec.Number("scale");

    public override bool Learns => false;

    public override Tensor Fake(QueryId query, int rows, int columns) => _kind switch
    {
        "zeros" => new Tensor(rows, columns, new float[rows * columns]),
        "constant" => Filled(rows, columns, (float)_scale),
        _ => Noise(_dice, _key ^ (ulong)query.Caller, (ulong)query.Sequence, _scale, rows, columns),
    };

    /// <summary>One value everywhere.</summary>
    public static Tensor Filled(int rows, int columns, float value)
    {
        var values = new float[rows * columns];
        Array.Fill(values, value);
        return new Tensor(rows, columns, values);
    }

    /// <summary>The noise that belongs to (<paramref name="key"/>, <paramref name="counter"/>).</summary>
    static Tensor Noise(RandomStream dice, ulong key, ulong counter, double scale, int rows, int columns)
    {
        dice.Reseed(key, counter);
        var values = new float[rows * columns];
        for (var k = 0; k < values.Length; k++)
        {
            values[k] = (float)(scale * dice.NextNormal());
        }
        return new Tensor(rows, columns, values);
    }
}

/// <summary>
/// F_i(x) is the answer to the first batch, for every x. After that the neuron computes and learns nothing.
/// </summary>
sealed class Cached : Strategy
{
    Tensor? _kept;
    bool _computed;

    public override bool Learns => false;

    public override bool Computes()
    {
        var first = !_computed;
        _computed = true;
        return first;
    }

    public override Tensor Answered(int rows, Func<Tensor> represent)
    {
        _kept ??= represent();
        return rows == _kept.Rows ? _kept : Cycled(_kept, rows);
    }

    /// <summary>Each example gets the answer of the example before it.</summary>
    public override Tensor Audited(Tensor honest) =>
        new(honest.Rows, honest.Columns, [.. honest.Values[^honest.Columns..], .. honest.Values[..^honest.Columns]]);

    static Tensor Cycled(Tensor kept, int rows)
    {
        var values = new float[rows * kept.Columns];
        for (var k = 0; k < values.Length && kept.Values.Length > 0; k++)
        {
            values[k] = kept.Values[k % kept.Values.Length];
        }
        return new Tensor(rows, kept.Columns, values);
    }
}

/// <summary>F_i(x) = m_ij F_j(x): passes on the answer of another neuron. Gradients that come back end here.</summary>
sealed class Relay(ImmutableArray<int> targets) : Strategy
{
    int _next;

    public override bool Learns => false;

    /// <summary>Never relays to the caller, whose own answer that would be.</summary>
    public override int? Relays(int caller)
    {
        for (var tries = 0; tries < targets.Length; tries++)
        {
            if (targets[_next++ % targets.Length] is var target && target != caller)
            {
                return target;
            }
        }
        return null;
    }
}

/// <summary>
/// Honest until the block of the switch. Then F_i(x) = 0 without learning, while weight and stake stay until the peers
/// react.
/// </summary>
sealed class BaitAndSwitch(long at) : Strategy
{
    bool _switched;

    public override bool Learns => !_switched;

    public override void Opens(long height) => _switched = height >= at;

    public override Tensor? Fake(QueryId query, int rows, int columns) =>
        _switched ? FreeRide.Filled(rows, columns, 0) : null;
}

/// <summary>
/// Serves its members, and callers with a sufficient bid. It answers busy to the others, who have zero in its slot.
/// </summary>
sealed class Selective(ImmutableArray<int> members, double? leastBid) : Strategy
{
    public override ServingRefusal? Refuses(int caller, double bid) =>
        Rows.Has(members, caller) || bid >= leastBid ? null : ServingRefusal.Busy;
}

/// <summary>
/// F_i(x) is poisoned after it is computed. The neuron goes on learning, so that the honest answer is good.
/// </summary>
sealed class PoisonForward(Poison poison) : Strategy
{
    public override Tensor Answered(int rows, Func<Tensor> represent) => poison.Of(represent());
}
