using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.TestKit;

/// <summary>
/// A story did not go as it was told. The message ends with scenario, seed, block, and the command that runs it again.
/// </summary>
public sealed class TestRunException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A text is no scenario, or no part of one: every error with its place and remedy.</summary>
public sealed class ScenarioException(string message) : Exception(message)
{
    internal static Scenario Require(ScenarioResult read) => read switch
    {
        { Value: { } scenario } => scenario,
        { Errors.IsEmpty: false } => throw new ScenarioException(string.Join('\n', read.Errors)),
        _ => throw new ScenarioException("A scenario of kind equilibrium has no network: `bta run` solves it."),
    };

    internal static Property Require((Property? Value, ImmutableArray<ScenarioError> Errors) read) =>
        read.Value ?? throw new ScenarioException(string.Join('\n', read.Errors));
}
