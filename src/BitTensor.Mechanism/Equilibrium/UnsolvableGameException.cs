namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// A game whose gradients exceed <see cref="ThetaCheck.MostGradient"/>: a step of the descent is lost in doubles.
/// </summary>
/// <param name="theta">The game.</param>
public sealed class UnsolvableGameException(Theta theta) : Exception(
    $"the game has gradients up to {ThetaCheck.LargestGradient(theta):0.0e0}, and beyond "
    + $"{ThetaCheck.MostGradient:0e0} a step of descent is lost in doubles: raise temperature or tau, or lower alpha");
