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
    const int Indent = 9;

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
    /// <param name="explain">Explains the columns.</param>
    public static void WriteText(Terminal terminal, string folder, RunVerdict verdict, bool explain)
    {
        var output = terminal.Out;
        output.WriteLine();
        output.Write(SummaryTable.Text(verdict.Populations, terminal.Width));
        terminal.Say(
            "(rank and stake: share of the whole; ablation: rise of the others' loss without the neuron, over n)");
        output.WriteLine();
        var disconnected = DisconnectedTable.Text(verdict.Populations, terminal.Width);
        if (disconnected.Length > 0)
        {
            output.Write(disconnected);
            terminal.Say("(held-out data with peers, and without: step 6 of the paper's section 1.6)");
            output.WriteLine();
        }
        WriteEvents(terminal, verdict);
        foreach (var property in verdict.Properties)
        {
            terminal.Say(
                $"{OutcomeWords.Of(property),-7}  {property.Name}, {property.Holds}: {property.Detail}", Indent);
            if (property.Outcome == Outcome.Fail && property.Decision() is { Length: > 0 } decision)
            {
                terminal.Say($"{"",-7}  {decision}", Indent);
            }
        }
        var early = verdict.Interrupted ? " (interrupted)" : "";
        output.WriteLine($"verdict  {OutcomeWords.Of(verdict.Verdict)} after {verdict.Blocks} blocks{early}");
        if (verdict.JournalHash.Length > 0)
        {
            output.WriteLine($"journal  {verdict.JournalHash}");
        }
        terminal.Say(
            $"folder   {folder} ({RunFolder.ReportFile}, {RunFolder.VerdictFile}, {RunFolder.RanksFigure}, ...)", Indent);
        if (explain)
        {
            IReadOnlyList<(string, string)> without = disconnected.Length > 0 ? DisconnectedTable.Explained : [];
            terminal.Explain([.. SummaryTable.Explained, .. without.Skip(1), .. ProgressView.Explained]);
        }
    }

    static void WriteEvents(Terminal terminal, RunVerdict verdict)
    {
        foreach (var happened in verdict.Events.Take(MostEvents))
        {
            terminal.Say($"event    {happened.Text()}", Indent);
        }
        if (verdict.Events.Length > MostEvents)
        {
            terminal.Out.WriteLine(
                $"event    ... and {verdict.Events.Length - MostEvents} more in {RunFolder.VerdictFile}");
        }
    }
}
