using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BitTensor.Records;

/// <summary>The invariants of a run, by their names in <c>docs/RELIABILITY.md</c>.</summary>
public enum Invariant
{
    /// <summary>What a block mints is tau |R|_1 / |R|_2, eq. (6), or tau under l1; stake grows by just that and is never negative.</summary>
    Emission,

    /// <summary>Every row of W is on the probability simplex.</summary>
    RowsOnSimplex,

    /// <summary>No row moves by more than epsilon in one block.</summary>
    BoundedStep,

    /// <summary>A row changes by one accepted submission of its owner, at most once per block, and not otherwise.</summary>
    OneOwner,

    /// <summary>A block names the hash of the one before, and its own is the hash of its content.</summary>
    HashChain,

    /// <summary>Nothing in W, S, R or the emission is NaN or infinite.</summary>
    Finite,

    /// <summary>Per kind of message: what began = what ended + what is on its way, which is never negative and nothing at the end.</summary>
    Accounting,

    /// <summary>When all faults are over, queries are answered again.</summary>
    Progress,
}

/// <summary>An invariant does not hold.</summary>
/// <param name="Invariant">Which.</param>
/// <param name="Block">Block at which it was noticed.</param>
/// <param name="Neuron">Neuron, where it is one.</param>
/// <param name="What">What is the case, as a sentence.</param>
/// <param name="State">The state around it, one line each, for <c>violation.json</c>.</param>
public sealed record Violation(Invariant Invariant, long Block, int? Neuron, string What, ImmutableArray<string> State)
{
    /// <summary>One line for people.</summary>
    public string Text => $"invariant {Invariant} does not hold at block {Block}{(Neuron is { } n ? $", neuron {n}" : "")}: {What}";
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

/// <summary>What a run leaves behind when an invariant does not hold: <c>violation.json</c>.</summary>
/// <param name="Violation">What is wrong.</param>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Replay">The command that comes to the same state again.</param>
public sealed record ViolationDump(Violation Violation, string Scenario, ulong Seed, string Replay)
{
    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ViolationJson.Default.ViolationDump) + "\n";
}

/// <summary>Serialization of <c>violation.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ViolationDump))]
sealed partial class ViolationJson : JsonSerializerContext;
