using System.Collections.Immutable;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios;

/// <summary>
/// The description of a run: a scenario file after parsing, with every default filled in and every range checked.
/// </summary>
public sealed record Scenario
{
    /// <summary>Name of the run folder; letters, digits, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>One paragraph for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Seed of every draw of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>
    /// Number of blocks closed after the genesis block, at least 1. A duration in emulated time is rounded down to
    /// whole blocks.
    /// </summary>
    public required int Blocks { get; init; }

    /// <summary>Emulated time between two blocks.</summary>
    public required TimeSpan BlockInterval { get; init; }

    /// <summary>The mechanism's numbers.</summary>
    public required MechanismParameters Mechanism { get; init; }

    /// <summary>Training data; null when every population is quadratic.</summary>
    public DataSpec? Data { get; init; }

    /// <summary>
    /// Populations in the order of the file. Neuron ids count through the populations in this order from 0.
    /// </summary>
    public required ImmutableArray<PopulationSpec> Populations { get; init; }

    /// <summary>The market at the start; null to leave it to the populations.</summary>
    public StateSpec? State { get; init; }

    /// <summary>The emulated network.</summary>
    public required NetworkSpec Network { get; init; }

    /// <summary>The peers that each neuron may query.</summary>
    public required TopologySpec Topology { get; init; }

    /// <summary>Faults and their ends during the run.</summary>
    public ImmutableArray<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Populations that one adversary commands; null for none.</summary>
    public CoalitionSpec? Coalition { get; init; }

    /// <summary>The emulator's measurement of the ideal rank.</summary>
    public required AuditSpec Audit { get; init; }

    /// <summary>Contents of the run folder.</summary>
    public required RecordSpec Record { get; init; }

    /// <summary>Properties that decide the verdict.</summary>
    public required ImmutableArray<Property> Expect { get; init; }

    /// <summary>Many runs of the scenario; null when the file describes one.</summary>
    public SweepSpec? Sweep { get; init; }

    /// <summary>
    /// True for a population of an open network whose neurons are not registered at the start: they join later, or wait
    /// in the reserve of a coalition.
    /// </summary>
    public bool StartsOutside(PopulationSpec population) =>
        Mechanism.Membership is not null
        && (population.Joins is not null || Coalition?.Reserve.Contains(population.Name) == true);
}

/// <summary>Section <c>audit</c>.</summary>
/// <param name="EveryBlocks">Blocks between two audits; 0 turns the audit off.</param>
/// <param name="Examples">Held-out examples per neuron used by one audit, at most; at least 1.</param>
public sealed record AuditSpec(int EveryBlocks, int Examples)
{
    /// <summary>Orders of the peers per listener over which Shapley values are the mean; 0 for none.</summary>
    public int Shapley { get; init; }

    /// <summary>True when every neuron learns alone as well, beside the run.</summary>
    public bool Solo { get; init; }
}

/// <summary>Section <c>record</c>.</summary>
/// <param name="WeightsEveryBlocks">
/// Blocks between two recordings of W in weights.parquet; the last block is always recorded.
/// </param>
public sealed record RecordSpec(int WeightsEveryBlocks);
