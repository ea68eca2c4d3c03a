using System.Collections.Immutable;

namespace BitTensor.Actors.Coalition;

/// <summary>A coalition's move in one block.</summary>
/// <param name="Fired">Names of the tactics that came due, each with the neurons it concerns.</param>
/// <param name="Spawned">Neurons that join from the reserve.</param>
/// <param name="Retired">Neurons that leave for good.</param>
/// <param name="Orders">Orders by member.</param>
sealed record CoalitionMove(
    ImmutableArray<(string Tactic, ImmutableArray<int> Who)> Fired, ImmutableArray<int> Spawned,
    ImmutableArray<int> Retired,
    ImmutableArray<(int Member, CoalitionMessage.Order Order)> Orders);
