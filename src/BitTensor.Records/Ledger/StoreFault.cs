namespace BitTensor.Records;

/// <summary>Fault of a store's emulated disk.</summary>
public enum StoreFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The write fails halfway.</summary>
    Failing,
}
