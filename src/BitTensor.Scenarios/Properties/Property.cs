namespace BitTensor.Scenarios;

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

    /// <summary>At every block with data from the first to the last of them, both included.</summary>
    public sealed record UntilBlock(int First, int Last) : Horizon;

    /// <summary>At some block up to this one, and the property stays true once: it need hold only once.</summary>
    public sealed record EventuallyBy(int Block) : Horizon;
}

/// <summary>A property of a run: a condition at the blocks of the horizon.</summary>
/// <param name="Name">Name in the verdict.</param>
/// <param name="Text">The property as written.</param>
/// <param name="Condition">What must hold.</param>
/// <param name="Holds">Blocks.</param>
public sealed record Property(string Name, string Text, Condition Condition, Horizon Holds)
{
    /// <summary>Share of seeds in which it is wanted when a sweep judges it, in (0, 1).</summary>
    public required double OfSeeds { get; init; }

    /// <summary>
    /// Why the property is known not to hold, though the paper or a defence claims it; null for one that is to hold.
    /// </summary>
    public string? Finding { get; init; }
}
