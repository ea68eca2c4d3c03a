using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>How the values of a metric over the neurons of a population become one number.</summary>
public enum Aggregate
{
    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Smallest.</summary>
    Min,

    /// <summary>Largest.</summary>
    Max,

    /// <summary>Sum.</summary>
    Sum,
}

/// <summary>How two numbers become one, in float64.</summary>
public enum Arithmetic
{
    /// <summary>+</summary>
    Plus,

    /// <summary>-</summary>
    Minus,

    /// <summary>*</summary>
    Times,

    /// <summary>/; a division by 0 is not finite.</summary>
    Over,
}

/// <summary>A block that an operand names, whatever block is judged.</summary>
public abstract record Moment
{
    Moment() { }

    /// <summary>The last block of the run; a run that ended early has none.</summary>
    public sealed record End : Moment;

    /// <summary>A block by its height.</summary>
    public sealed record Block(int Height) : Moment;

    /// <summary>So many blocks before the one that is judged.</summary>
    public sealed record Before(int Blocks) : Moment;
}

/// <summary>A number that a property speaks of.</summary>
public abstract record Operand
{
    Operand() { }

    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Operand;

    /// <summary>
    /// A metric of the run. Metrics of the network have no population and no aggregate; metrics of neurons are
    /// aggregated over a
    /// population, or over all neurons when <paramref name="Population"/> is null.
    /// </summary>
    public sealed record Metric(string Name, Aggregate? Aggregate, string? Population) : Operand;

    /// <summary>A metric of one neuron.</summary>
    public sealed record OfNeuron(string Name, int Neuron) : Operand;

    /// <summary>Within the condition of a share: the metric of the neuron that is counted.</summary>
    public sealed record Own(string Name) : Operand;

    /// <summary>
    /// Share of the neurons of a population, or of all, that have a condition, in [0, 1]; over the neurons of which it
    /// is known.
    /// </summary>
    public sealed record Share(string? Population, Condition With) : Operand;

    /// <summary>
    /// A metric over the rows of a study at these points, all rows without any; one row needs no aggregate and its mean
    /// is itself.
    /// </summary>
    public sealed record Cells(string Name, Aggregate Aggregate, ImmutableArray<StudyPoint> Points) : Operand
    {
        /// <inheritdoc/>
        public bool Equals(Cells? other) =>
            other is not null && Name == other.Name && Aggregate == other.Aggregate
                && Points.AsSpan().SequenceEqual(other.Points.AsSpan());

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Name, Aggregate, Points.Length);
    }

    /// <summary>The same operand at another block than the judged one.</summary>
    public sealed record At(Operand Of, Moment Moment) : Operand;

    /// <summary>The operand with the other sign.</summary>
    public sealed record Negative(Operand Of) : Operand;

    /// <summary>A sum, difference, product or quotient.</summary>
    public sealed record Infix(Operand Left, Arithmetic Sign, Operand Right) : Operand;

    /// <summary>The operand and all below it, also within the conditions of shares.</summary>
    public IEnumerable<Operand> Parts() => this switch
    {
        At at => at.Of.Parts().Prepend(this),
        Negative negative => negative.Of.Parts().Prepend(this),
        Infix infix => infix.Left.Parts().Concat(infix.Right.Parts()).Prepend(this),
        Share share => share.With.Parts().Prepend(this),
        _ => [this],
    };

    /// <summary>The operand in the language of properties.</summary>
    public sealed override string ToString() => PropertyText.Of(this);

    /// <summary>The metric that this operand itself reads; null for one that reads none.</summary>
    public string? Measures => this switch
    {
        Metric metric => metric.Name,
        OfNeuron one => one.Name,
        Own own => own.Name,
        Cells cells => cells.Name,
        _ => null,
    };
}
