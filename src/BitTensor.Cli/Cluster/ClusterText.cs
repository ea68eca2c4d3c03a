using System.Globalization;
using System.Text;
using BitTensor.Cluster;
using BitTensor.Reports;

namespace BitTensor.Cli.Cluster;

/// <summary>The answers of a node as text for people.</summary>
static class ClusterText
{
    public static string Of(ClusterView view)
    {
        var text = Heading(view.Run, view.Node);
        if (view.Run is not null)
        {
            var ledger = view.Ledger ?? "not known yet";
            text.AppendLine($"ledger  {ledger}, epoch {view.Epoch}, block {Figure(view.Height)}");
        }
        return Table(
            text, ["node", "address", "status", "reachable", "roles", "neurons"],
            view.Members.Select(m => (string[])
            [
                m.Name, m.Address, m.Status, m.Reachable ? "yes" : "NO",
                string.Join(',', m.Roles) + (m.Ledger ? " (has it)" : ""), Figure(m.Neurons),
            ]));
    }

    public static string Of(NeuronsView view)
    {
        var text = Heading(view.Run, view.Node);
        if (view.Run is not null)
        {
            var elsewhere = view.Ledger == view.Node
                ? ""
                : $"; checkpoints of other nodes' neurons are known at {view.Ledger}";
            text.AppendLine($"placement {Figure(view.Placement)}{elsewhere}");
        }
        return Table(
            text, ["neuron", "population", "node", "checkpoint"],
            view.Neurons.Select(n => (string[])[Figure(n.Neuron), n.Population, n.Node ?? "-", Figure(n.Checkpoint)]));
    }

    public static string Of(LedgerReading view)
    {
        var text = Heading(view.Run, view.Node);
        if (view.Run is null)
        {
            return text.ToString();
        }
        text.AppendLine($"at      {view.Ledger ?? "not known yet"}");
        text.AppendLine($"in      {view.Place ?? "(this node cannot hold it)"}");
        text.AppendLine($"epoch   {view.Epoch}");
        text.AppendLine($"block   {Figure(view.Height)}");
        text.AppendLine($"hash    {view.Hash ?? "-"}");
        text.AppendLine(view.Ledger == view.Node
            ? "judged since it is here"
            : $"what it judged is known at {view.Ledger}");
        foreach (var (outcome, count) in view.Receipts)
        {
            text.AppendLine($"  {outcome,-20} {count,10}");
        }
        return text.ToString();
    }

    public static string Of(NodeHealth health)
    {
        var word = health.Ready ? "ready" : health.Live ? "live, not ready" : "NOT LIVE";
        return $"{word}: {health.Node} is {health.Status}, hosts {health.Hosted} of {health.Placed} neurons";
    }

    static StringBuilder Heading(string? run, string node) =>
        new StringBuilder().AppendLine(run is null ? $"no run, says {node}" : $"run     {run}, says {node}");

    static string Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        List<string[]> lines = [head, .. rows];
        return (lines.Count > 1 ? text.Append(AlignedText.Of(lines)) : text).ToString();
    }

    static string Figure(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
