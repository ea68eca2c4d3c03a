namespace BitTensor.Reports;

/// <summary>The form of a table in a file.</summary>
public enum TableFormat
{
    /// <summary>RFC 4180, '.' decimals, an empty cell for a missing value.</summary>
    Csv,

    /// <summary>An array with an object per row, one row a line; <c>null</c> for a missing value.</summary>
    Json,

    /// <summary>Apache Parquet, as the run folder holds it.</summary>
    Parquet,
}
