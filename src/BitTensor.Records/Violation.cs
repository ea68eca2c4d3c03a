using System.Collections.Immutable;

namespace BitTensor.Records;

/// <summary>An invariant does not hold.</summary>
/// <param name="Invariant">The invariant.</param>
/// <param name="Block">Block at which it was noticed.</param>
/// <param name="Neuron">The neuron concerned; null when the violation names none.</param>
/// <param name="What">The violation in one sentence.</param>
/// <param name="State">The state of the block or counts, one line each, for <c>violation.json</c>.</param>
public sealed record Violation(Invariant Invariant, long Block, int? Neuron, string What, ImmutableArray<string> State)
{
    /// <summary>One line for people.</summary>
    public string Text =>
        $"invariant {Invariant} does not hold at block {Block}{(Neuron is { } n ? $", neuron {n}" : "")}: {What}";
}

/// <summary>A run reached a state that breaks an invariant: the program is wrong, whatever the scenario.</summary>
public sealed class InvariantException(Violation violation) : Exception(violation.Text)
{
    /// <summary>The violation.</summary>
    public Violation Violation { get; } = violation;

    /// <summary>The violation that caused a failure; null when another error did.</summary>
    public static Violation? In(Exception? failure) => failure switch
    {
        null => null,
        InvariantException found => found.Violation,
        _ => In(failure.InnerException),
    };
}
