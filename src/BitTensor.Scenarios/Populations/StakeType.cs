using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BitTensor.Scenarios;

/// <summary>
/// Stake of a population: a number, a list of numbers, a table with a column <c>stake</c>, or a distribution.
/// </summary>
sealed class StakeType : FieldType<StakeSpec>
{
    // Beyond these a list is a table.
    const int MostInText = 1000;

    /// <summary>An amount of stake.</summary>
    public static readonly NumberType Amount = new(0, StakeSpec.Most);

    static readonly Section<Row> Rows = new Section<Row>("stake", "populations stake list", "Stake of an owner.")
        .Required("stake", Amount, "Its stake.", r => r.Stake, (r, v) => r with { Stake = v });

    static readonly VariantType<StakeSpec> One = new VariantType<StakeSpec>("distribution")
        .Or(Amount.As<StakeSpec>(v => new StakeSpec.Each(v), s => s is StakeSpec.Each e ? Amount.Text(e.Amount) : null))
        .With(new Section<StakeSpec.Uniform>("uniform", "stake: uniform", "Uniform between two bounds.")
            .Required("low", Amount, "Lower bound.", u => u.Low, (u, v) => u with { Low = v })
            .Required("high", Amount, "Upper bound.", u => u.High, (u, v) => u with { High = v })
            .Check("low", (u, _) => u.Low > u.High, _ => "low is above high", _ => "swap them"))
        .With(new Section<StakeSpec.Normal>("normal", "stake: normal", "Normal; draws below 0 become 0.")
            .Required("mean", Amount, "Mean.", n => n.Mean, (n, v) => n with { Mean = v })
            .Required("deviation", Amount, "Standard deviation.", n => n.Deviation, (n, v) => n with { Deviation = v }))
        .With(new Section<StakeSpec.Lognormal>("lognormal", "stake: lognormal", "Lognormal: a few hold much.")
            .Required("median", Amount, "Median.", l => l.Median, (l, v) => l with { Median = v })
            .Required("sigma", new NumberType(0, 10), "Standard deviation of the logarithm.",
                l => l.Sigma, (l, v) => l with { Sigma = v }))
        .With(new Section<StakeSpec.Pareto>(
            "pareto", "stake: pareto", "Pareto: the share of owners with more than x is (least / x)^shape.")
            .Required("least", Amount, "Least stake.", p => p.Least, (p, v) => p with { Least = v })
            .Required("shape", new NumberType(0.1, 100), "Exponent; 1.16 gives a fifth of the owners four fifths.",
                p => p.Shape, (p, v) => p with { Shape = v }));

    public override string Describe() =>
        One.Describe() + ", or a list of numbers, one per owner, or a [table](#tables) with a column `stake`";

    public override string Plain => "number, list of numbers, table or section by distribution";

    public override IReadOnlyList<Section> Sections => One.Sections;

    public override IReadOnlyList<string> Corners => One.Corners;

    public override JsonObject Schema()
    {
        var options = One.Options();
        options.Add(new JsonObject { ["type"] = "array", ["items"] = Amount.Schema(), ["minItems"] = 1 });
        options.Add(TableFile.Reference.Schema());
        return new() { ["anyOf"] = options };
    }

    public override IReadOnlyList<SectionReader> Open(SectionReader s, string key) => s.Node(key) switch
    {
        YamlList => [],
        { } node when TableFile.IsNamed(node) => s.Rows(Rows, node),
        _ => One.Open(s, key),
    };

    public override StakeSpec? Read(SectionReader s, string key) => s.Node(key) switch
    {
        YamlList list => new StakeSpec.Listed([.. list.Items.Select(n => s.Scalar(Amount, n, out var v) ? v : 0)]),
        { } node when TableFile.IsNamed(node) =>
            new StakeSpec.Listed([.. s.Children(key).Select(Rows.Read).Select(r => r.Stake)]),
        _ => One.Read(s, key),
    };

    public override StakeSpec? ReadDefault(string text) => One.ReadDefault(text);

    public override string Text(StakeSpec value) =>
        value is StakeSpec.Listed list ? YamlText.Many(list.Amounts, Amount.Text) : One.Text(value);

    public override void Write(YamlText y, string key, StakeSpec value)
    {
        if (value is StakeSpec.Listed { Amounts: { Length: > MostInText } amounts } && y.TakesTable(amounts.Length))
        {
            y.Table(key, Rows.Rows([.. amounts.Select(a => new Row(a))]));
        }
        else
        {
            base.Write(y, key, value);
        }
    }

    sealed record Row(double Stake);
}
