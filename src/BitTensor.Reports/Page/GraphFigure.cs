using System.Globalization;
using System.Text;

namespace BitTensor.Reports;

/// <summary>The network as a graph after its last block: who gives weight to whom, and who holds stake.</summary>
static class GraphFigure
{
    const int MostNeurons = 48;
    const int EdgesPerNode = 3;
    const double Radius = 230;
    const double Centre = 290;
    const int LetterWidth = 9;

    /// <summary>Adds the graph: of neurons, or of populations where there are too many.</summary>
    public static void AddTo(PageBuilder page, RunView view)
    {
        var ofNeurons = view.Run.Count <= MostNeurons;
        var nodes = ofNeurons ? Neurons(view) : Populations(view);
        if (nodes.Length < 2)
        {
            return;
        }
        var edges = EdgesOf(nodes.Length, ofNeurons ? (i, j) => view.Overview.Rows[i][j] : WeightOf(view));
        page.Open(
            "graph", ofNeurons ? "The network at the end, neuron by neuron" : "The network at the end, by population",
            "A line from i to j is w_ij, of each node the three largest to others; the area of a node is its share of S.",
            "graph");
        page.Html(Svg(view, nodes, edges)).Close();
        page.Data("graph", json =>
        {
            json.WriteStartArray();
            foreach (var (from, to, weight) in edges)
            {
                json.WriteStartArray();
                json.WriteStringValue(nodes[from].Name);
                json.WriteStringValue(nodes[to].Name);
                PageNumbers.Write(json, weight);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        });
    }

    static Func<int, int, double> WeightOf(RunView view)
    {
        var weights = view.Overview.WeightsAt(view.Overview.Blocks.Count - 1);
        return (p, q) => weights[p * view.Run.Populations.Length + q];
    }

    static Node[] Neurons(RunView view) => [
        .. Enumerable.Range(0, view.Run.Count).Select(i => new Node(
            view.NameOf(i), i.ToString(CultureInfo.InvariantCulture), view.Overview.PopulationOf[i],
            view.Table.Neuron("stake-share", view.Table.LastBlock, i) ?? 0)),
    ];

    static Node[] Populations(RunView view) => [
        .. view.Populations.Select((p, k) => new Node(
            p, p.Length <= 12 ? p : p[..11] + "…", k,
            view.Run.NeuronsOf(p).Sum(i => view.Table.Neuron("stake-share", view.Table.LastBlock, i) ?? 0))),
    ];

    static (int From, int To, double Weight)[] EdgesOf(int nodes, Func<int, int, double> weight) => [
        .. Enumerable.Range(0, nodes).SelectMany(i => Enumerable.Range(0, nodes)
            .Where(j => j != i)
            .Select(j => (From: i, To: j, Weight: weight(i, j)))
            .Where(e => e.Weight > 0)
            .OrderByDescending(e => e.Weight)
            .Take(EdgesPerNode)),
    ];

    static string Svg(RunView view, Node[] nodes, (int From, int To, double Weight)[] edges)
    {
        // Names beside the circle have room of their own.
        var margin = Math.Max(0, LetterWidth * nodes.Max(n => n.Label.Length) - 30);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-labelledby=\"title-graph\" viewBox=\"{-margin} 0 {580 + 2 * margin} 580\" class=\"picture\">");
        var most = Math.Max(1e-12, edges.Select(e => e.Weight).DefaultIfEmpty(1).Max());
        foreach (var (from, to, weight) in edges)
        {
            var ((x1, y1), (x2, y2)) = (Place(from, nodes.Length), Place(to, nodes.Length));
            var title = PageBuilder.Escaped($"{nodes[from].Name} gives {nodes[to].Name} {PageNumbers.Text(weight)}");
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"edge s{StyleOf(nodes[from].Style)}\" d=\"M{x1:0.#},{y1:0.#} Q{Centre},{Centre} {x2:0.#},{y2:0.#}\" stroke-width=\"{0.5 + 4.5 * weight / most:0.##}\"><title>{title}</title></path>");
        }
        var all = Math.Max(1e-12, nodes.Max(n => n.Stake));
        foreach (var (k, node) in nodes.Index())
        {
            var (x, y) = Place(k, nodes.Length);
            var title = PageBuilder.Escaped($"{node.Name}: {PageNumbers.Percent(node.Stake)} of all stake");
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"node s{StyleOf(node.Style)}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{3 + 13 * Math.Sqrt(node.Stake / all):0.##}\"><title>{title}</title></circle>");
            var (tx, ty) = (Centre + (x - Centre) * 1.12, Centre + (y - Centre) * 1.12 + 4);
            var anchor = tx < Centre - 20 ? "end" : tx > Centre + 20 ? "start" : "middle";
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{tx:0.#}\" y=\"{ty:0.#}\" text-anchor=\"{anchor}\">{PageBuilder.Escaped(node.Label)}</text>");
        }
        return svg.Append("</svg>").ToString();
    }

    static int StyleOf(int population) => population % 8;

    static (double X, double Y) Place(int k, int count)
    {
        var angle = 2 * Math.PI * k / count - Math.PI / 2;
        return (Centre + Radius * Math.Cos(angle), Centre + Radius * Math.Sin(angle));
    }

    sealed record Node(string Name, string Label, int Style, double Stake);
}
