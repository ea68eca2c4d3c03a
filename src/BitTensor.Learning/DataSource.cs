using BitTensor.Learning.Readers;
using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>Section <c>data</c> of a scenario to what each neuron has of it.</summary>
public static class DataSource
{
    /// <summary>Most numbers that a set may have: 2^28, a gigabyte.</summary>
    internal const int MostNumbers = 1 << 28;

    /// <summary>Loads the data and deals them.</summary>
    /// <param name="data">The section.</param>
    /// <param name="shares">Relative shard size of each neuron, for the sizes split.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="DataSetException">
    /// A file is missing or damaged, with every fault and its place, or there are too few examples.
    /// </exception>
    public static List<Shard> Shards(DataSpec data, IReadOnlyList<double> shares, ulong seed)
    {
        if (data.IsText)
        {
            return TextDocuments.Deal(TextDocuments.Read(data), data, shares.Count);
        }
        var examples = Load(data, shares.Count, seed);
        if (data.Examples is { } limit && limit < examples.Count)
        {
            examples = examples.Limit(limit, seed);
        }
        var dealt = data.Split switch
        {
            DataSplit.Dirichlet => Sharding.Dirichlet(examples, shares.Count, data.Concentration, seed),
            DataSplit.ByLabel => Sharding.ByLabel(examples, shares.Count, data.LabelsPerNeuron, seed),
            DataSplit.Sizes => Sharding.Sizes(examples, shares, seed),
            _ => Sharding.Iid(examples, shares.Count, seed),
        };
        return [.. dealt.Select((indices, neuron) => Shard.Split(examples.Take(indices), data.Holdout, seed, neuron))];
    }

    /// <summary>The files that the data are read from; empty for a set that is built in or drawn.</summary>
    /// <exception cref="DataSetException">A file or folder is missing.</exception>
    public static IReadOnlyList<string> FilesOf(DataSpec data) => data switch
    {
        { Set: DataSet.FashionMnist } => DataSets.FashionMnistFiles(data.Folder),
        { Path: null } => [],
        { Set: DataSet.Images } => [.. ImageFolder.FilesOf(data.Path).Select(f => f.File)],
        { Set: DataSet.Idx } => [Existing(data.Path), Existing(data.Labels!)],
        { Set: DataSet.Text } => TextDocuments.FilesOf(data.Path),
        _ => [Existing(data.Path)],
    };

    static string Existing(string file) => DataFaults.Guarded(file, "file", () =>
    {
        File.OpenRead(file).Dispose();
        return file;
    });

    static Examples Load(DataSpec data, int neurons, ulong seed) => data.Set switch
    {
        DataSet.FashionMnist => DataSets.FashionMnist(data.Folder),
        DataSet.Synthetic => DataSets.Synthetic(
            seed, data.Examples ?? DataSpec.SyntheticExamples * neurons, data.Features, data.Classes, data.Spread),
        DataSet.Csv => CsvTable.Read(data),
        DataSet.Parquet => ParquetTable.Read(data),
        DataSet.Images => ImageFolder.Read(data),
        DataSet.Idx => DataSets.Labelled(data.Path!, data.Labels!, classes: null),
        _ => DataSets.Digits(),
    };
}
