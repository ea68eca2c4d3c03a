using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Section <c>coalition</c>: populations that one adversary commands.</summary>
/// <param name="Members">
/// Names of its populations; the adversary stands where the first neuron of the first one stands.
/// </param>
/// <param name="Reserve">Those of them whose neurons are away until a tactic calls them.</param>
/// <param name="Knowledge">The part of the ledger that it sees.</param>
/// <param name="Private">True when its messages meet no links.</param>
/// <param name="Identities">Most neurons of the reserve that it may call in all.</param>
/// <param name="Messages">Most orders that it may send in all.</param>
/// <param name="Tactics">Its tactics, each with its trigger.</param>
public sealed record CoalitionSpec(
    ImmutableArray<string> Members, ImmutableArray<string> Reserve, Knowledge Knowledge, bool Private, int Identities,
    long Messages, ImmutableArray<TacticSpec> Tactics)
{
    /// <summary>True when neurons of this population are its members.</summary>
    public bool Has(string population) => Members.Contains(population);
}

/// <summary>The part of the ledger that an adversary sees.</summary>
public enum Knowledge
{
    /// <summary>Its members' own rank, stake, row and loss.</summary>
    Own,

    /// <summary>Also mu_j of the neurons that their rows name.</summary>
    Neighbours,

    /// <summary>All of W and S.</summary>
    Ledger,
}

/// <summary>An action of a coalition, with its trigger.</summary>
/// <param name="Name">Name in the journal.</param>
/// <param name="When">Trigger.</param>
/// <param name="From">Not before this block.</param>
/// <param name="Times">Most times, once a block.</param>
/// <param name="Who">A population of the coalition; null for all of them.</param>
/// <param name="Conduct">Their behaviour from then on; null leaves it.</param>
/// <param name="Spawn">Number of neurons of the reserve that are called.</param>
/// <param name="Retire">Number of present neurons that leave for good.</param>
public sealed record TacticSpec(
    string Name, TriggerSpec When, int From, int Times, string? Who, ConductSpec? Conduct, int Spawn, int Retire);

/// <summary>When a tactic is due. Judged once a block.</summary>
public abstract record TriggerSpec
{
    TriggerSpec() { }

    /// <summary>From a block on.</summary>
    public sealed record AtBlock(int Block) : TriggerSpec;

    /// <summary>
    /// When the mean (of shares: the sum) of a metric over a population, or over the members, is above or below a
    /// bound.
    /// </summary>
    public sealed record Metric(string Name, string? Of, bool Above, double Bound) : TriggerSpec;

    /// <summary>With a probability each block.</summary>
    public sealed record Chance(double Probability) : TriggerSpec;
}
