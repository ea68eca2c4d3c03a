namespace BitTensor.Scenarios;

/// <summary>
/// What a strategy decides in its neuron's place. Two strategies that decide the same contradict each other.
/// </summary>
[Flags]
enum Decides
{
    /// <summary>Nothing: it is honest.</summary>
    Nothing = 0,

    /// <summary>Which row W_i it wants.</summary>
    Row = 1,

    /// <summary>What it sends to the ledger for that row.</summary>
    Submission = 2,

    /// <summary>When it sends it.</summary>
    Moment = 4,

    /// <summary>What it answers, F.</summary>
    Answer = 8,

    /// <summary>Whom it answers.</summary>
    Callers = 16,

    /// <summary>What gradients it sends, G.</summary>
    Gradient = 32,

    /// <summary>How long its messages wait.</summary>
    Delay = 64,

    /// <summary>What it asks.</summary>
    Questions = 128,

    /// <summary>What it learns from.</summary>
    Data = 256,

    /// <summary>Whether it is there.</summary>
    Presence = 512,

    /// <summary>How many identities it has.</summary>
    Identities = 1024,

    /// <summary>Whom others know.</summary>
    Peers = 2048,
}
