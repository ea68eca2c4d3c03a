namespace BitTensor.Records;

/// <summary>What is wrong with the emulated disk of a store.</summary>
public enum StoreFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no room left.</summary>
    Full,

    /// <summary>The write fails halfway.</summary>
    Failing,
}
