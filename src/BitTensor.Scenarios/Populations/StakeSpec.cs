using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>The row a neuron starts with: its part of W_0.</summary>
public enum FirstWeights
{
    /// <summary>Equal weight on each slot.</summary>
    Uniform,

    /// <summary>Uniform draws divided by their sum: the paper's random uniform W_0.</summary>
    Random,

    /// <summary>All weight on the neuron itself.</summary>
    Self,

    /// <summary>Zeros: the neuron has not voted. Its first row is not bound by epsilon.</summary>
    None,
}

/// <summary>Stake at the start of a run, S^0.</summary>
public abstract record StakeSpec
{
    /// <summary>The largest stake; larger draws become this one.</summary>
    public const double Most = 1e15;

    StakeSpec() { }

    /// <summary>True when nobody of the population holds any.</summary>
    public virtual bool IsZero => false;

    /// <summary>Stake of one owner, in [0, <see cref="Most"/>].</summary>
    /// <param name="owner">Position of the owner in its population, from 0.</param>
    /// <param name="dice">A stream of the owner's own.</param>
    public double Of(int owner, RandomStream dice) => Math.Clamp(Draw(owner, dice), 0, Most);

    private protected abstract double Draw(int owner, RandomStream dice);

    /// <summary>The same for everybody.</summary>
    public sealed record Each(double Amount) : StakeSpec
    {
        /// <inheritdoc/>
        public override bool IsZero => Amount == 0;

        private protected override double Draw(int owner, RandomStream dice) => Amount;
    }

    /// <summary>One amount per owner.</summary>
    public sealed record Listed(ImmutableArray<double> Amounts) : StakeSpec
    {
        /// <inheritdoc/>
        public override bool IsZero => Amounts.All(a => a == 0);

        /// <inheritdoc/>
        public bool Equals(Listed? other) =>
            other is not null && Amounts.AsSpan().SequenceEqual(other.Amounts.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => Amounts.Length;

        private protected override double Draw(int owner, RandomStream dice) => Amounts[owner];
    }

    /// <summary>Uniform between two bounds.</summary>
    public sealed record Uniform(double Low, double High) : StakeSpec
    {
        private protected override double Draw(int owner, RandomStream dice) => Low + (High - Low) * dice.NextDouble();
    }

    /// <summary>Normal; draws below 0 become 0.</summary>
    public sealed record Normal(double Mean, double Deviation) : StakeSpec
    {
        private protected override double Draw(int owner, RandomStream dice) => Mean + Deviation * dice.NextNormal();
    }

    /// <summary>Lognormal: median e^(sigma z).</summary>
    public sealed record Lognormal(double Median, double Sigma) : StakeSpec
    {
        private protected override double Draw(int owner, RandomStream dice) =>
            Median * Math.Exp(Sigma * dice.NextNormal());
    }

    /// <summary>Pareto: P(S &gt; x) = (least / x)^shape for x above least.</summary>
    public sealed record Pareto(double Least, double Shape) : StakeSpec
    {
        private protected override double Draw(int owner, RandomStream dice) =>
            Least * Math.Pow(1 - dice.NextDouble(), -1 / Shape);
    }

    /// <summary>What <see cref="StateSpec.Stake"/> says.</summary>
    public sealed record OfState : StakeSpec
    {
        private protected override double Draw(int owner, RandomStream dice) =>
            throw new InvalidOperationException("The scenario's state has the stake.");
    }
}
