using BitTensor.Scenarios;

namespace BitTensor.Actors.Context;

/// <summary>
/// Strategies, models and link rules of a library of one's own. A command line names the library
/// (<c>--extensions FILE</c>); no scenario can. Its public classes of this kind, each with a constructor without
/// parameters, extend every run.
/// </summary>
public interface IRunExtension
{
    /// <summary>The extensions with those of the library for a scenario, by the names of its populations.</summary>
    /// <param name="to">What libraries before it gave.</param>
    /// <param name="scenario">The scenario that is run.</param>
    RunExtensions Extend(RunExtensions to, Scenario scenario);
}
