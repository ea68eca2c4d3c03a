namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>data</c>.</summary>
static class DataFormat
{
    /// <summary>Examples of the built-in digits.</summary>
    public const int Digits = 1797;

    const int LabelsOfImages = 10;

    static readonly (Predicate<DataSpec>, string) OfImages = (d => d.Set == DataSet.FashionMnist, "set: fashion-mnist");
    static readonly (Predicate<DataSpec>, string) Synthetic = (d => d.Set == DataSet.Synthetic, "set: synthetic");
    static readonly (Predicate<DataSpec>, string) Dirichlet = (d => d.Split == DataSplit.Dirichlet, "split: dirichlet");
    static readonly (Predicate<DataSpec>, string) ByLabel = (d => d.Split == DataSplit.ByLabel, "split: by-label");

    public static readonly Section<DataSpec> Section = new Section<DataSpec>(
        "data", "data", "What neurons with a trained model learn from. Left out when every model is quadratic.")
        .Key("set", Types.Enum<DataSet>(), "digits", "The data set; digits is built in.",
            d => d.Set, (d, v) => d with { Set = v })
        .Optional("folder", Types.AnyText("a path", 4096),
            "Folder of IDX files for fashion-mnist; the usual places are tried without it.",
            d => d.Folder, (d, v) => d with { Folder = v }, OfImages)
        .Key("split", Types.Enum<DataSplit>(), "iid", "How examples are dealt to neurons.",
            d => d.Split, (d, v) => d with { Split = v })
        .Key("concentration", Types.Positive, "0.5", "Of the dirichlet split; small is more unequal.",
            d => d.Concentration, (d, v) => d with { Concentration = v }, Dirichlet)
        .Key("labels-per-neuron", Types.Whole(1, 1000), "2", "Classes per neuron of the by-label split.",
            d => d.LabelsPerNeuron, (d, v) => d with { LabelsPerNeuron = v }, ByLabel)
        .Key("holdout", Types.InnerShare, "0.25", "Share of each shard that only the audit sees.",
            d => d.Holdout, (d, v) => d with { Holdout = v })
        .Optional("examples", Types.Whole(1, 10_000_000),
            "Use at most so many examples; how many the synthetic set has.",
            d => d.Examples, (d, v) => d with { Examples = v })
        .Key("features", Types.Whole(1, 100_000), "16", "Columns of the synthetic set.",
            d => d.Features, (d, v) => d with { Features = v }, Synthetic)
        .Key("classes", Types.Whole(2, 1000), "4", "Classes of the synthetic set.",
            d => d.Classes, (d, v) => d with { Classes = v }, Synthetic)
        .Key("spread", Types.NotNegative, "1",
            "Standard deviation of the synthetic clusters around centres of unit spread.",
            d => d.Spread, (d, v) => d with { Spread = v }, Synthetic)
        .Check("labels-per-neuron", (d, _) => d.LabelsPerNeuron > ClassesOf(d),
            d => $"{d.LabelsPerNeuron} labels per neuron but {ClassesOf(d)} classes",
            _ => "use at most as many labels as classes");

    /// <summary>The examples that a scenario deals; null for a set that a machine may have or not.</summary>
    public static int? ExamplesOf(DataSpec data) => data.Set switch
    {
        DataSet.Digits => Math.Min(Digits, data.Examples ?? Digits),
        DataSet.Synthetic => data.Examples,
        _ => null,
    };

    static int ClassesOf(DataSpec data) => data.Set == DataSet.Synthetic ? data.Classes : LabelsOfImages;
}
