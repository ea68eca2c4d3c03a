using System.Collections.Immutable;

namespace BitTensor.Records;

/// <summary>An invariant does not hold.</summary>
/// <param name="Invariant">Which.</param>
/// <param name="Block">Block at which it was noticed.</param>
/// <param name="Neuron">Neuron, where it is one.</param>
/// <param name="What">What is the case, as a sentence.</param>
/// <param name="State">The state around it, one line each, for <c>violation.json</c>.</param>
public sealed record Violation(Invariant Invariant, long Block, int? Neuron, string What, ImmutableArray<string> State)
{
    /// <summary>One line for people.</summary>
    public string Text =>
        $"invariant {Invariant} does not hold at block {Block}{(Neuron is { } n ? $", neuron {n}" : "")}: {What}";
}

/// <summary>A run came to a state that must not be: the program is wrong, whatever the scenario.</summary>
public sealed class InvariantException(Violation violation) : Exception(violation.Text)
{
    /// <summary>What is wrong.</summary>
    public Violation Violation { get; } = violation;

    /// <summary>The violation behind a failure; null when that was something else.</summary>
    public static Violation? In(Exception? failure) => failure switch
    {
        null => null,
        InvariantException found => found.Violation,
        _ => In(failure.InnerException),
    };
}
