namespace BitTensor.Parcels;

/// <summary>
/// The addresses of a run. A neuron's address is its id, from 0; every other party has a fixed address below 0.
/// </summary>
public static class Addresses
{
    /// <summary>The ledger.</summary>
    public const int Ledger = -1;

    /// <summary>The journal.</summary>
    public const int Journal = -2;

    /// <summary>The conductor.</summary>
    public const int Conductor = -3;

    /// <summary>The audit.</summary>
    public const int Audit = -4;

    /// <summary>The archive of checkpoints.</summary>
    public const int Archive = -5;

    /// <summary>The adversary of a coalition.</summary>
    public const int Adversary = -6;

    /// <summary>The last address below 0.</summary>
    public const int Last = Adversary;

    /// <summary>No address: the sender of a message that any node of the run may send.</summary>
    public const int None = int.MinValue;
}
