using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>Result of a run: <c>verdict.json</c>.</summary>
/// <param name="Verdict">Fail when one property fails, else unknown when one is unknown, else pass.</param>
/// <param name="Properties">One per property of the scenario, in its order.</param>
/// <param name="Run">Run id.</param>
/// <param name="Seed">Seed.</param>
/// <param name="JournalHash">SHA-256 over the journal without the audit's rows, hex.</param>
/// <param name="AuditHash">SHA-256 over the audit's rows, hex.</param>
/// <param name="Blocks">Blocks closed after genesis.</param>
/// <param name="Interrupted">True when the run was ended before its last block.</param>
/// <param name="EmulatedMs">Emulated time of the last block, milliseconds.</param>
/// <param name="Metrics">
/// Metrics of the network, each at the last block that has it; null where no block has it.
/// </param>
/// <param name="Populations">The same for the mean over each population.</param>
/// <param name="Events">Events of the timeline, in order.</param>
public sealed record RunVerdict(
    Outcome Verdict, ImmutableArray<PropertyVerdict> Properties, string Run, ulong Seed, string JournalHash,
    string AuditHash,
    long Blocks, bool Interrupted, double EmulatedMs, ImmutableSortedDictionary<string, double?> Metrics,
    ImmutableArray<PopulationSummary> Populations, ImmutableArray<HappenedEvent> Events)
{
    // '<' is not escaped: the file is for people and parsers, never part of a web page.
    static readonly VerdictJson Readable =
        new(
            new JsonSerializerOptions(VerdictJson.Default.Options)
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            });

    /// <summary>The file's text: indented JSON, ending in a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Readable.RunVerdict) + "\n";

    /// <summary>Reads <c>verdict.json</c> of a run folder.</summary>
    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not a verdict of a run.</exception>
    public static RunVerdict Read(string folder) =>
        VerdictFile.Read(folder, VerdictJson.Default.RunVerdict, "a verdict");
}

/// <summary>An entry of the timeline began or ended.</summary>
/// <param name="Block">Height of the block that closed then or next.</param>
/// <param name="AtMs">Emulated time, milliseconds since the start.</param>
/// <param name="Name">Name of the timeline's entry.</param>
/// <param name="Action">Action of the entry.</param>
/// <param name="Begins">True at the begin of the entry, false at its end.</param>
/// <param name="Neurons">Neurons concerned; empty for entries about links or the ledger alone.</param>
public sealed record HappenedEvent(
    long Block, double AtMs, string Name, string Action, bool Begins, ImmutableArray<int> Neurons)
{
    const int MostNamed = 8;

    /// <summary>The event of a record of the journal.</summary>
    public static HappenedEvent Of(JournalRecord.Happened record) =>
        new(record.Block, record.AtMs, record.Name, record.Action, record.Begins, record.Neurons);

    /// <summary>One line for people.</summary>
    public string Text()
    {
        var named = string.Join(", ", Neurons.Take(MostNamed)) + (
            Neurons.Length > MostNamed ? $" and {Neurons.Length - MostNamed} more" : "");
        var who = Neurons.IsEmpty ? "" : $": {(Neurons.Length == 1 ? "neuron" : "neurons")} {named}";
        var action = Name == Action ? "" : $" ({Action})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{AtMs / 1000:0.###} s, block {Block}: {Name}{action} {(Begins ? "begins" : "is over")}{who}");
    }
}

/// <summary>
/// Summary of one population at the end of a run: means over its neurons, each at the last block that has the value.
/// </summary>
/// <param name="Population">Name.</param>
/// <param name="Neurons">Number of neurons.</param>
/// <param name="RankShare">Share of all rank held by the population together.</param>
/// <param name="StakeShare">Share of all stake held by the population together.</param>
/// <param name="FairShare">Its share of the neurons: the value of both shares when all neurons are alike.</param>
/// <param name="Mask">Mean mask its peers grant.</param>
/// <param name="Loss">Mean training loss.</param>
/// <param name="Accuracy">Mean training accuracy.</param>
/// <param name="SelfWeight">Mean w_ii.</param>
/// <param name="Ablation">Mean ablation value.</param>
public sealed record PopulationSummary(
    string Population, int Neurons, double? RankShare, double? StakeShare, double FairShare, double? Mask, double? Loss,
    double? Accuracy, double? SelfWeight, double? Ablation)
{
    /// <summary>Held-out data with and without peers; null where nothing was measured without peers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DisconnectedSummary? Disconnected { get; init; }

    /// <summary>One summary per population, in the order of the scenario.</summary>
    public static ImmutableArray<PopulationSummary> Of(RunData run, MetricTable table) =>
        [.. run.Populations.Select(p => Of(run, table, p))];

    static PopulationSummary Of(RunData run, MetricTable table, string population)
    {
        var count = run.NeuronsOf(population).Count();
        double? Last(string metric, Aggregate aggregate) =>
            table.Last(new Operand.Metric(metric, aggregate, population));
        return new PopulationSummary(
            population, count, Last("rank-share", Aggregate.Sum), Last("stake-share", Aggregate.Sum),
            (double)count / run.Count,
            Last("mask", Aggregate.Mean), Last("loss", Aggregate.Mean), Last("accuracy", Aggregate.Mean),
            Last("self-weight", Aggregate.Mean), Last("ablation", Aggregate.Mean))
        {
            Disconnected = DisconnectedSummary.Of(metric => Last(metric, Aggregate.Mean)),
        };
    }
}

/// <summary>
/// A population on its held-out data, networked and without its peers (section 1.6, step 6): means at the last audited
/// block. Accuracies are null for quadratic neurons and regressions.
/// </summary>
/// <param name="NetworkedLoss">Mean loss with the answers that came; null where no neuron iterated.</param>
/// <param name="NetworkedAccuracy">Accuracy, likewise.</param>
/// <param name="StudentLoss">With students in the place of all peers; null without students.</param>
/// <param name="StudentAccuracy">Accuracy, likewise.</param>
/// <param name="ZeroLoss">With zeros in the place of all peers.</param>
/// <param name="ZeroAccuracy">Accuracy, likewise.</param>
/// <param name="SoloLoss">Of the same neurons had they learned alone; null where that is not measured.</param>
/// <param name="SoloAccuracy">Accuracy, likewise.</param>
public sealed record DisconnectedSummary(
    double? NetworkedLoss, double? NetworkedAccuracy, double? StudentLoss, double? StudentAccuracy, double? ZeroLoss,
    double? ZeroAccuracy, double? SoloLoss, double? SoloAccuracy)
{
    /// <summary>The summary of the last values of metrics; null where nothing was measured without peers.</summary>
    public static DisconnectedSummary? Of(Func<string, double?> last) => last("zero-held-out-loss") is { } zeros
        ? new(
            last("held-out-loss"), last("held-out-accuracy"), last("student-held-out-loss"),
            last("student-held-out-accuracy"), zeros, last("zero-held-out-accuracy"), last("solo-held-out-loss"),
            last("solo-held-out-accuracy"))
        : null;
}

/// <summary>Serialization of <c>verdict.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunVerdict))]
sealed partial class VerdictJson : JsonSerializerContext;
