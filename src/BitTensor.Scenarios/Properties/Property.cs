using System.Collections.Immutable;

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

    /// <summary>Reads a property that stands outside of a scenario's file.</summary>
    /// <param name="text">The property.</param>
    /// <param name="holds">When it must hold.</param>
    /// <param name="scenario">Scenario whose populations, neurons and blocks it may name.</param>
    /// <param name="origin">Where it stands: named as the file of its errors, which are in line 1.</param>
    /// <returns>The property, or every error found in it.</returns>
    public static (Property? Value, ImmutableArray<ScenarioError> Errors) Read(
        string text, Horizon holds, Scenario scenario, string origin)
    {
        var errors = new ErrorList(origin);
        var words = new NetworkWords(scenario.Populations, scenario.Blocks);
        return PropertyParser.Read(text, at => new Place(1, at + 1), words, errors) is { } condition
            ? (new Property(text, text, condition, holds) { OfSeeds = PropertyFormat.OfSeeds }, [])
            : (null, errors.Sorted());
    }
}
