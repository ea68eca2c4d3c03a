namespace BitTensor.Reports;

/// <summary>Rank against worth, neuron by neuron, with a slider over the audited blocks.</summary>
static class WorthScatter
{
    const int MostNeurons = 500;
    const int MostPoints = 20_000;

    /// <summary>Adds the scatter; without an audit a sentence takes its place.</summary>
    public static void AddTo(PageBuilder page, RunView view)
    {
        var audited = view.Table.Blocks("ablation");
        if (audited.Count == 0)
        {
            page.Html("<p class=\"absent\">This run has no audit, so the worth of its neurons was not measured: "
                + "<code>audit: { every: 5 blocks }</code> in the scenario measures it.</p>");
            return;
        }
        var neurons = ShownOf(view);
        var stride = Math.Max(1, audited.Count * neurons.Length / MostPoints);
        long[] blocks = [.. audited.Where((b, k) => k % stride == 0 || k == audited.Count - 1)];
        page.Open(
            "scatter", "Rank against worth",
            "The rank of (5) against what (2) approximates, the rise of the others' held-out losses without the neuron; "
            + "what is paid for its worth lies on a rising line.",
            "scatter");
        page.Html("<p class=\"slider\"><label>Block <input type=\"range\" min=\"0\" "
            + $"max=\"{blocks.Length - 1}\" value=\"{blocks.Length - 1}\"></label> <output></output></p>");
        page.Html("<div class=\"legend\"></div><div class=\"picture\"></div>");
        if (neurons.Length < view.Run.Count)
        {
            page.Text($"{neurons.Length} of {view.Run.Count} neurons are drawn.");
        }
        page.Close().Data("scatter", json =>
        {
            json.WriteStartObject();
            json.WriteString("xLabel", "worth by ablation");
            json.WriteString("yLabel", "rank, in equal shares");
            PageNumbers.Write(json, "blocks", blocks.Select(b => (double?)b));
            PageNumbers.Write(json, "pearson", blocks.Select(b => view.Table.Network("pearson-ablation", b)));
            PageNumbers.Write(json, "neurons", neurons.Select(i => (double?)i));
            PageNumbers.Write(json, "populations", neurons.Select(i => (double?)view.Overview.PopulationOf[i]));
            foreach (var (name, metric, scale) in new[] { ("x", "ablation", 1), ("y", "rank-share", view.Run.Count) })
            {
                json.WriteStartArray(name);
                foreach (var block in blocks)
                {
                    PageNumbers.Write(json, neurons.Select(i => view.Table.Neuron(metric, block, i) * scale));
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        });
    }

    static int[] ShownOf(RunView view)
    {
        var count = view.Run.Count;
        return count <= MostNeurons
            ? [.. Enumerable.Range(0, count)]
            : [
                .. Enumerable.Range(0, MostNeurons).Select(k => (int)((long)k * count / MostNeurons))
                    .Union(view.Shown).Order(),
            ];
    }
}
