namespace BitTensor.Actors.Context;

/// <summary>
/// A message from another node. Its bytes count against the sender until the receiver has handled it.
/// </summary>
/// <param name="Message">The message.</param>
/// <param name="ReturnCredit">Gives the sender its credit back.</param>
sealed record FromWire(object Message, Action ReturnCredit);
