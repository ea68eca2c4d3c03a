using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>data</c>.</summary>
static class DataFormat
{
    /// <summary>Examples of the built-in digits.</summary>
    public const int Digits = 1797;

    const int LabelsOfImages = 10;
    const int LongestPath = 4096;

    static readonly TextType OwnPath = Types.Path(LongestPath);

    static readonly (Predicate<DataSpec>, string) FashionMnist =
        (d => d.Set == DataSet.FashionMnist, "set: fashion-mnist");

    static readonly (Predicate<DataSpec>, string) Synthetic = (d => d.Set == DataSet.Synthetic, "set: synthetic");
    static readonly (Predicate<DataSpec>, string) Dirichlet = (d => d.Split == DataSplit.Dirichlet, "split: dirichlet");
    static readonly (Predicate<DataSpec>, string) ByLabel = (d => d.Split == DataSplit.ByLabel, "split: by-label");
    static readonly (Predicate<DataSpec>, string) Own = (IsOwn, "a set of your own, such as set: csv");
    static readonly (Predicate<DataSpec>, string) Table = (IsTable, "set: csv or set: parquet");
    static readonly (Predicate<DataSpec>, string) Csv = (d => d.Set == DataSet.Csv, "set: csv");
    static readonly (Predicate<DataSpec>, string) Idx = (d => d.Set == DataSet.Idx, "set: idx");
    static readonly (Predicate<DataSpec>, string) Images = (d => d.Set == DataSet.Images, "set: images");
    static readonly (Predicate<DataSpec>, string) OfText = (d => d.Set == DataSet.Text, "set: text");
    static readonly (Predicate<DataSpec>, string) Dealt =
        (d => d.Set != DataSet.Text, "a set other than text, whose documents are dealt one by one");

    public static readonly Section<DataSpec> Section = new Section<DataSpec>(
        "data", "data", "What neurons with a trained model learn from. Left out when every model is quadratic.")
        .Key("set", Types.Enum<DataSet>(), "digits", "The data set; digits is built in.",
            d => d.Set, (d, v) => d with { Set = v })
        .Optional("folder", OwnPath,
            "Folder of IDX files for fashion-mnist; the usual places are tried without it.",
            d => d.Folder, (d, v) => d with { Folder = v }, FashionMnist)
        .Optional("path", OwnPath,
            "File of a csv, parquet, idx or text set; folder of an images set, with a folder per class, or of a text "
            + "set, with a document per file. It begins at the scenario's folder. Text without it is the twelve "
            + "chapters of Alice's Adventures in Wonderland (Lewis Carroll, 1865).",
            d => d.Path, (d, v) => d with { Path = v }, Own)
        .Optional("labels", OwnPath, "File of the idx set's labels.",
            d => d.Labels, (d, v) => d with { Labels = v }, Idx)
        .Key("task", Types.Enum<DataTask>(), "classes",
            "What a table's target is: a class, with the cross-entropy in nats as loss; or a number, with the mean "
            + "squared error as loss.",
            d => d.Task, (d, v) => d with { Task = v }, Table)
        .Optional("target", Types.AnyText("a column", 200), "Column that is predicted; the last one without it.",
            d => d.Target, (d, v) => d with { Target = v }, Table)
        .Optional("columns", Types.Many(Types.AnyText("a column", 200)),
            "Columns that are the inputs; all but the target without it.",
            d => d.Columns.IsEmpty ? null : (ImmutableArray<string>?)d.Columns, (d, v) =>
                d with { Columns = v ?? [] }, Table)
        .Key("header", Types.Either(("yes", true), ("no", false)), "yes",
            "Whether the first line of a csv file names its columns; else their names are 1, 2, 3 and so on.",
            d => d.Header, (d, v) => d with { Header = v }, Csv)
        .Key("scale", Types.Enum<DataScale>(), "standard",
            "How a table's inputs, and the target of a regression, are scaled: to mean 0 and standard deviation 1 over "
            + "the whole table, or not. With it a regression that always predicts the mean has loss 1.",
            d => d.Scale, (d, v) => d with { Scale = v }, Table)
        .Optional("width", Types.Whole(1, 4096), "Pixels to which images are scaled; that of the files without it.",
            d => d.Width, (d, v) => d with { Width = v }, Images)
        .Optional("height", Types.Whole(1, 4096), "Likewise.",
            d => d.Height, (d, v) => d with { Height = v }, Images)
        .Key("color", Types.Enum<ImageColor>(), "gray", "Channels of images: brightness, or red, green and blue.",
            d => d.Color, (d, v) => d with { Color = v }, Images)
        .Key("context", Types.Whole(1, 4096), "32", "Bytes of text before the one that is predicted.",
            d => d.Context, (d, v) => d with { Context = v }, OfText)
        .Key("split", Types.Enum<DataSplit>(), "iid",
            "How examples are dealt to neurons. Of a text document d goes to neuron d modulo n, and the end of each "
            + "document is held out.",
            d => d.Split, (d, v) => d with { Split = v }, Dealt)
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
            _ => "use at most as many labels as classes")
        .Check("set", (d, s) => !s.Has("path") && IsOwn(d) && d.Set != DataSet.Text,
            d => $"set {YamlText.Word(d.Set)} needs 'path'", _ => "add path: where its file or folder is",
            ErrorCodes.MissingKey)
        .Check("set", (d, _) => d.Labels is null && d.Set == DataSet.Idx, _ => "set idx needs 'labels'",
            _ => "add labels: the IDX file of the labels", ErrorCodes.MissingKey)
        .Check("split", (d, _) => d.Task == DataTask.Regression && d.Split is DataSplit.Dirichlet or DataSplit.ByLabel,
            _ => "a regression has no classes to deal by", _ => "write split: iid or split: sizes")
        .Check("width", (d, _) => d.Width is null != d.Height is null, _ => "one of width and height alone",
            _ => "write both, or neither");

    /// <summary>The examples that a scenario deals; null for a set that a machine may have or not.</summary>
    public static int? ExamplesOf(DataSpec data) => data.Set switch
    {
        DataSet.Digits => Math.Min(Digits, data.Examples ?? Digits),
        DataSet.Synthetic => data.Examples,
        _ => null,
    };

    static int ClassesOf(DataSpec data) => data.Set switch
    {
        DataSet.Synthetic => data.Classes,
        DataSet.Digits or DataSet.FashionMnist => LabelsOfImages,
        _ => int.MaxValue,
    };

    static bool IsOwn(DataSpec d) =>
        d.Set is DataSet.Csv or DataSet.Parquet or DataSet.Images or DataSet.Idx or DataSet.Text;

    static bool IsTable(DataSpec d) => d.Set is DataSet.Csv or DataSet.Parquet;
}
