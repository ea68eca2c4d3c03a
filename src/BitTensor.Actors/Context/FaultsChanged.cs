namespace BitTensor.Actors.Context;

/// <summary>
/// To an actor with a fault schedule: its health changes at this moment, or the run has a new timeline.
/// </summary>
sealed record FaultsChanged;
