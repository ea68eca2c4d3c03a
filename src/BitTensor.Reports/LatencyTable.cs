using BitTensor.Records;
using Parquet.Schema;

namespace BitTensor.Reports;

/// <summary>
/// How long queries of a block took, in emulated milliseconds from the caller's question to the arrival of the answer
/// that it used.
/// </summary>
/// <param name="Block">Height of the block that was open on arrival.</param>
/// <param name="Count">Answers used.</param>
/// <param name="Median">Half of the queries took at most this.</param>
/// <param name="P90">Nine of ten took at most this.</param>
/// <param name="P99">99 of 100 took at most this.</param>
/// <param name="Max">The longest.</param>
public sealed record QueryLatencies(long Block, long Count, double Median, double P90, double P99, double Max)
{
    /// <summary>The percentiles of a block, by the nearest rank: each is the time of a query that was made.</summary>
    /// <param name="block">Height.</param>
    /// <param name="latencies">Time of each query, milliseconds, at least one; they are sorted in place.</param>
    public static QueryLatencies Of(long block, List<double> latencies)
    {
        latencies.Sort();
        double At(double share) => latencies[Math.Max(0, (int)Math.Ceiling(share * latencies.Count) - 1)];
        return new QueryLatencies(block, latencies.Count, At(0.5), At(0.9), At(0.99), latencies[^1]);
    }
}

/// <summary>The table of query latencies of a run folder.</summary>
public static class LatencyTable
{
    /// <summary>Writes the table.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string folder, IEnumerable<QueryLatencies> rows)
    {
        using var table = new TableWriter(
            Path.Combine(folder, RunFolder.LatenciesFile),
            new DataField<long>("block"), new DataField<long>("answers"), new DataField<double>("median_ms"),
            new DataField<double>("p90_ms"), new DataField<double>("p99_ms"), new DataField<double>("max_ms"));
        foreach (var row in rows)
        {
            table.Add(row.Block, row.Count, row.Median, row.P90, row.P99, row.Max);
        }
    }

    /// <summary>Reads the table; empty where the folder has none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IReadOnlyList<QueryLatencies> Read(string folder)
    {
        var path = Path.Combine(folder, RunFolder.LatenciesFile);
        if (!File.Exists(path))
        {
            return [];
        }
        using var table = new TableReader(path);
        return
        [
            .. table.Rows().Select(r => new QueryLatencies(
                (long)r[0]!, (long)r[1]!, (double)r[2]!, (double)r[3]!, (double)r[4]!, (double)r[5]!)),
        ];
    }
}
