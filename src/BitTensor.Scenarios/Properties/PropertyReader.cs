using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>
/// Reads properties: <c>operand comparison operand</c>, where an operand is a number, a metric of the network, or an
/// aggregate of a metric of neurons: <c>max ablation of free-riding</c>.
/// </summary>
sealed partial class PropertyReader(IReadOnlyList<PopulationSpec> populations, int blocks, ErrorList errors)
{
    internal static readonly string[] Aggregates = ["mean", "min", "max", "sum"];

    [GeneratedRegex("^(?<left>[^<>=]*)(?<sign><=|>=|<|>)(?<right>[^<>=]*)$")]
    internal static partial Regex Form();

    public Property? Read(SectionReader section)
    {
        var text = section.Get<string>("property");
        var holds = section.Get<string>("holds");
        if (text is null || holds is null || section.ScalarOf("property") is not { } scalar)
        {
            return null;
        }
        var match = Form().Match(text);
        if (!match.Success)
        {
            errors.Add(
                scalar.At, ErrorCodes.Property, $"'{Shorten.Of(text)}' is not a property",
                "write two sides with one of <, <=, >, >= between them");
            return null;
        }
        var left = ReadOperand(match.Groups["left"], scalar);
        var right = ReadOperand(match.Groups["right"], scalar);
        var horizon = ReadHorizon(holds, section.PlaceOf("holds"));
        if (left is Operand.Number && right is Operand.Number)
        {
            errors.Add(
                scalar.At, ErrorCodes.Property, "the property compares two numbers", "name a metric on one side");
            return null;
        }
        return left is null || right is null || horizon is null
            ? null
            : PropertyFormat.Section.Read(section) with
            {
                Name = section.Get<string>("name") ?? text,
                Text = text,
                Left = left,
                Comparison = ComparisonOf(match.Groups["sign"].Value),
                Right = right,
                Holds = horizon,
            };
    }

    Operand? ReadOperand(Group side, YamlScalar scalar)
    {
        var text = side.Value.Trim();
        var at = scalar.PlaceOf(side.Index + side.Value.Length - side.Value.TrimStart().Length);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            errors.Add(at, ErrorCodes.Property, "one side of the property is empty", "write a number or a metric");
            return null;
        }
        if (words.Length == 1 && Numbers.StartsWithNumber(text))
        {
            return ReadNumber(text, at, errors) is { } number ? new Operand.Number(number) : null;
        }
        var aggregate = Aggregates.Contains(words[0]) ? words[0] : null;
        var rest = aggregate is null ? words : words[1..];
        if (rest.Length is not (1 or 3) || (rest.Length == 3 && rest[1] != "of"))
        {
            errors.Add(
                at, ErrorCodes.Property, $"'{Shorten.Of(text)}' is not an operand",
                "write it like: 0.5, or gini, or max loss of honest");
            return null;
        }
        return ReadMetric(rest[0], aggregate, rest.Length == 3 ? rest[2] : null, at);
    }

    internal static double? ReadNumber(string text, Place at, ErrorList errors)
    {
        if (Numbers.Parse(text, out var problem) is { } number)
        {
            return number;
        }
        errors.Add(at, problem.Code, problem.Message, problem.Remedy);
        return null;
    }

    Operand.Metric? ReadMetric(string name, string? aggregate, string? population, Place at)
    {
        if (MetricCatalogue.Find(name) is not { } metric)
        {
            errors.Add(
                at, ErrorCodes.UnknownMetric, $"unknown metric '{Shorten.Of(name)}'",
                Shorten.DidYouMean(name, [.. MetricCatalogue.All.Select(m => m.Name)]));
            return null;
        }
        if (!metric.OfNeurons)
        {
            if (aggregate is null && population is null)
            {
                return new Operand.Metric(name, null, null);
            }
            errors.Add(at, ErrorCodes.Property, $"'{name}' is one value of the whole network", $"write {name} alone");
            return null;
        }
        var named = populations.FirstOrDefault(p => p.Name == population);
        if (population is not null && named is null)
        {
            if (populations.Count == 0)
            {
                // That nobody takes part is an error of its own.
                return null;
            }
            errors.Add(
                at, ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(population)}'",
                Shorten.DidYouMean(population, [.. populations.Select(p => p.Name)]));
            return null;
        }
        if (aggregate is null && named?.Count != 1)
        {
            errors.Add(
                at, ErrorCodes.Property, $"'{name}' has a value per neuron",
                $"put one of {string.Join(", ", Aggregates)} before it");
            return null;
        }
        return new Operand.Metric(
            name, aggregate is null ? Aggregate.Mean : Enum.Parse<Aggregate>(aggregate, ignoreCase: true), population);
    }

    Horizon? ReadHorizon(string text, Place at)
    {
        if (text == "always")
        {
            return new Horizon.Always();
        }
        if (text == "at end")
        {
            return new Horizon.AtEnd();
        }
        var digits = text[(text.LastIndexOf(' ') + 1)..];
        if (!int.TryParse(digits, CultureInfo.InvariantCulture, out var block) || block > blocks)
        {
            errors.Add(
                at, ErrorCodes.Contradiction, $"block {Shorten.Of(digits)} is after the end of the run",
                $"the run has {blocks} blocks");
            return null;
        }
        return text.StartsWith("from", StringComparison.Ordinal)
            ? new Horizon.FromBlock(block)
            : new Horizon.EventuallyBy(block);
    }

    internal static Comparison ComparisonOf(string sign) => sign switch
    {
        "<" => Comparison.Below,
        "<=" => Comparison.AtMost,
        ">" => Comparison.Above,
        _ => Comparison.AtLeast,
    };
}
