using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>Mutual edges between neurons: a text like <c>0-1 0-2</c>, or a table with columns a and b.</summary>
sealed class EdgesType : FieldType<ImmutableArray<(int A, int B)>>
{
    // Beyond these a text is a table.
    const int MostInText = 1000;

    static readonly TextType Words = new("^[0-9]+-[0-9]+([ ,]+[0-9]+-[0-9]+)*$", "edges like 0-1 0-2 1-2", 500_000);

    static readonly IntegerType<int> Id = Types.Whole(0, 999_999);

    static readonly Section<Edge> Row = new Section<Edge>("list", "topology edges list", "An edge.")
        .Required("a", Id, "Id of a neuron.", e => e.A, (e, v) => e with { A = v })
        .Required("b", Id, "Id of another one.", e => e.B, (e, v) => e with { B = v });

    public override string Describe() => Words.Describe() + ", or a [table](#tables) with columns `a` and `b`";

    public override string Plain => Words.Plain;

    public override JsonObject Schema() =>
        new() { ["anyOf"] = new JsonArray(Words.Schema(), TableFile.Reference.Schema()) };

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key) =>
        s.Node(key) is { } node && TableFile.IsNamed(node) ? s.Rows(Row, node) : [];

    public override ImmutableArray<(int A, int B)> Read(SectionReader s, string key)
    {
        if (TableFile.IsNamed(s.Node(key)))
        {
            return [.. s.Children(key).Select(Row.Read).Select(e => (e.A, e.B))];
        }
        return s.Node(key) is { } node && s.Scalar(Words, node, out var text) ? [.. PairsOf(text).Select(EdgeOf)] : [];
    }

    public override string Text(ImmutableArray<(int A, int B)> value) =>
        YamlText.Quoted(string.Join(' ', value.Select(e => $"{e.A}-{e.B}")));

    public override void Write(YamlText y, string key, ImmutableArray<(int A, int B)> value)
    {
        if (value.Length > MostInText && y.TakesTable(value.Length))
        {
            y.Table(key, Row.Rows([.. value.Select(e => new Edge(e.A, e.B))]));
        }
        else
        {
            base.Write(y, key, value);
        }
    }

    /// <summary>The edges of a text as it states them: <c>0-1</c>.</summary>
    public static string[] PairsOf(string text) => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    static (int A, int B) EdgeOf(string pair)
    {
        var ends = pair.Split('-');
        return (IdOf(ends[0]), IdOf(ends[1]));
    }

    // An id that is no number of the program is no neuron either: the reader refuses the edge.
    static int IdOf(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var id) ? id : -1;

    sealed record Edge(int A, int B);
}
