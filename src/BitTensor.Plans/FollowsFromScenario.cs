namespace BitTensor.Plans;

/// <summary>Takes the place of a model's snapshot: the loss of the neuron follows from the scenario.</summary>
public sealed class FollowsFromScenario
{
    FollowsFromScenario() { }

    /// <summary>The only instance.</summary>
    public static FollowsFromScenario Instance { get; } = new();
}
