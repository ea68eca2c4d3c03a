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

/// <summary>How two sides of a property compare.</summary>
public enum Comparison
{
    /// <summary>&lt;</summary>
    Below,

    /// <summary>&lt;=</summary>
    AtMost,

    /// <summary>&gt;</summary>
    Above,

    /// <summary>&gt;=</summary>
    AtLeast,
}

/// <summary>One side of a property.</summary>
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
}

/// <summary>At which blocks a property is judged.</summary>
public abstract record Horizon
{
    Horizon() { }

    /// <summary>At every block that has data.</summary>
    public sealed record Always : Horizon;

    /// <summary>At the last block that was closed.</summary>
    public sealed record AtEnd : Horizon;

    /// <summary>At every block with data from this one on.</summary>
    public sealed record FromBlock(int Block) : Horizon;

    /// <summary>At some block up to this one, and the property stays true once: it need hold only once.</summary>
    public sealed record EventuallyBy(int Block) : Horizon;
}

/// <summary>A property of a run: <c>left comparison right</c> at the blocks of the horizon.</summary>
/// <param name="Name">Name in the verdict.</param>
/// <param name="Text">The property as written.</param>
/// <param name="Left">Left side.</param>
/// <param name="Comparison">Comparison.</param>
/// <param name="Right">Right side.</param>
/// <param name="Holds">Blocks.</param>
public sealed record Property(
    string Name, string Text, Operand Left, Comparison Comparison, Operand Right, Horizon Holds)
{
    /// <summary>Share of seeds in which it is wanted when a sweep judges it, in (0, 1).</summary>
    public required double OfSeeds { get; init; }

    /// <summary>
    /// Why the property is known not to hold, though the paper or a defence claims it; null for one that is to hold.
    /// </summary>
    public string? Finding { get; init; }
}
