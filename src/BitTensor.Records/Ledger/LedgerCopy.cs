namespace BitTensor.Records;

/// <summary>Copies a ledger from any place into a file.</summary>
public static class LedgerCopy
{
    /// <summary>Copies header and blocks; the file verifies if the original does.</summary>
    /// <exception cref="LedgerException">There is a file already, or the original cannot be read.</exception>
    public static void Into(LedgerPlace from, string path)
    {
        using var reader = LedgerReader.Open(from);
        using var store = LedgerStore.Create(path, reader.Header);
        foreach (var block in reader.Blocks())
        {
            store.Append(block);
        }
    }
}
