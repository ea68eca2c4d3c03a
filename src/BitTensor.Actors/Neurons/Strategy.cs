using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>How a neuron departs from the protocol; this one does not. Each dishonest strategy overrides what it does differently.</summary>
class Strategy
{
    /// <summary>The row the neuron wants in the next block, before the bound epsilon.</summary>
    /// <param name="self">i.</param>
    /// <param name="row">Row i as the ledger has it.</param>
    /// <param name="honest">What an honest neuron would want.</param>
    public virtual double[] Wanted(int self, WeightRow row, double[] honest) => honest;

    /// <summary>What the neuron serves in place of its representation; null serves the representation.</summary>
    public virtual Tensor? Fake(QueryId query, int rows, int columns) => null;

    /// <summary>True when the neuron learns from gradients its callers send.</summary>
    public virtual bool Learns => true;

    /// <summary>The strategy a scenario names.</summary>
    public static Strategy Of(StrategySpec spec, ulong seed, int neuron) => spec switch
    {
        StrategySpec.SelfWeight => new SelfWeight(),
        StrategySpec.FreeRide freeRide => new FreeRide(freeRide.Scale, seed, neuron),
        _ => new Strategy(),
    };
}

/// <summary>Votes for itself alone: w_ii to 1, epsilon per block. Serves and learns like an honest neuron.</summary>
sealed class SelfWeight : Strategy
{
    public override double[] Wanted(int self, WeightRow row, double[] honest)
    {
        var wanted = new double[row.Count];
        wanted[row.Targets.BinarySearch(self)] = 1;
        return wanted;
    }
}

/// <summary>Answers with normal noise of standard deviation <paramref name="scale"/>, at no cost, and learns from nobody.</summary>
sealed class FreeRide(double scale, ulong seed, int neuron) : Strategy
{
    readonly ulong _key = new RandomStream(seed, "free-ride", neuron).NextUInt64();
    readonly RandomStream _dice = new(seed, "free-ride", neuron);

    public override bool Learns => false;

    public override Tensor Fake(QueryId query, int rows, int columns) =>
        Noise(_dice, _key ^ (ulong)query.Caller, (ulong)query.Sequence, scale, rows, columns);

    /// <summary>The noise that belongs to (<paramref name="key"/>, <paramref name="counter"/>).</summary>
    public static Tensor Noise(RandomStream dice, ulong key, ulong counter, double scale, int rows, int columns)
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
