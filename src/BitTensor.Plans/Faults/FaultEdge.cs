namespace BitTensor.Plans.Faults;

/// <summary>The beginning or the end of an effect.</summary>
/// <param name="At">Emulated time.</param>
/// <param name="Effect">The effect.</param>
/// <param name="Begins">True at the beginning, false at the end.</param>
public sealed record FaultEdge(TimeSpan At, Effect Effect, bool Begins);
