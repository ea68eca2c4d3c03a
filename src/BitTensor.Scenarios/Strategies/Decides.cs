namespace BitTensor.Scenarios;

/// <summary>
/// The decisions that a strategy makes in its neuron's place. Two strategies that make the same decision contradict
/// each other.
/// </summary>
[Flags]
enum Decides
{
    /// <summary>None, for an honest neuron.</summary>
    Nothing = 0,

    /// <summary>The row W_i that it wants.</summary>
    Row = 1,

    /// <summary>The submission of that row to the ledger.</summary>
    Submission = 2,

    /// <summary>The moment of the submission.</summary>
    Moment = 4,

    /// <summary>Its answers F.</summary>
    Answer = 8,

    /// <summary>The callers that it answers.</summary>
    Callers = 16,

    /// <summary>The gradients G that it sends.</summary>
    Gradient = 32,

    /// <summary>The delay of its messages.</summary>
    Delay = 64,

    /// <summary>Its queries.</summary>
    Questions = 128,

    /// <summary>Its training data.</summary>
    Data = 256,

    /// <summary>Its presence.</summary>
    Presence = 512,

    /// <summary>The number of its identities.</summary>
    Identities = 1024,

    /// <summary>The peers that other neurons know.</summary>
    Peers = 2048,
}
