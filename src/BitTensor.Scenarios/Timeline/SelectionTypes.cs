using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>Neurons by their properties, in a few words.</summary>
sealed class WhoType : ScalarType<WhoSpec>
{
    static readonly TextType Words = new(
        "^([A-Za-z0-9_-]{1,64}|zone [A-Za-z0-9_-]{1,64}|role [a-z-]{1,64}|neuron [0-9]{1,7}"
        + "|neurons [0-9]{1,7}(-[0-9]{1,7})?(, ?[0-9]{1,7}(-[0-9]{1,7})?)*)$",
        "a population, `zone NAME`, `role STRATEGY`, `neuron N`, `neurons 0,3,5-7` or `any`", 10_000);

    public override string Describe() => Words.Describe();

    public override JsonObject Schema() => Words.Schema();

    public override string Text(WhoSpec value) => value switch
    {
        WhoSpec.Population p => p.Name,
        WhoSpec.Zone z => $"zone {z.Name}",
        WhoSpec.Role r => $"role {r.Name}",
        WhoSpec.Neurons n => $"neurons {n.List}",
        _ => "any",
    };

    public override Parsed<WhoSpec> Parse(string text) =>
        Words.Parse(text).Problem is { } problem ? problem : text.Split(' ', 2) switch
        {
            ["any"] => new WhoSpec.Any(),
            ["zone", var zone] => new WhoSpec.Zone(zone),
            ["role", var role] => new WhoSpec.Role(role),
            ["neuron" or "neurons", var ids] => new WhoSpec.Neurons(ids.Replace(" ", "")),
            _ => new WhoSpec.Population(text),
        };
}

/// <summary>A number of candidates: a word, a number, or a percentage.</summary>
sealed class TakeType : ScalarType<TakeSpec>
{
    const int Most = 999_999;

    const string Words = "^(all|one|[0-9]+(\\.[0-9]+)? ?%)$";

    public override string Describe() => "`all`, `one`, a number, or percent";

    public override IReadOnlyList<string> Corners => ["all", "one", $"{Most}", "0.000001%", "100%"];

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            Pattern(Words), new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = Most }),
    };

    public override string Text(TakeSpec value) => value switch
    {
        TakeSpec.Count count => $"{count.Number}",
        TakeSpec.Share share => $"{YamlText.Decimal(100 * share.Of)}%",
        _ => "all",
    };

    public override Parsed<TakeSpec> Parse(string text)
    {
        if (text.EndsWith('%') && Regex.IsMatch(text, Words))
        {
            return ParseShare(text);
        }
        if (Regex.IsMatch(text, Words))
        {
            return text == "all" ? new TakeSpec.All() : new TakeSpec.Count(1);
        }
        return Regex.IsMatch(text, "^[1-9][0-9]{0,5}$")
            ? new TakeSpec.Count(int.Parse(text, CultureInfo.InvariantCulture))
            : new Problem(
                ErrorCodes.Form, $"'{Shorten.Of(text)}' does not fit here",
                "write all, one, a number from 1, or a percentage");
    }

    static Parsed<TakeSpec> ParseShare(string text)
    {
        var share = double.Parse(text[..^1].TrimEnd(), CultureInfo.InvariantCulture) / 100;
        return share is <= 0 or > 1
            ? new Problem(
                ErrorCodes.Range, $"{text} is out of range", "write a percentage above 0, at most 100 %")
            : new TakeSpec.Share(share);
    }
}
