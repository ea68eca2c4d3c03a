using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Run;

/// <summary>Writes the verdict of a run, for people and for programs.</summary>
static class VerdictOutput
{
    const int MostEvents = 20;

    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the verdict with the run folder as its first member.</summary>
    /// <param name="terminal">Where it is written.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="verdict">Text of <c>verdict.json</c>.</param>
    public static void WriteJson(Terminal terminal, string folder, string verdict)
    {
        var json = JsonNode.Parse(verdict)!.AsObject();
        json.Insert(0, "folder", folder);
        terminal.Out.WriteLine(json.ToJsonString(Indented));
    }

    /// <summary>Writes the verdict of a network's run for people.</summary>
    /// <param name="terminal">Where it is written.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="verdict">The verdict.</param>
    public static void WriteText(Terminal terminal, string folder, RunVerdict verdict)
    {
        var output = terminal.Out;
        output.WriteLine();
        output.Write(SummaryTable.Text(verdict.Populations));
        output.WriteLine(
            "(rank and stake: share of the whole; ablation: rise of the others' loss without the neuron, over n)");
        output.WriteLine();
        WriteEvents(terminal, verdict);
        foreach (var property in verdict.Properties)
        {
            var found = property is { Finding: not null, Outcome: Outcome.Pass };
            var word = found ? "finding" : OutcomeWords.Of(property.Outcome);
            output.WriteLine($"{word,-7}  {property.Name}, {property.Holds}: {property.Detail}");
            if (property.Outcome == Outcome.Fail && property.Decision() is { Length: > 0 } decision)
            {
                output.WriteLine($"{"",-7}  {decision}");
            }
        }
        var early = verdict.Interrupted ? " (interrupted)" : "";
        output.WriteLine($"verdict  {OutcomeWords.Of(verdict.Verdict)} after {verdict.Blocks} blocks{early}");
        if (verdict.JournalHash.Length > 0)
        {
            output.WriteLine($"journal  {verdict.JournalHash}");
        }
        output.WriteLine(
            $"folder   {folder} ({RunFolder.VerdictFile}, {RunFolder.RanksFigure}, {RunFolder.LossesFigure}, ...)");
    }

    static void WriteEvents(Terminal terminal, RunVerdict verdict)
    {
        foreach (var happened in verdict.Events.Take(MostEvents))
        {
            terminal.Out.WriteLine($"event    {happened.Text()}");
        }
        if (verdict.Events.Length > MostEvents)
        {
            terminal.Out.WriteLine(
                $"event    ... and {verdict.Events.Length - MostEvents} more in {RunFolder.VerdictFile}");
        }
    }
}
