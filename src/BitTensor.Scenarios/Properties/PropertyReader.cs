using System.Globalization;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>Reads properties of a run: their conditions, and the blocks at which they are judged.</summary>
sealed class PropertyReader(IReadOnlyList<PopulationSpec> populations, int blocks, ErrorList errors)
{
    public Property? Read(SectionReader section)
    {
        var text = section.Get<string>("property");
        var holds = section.Get<string>("holds");
        if (text is null || holds is null || section.ScalarOf("property") is not { } scalar)
        {
            return null;
        }
        var words = new NetworkWords(populations, blocks);
        var condition = PropertyParser.Read(text, scalar.PlaceOf, words, errors);
        var horizon = ReadHorizon(holds, section.PlaceOf("holds"));
        return condition is null || horizon is null
            ? null
            : PropertyFormat.Section.Read(section) with
            {
                Name = section.Get<string>("name") ?? text,
                Text = text,
                Condition = condition,
                Holds = horizon,
            };
    }

    Horizon? ReadHorizon(string text, Place at)
    {
        var numbers = Regex.Matches(text, "[0-9]+").Select(m => m.Value).ToArray();
        var heights = numbers
            .Select(n => int.TryParse(n, CultureInfo.InvariantCulture, out var height) ? height : int.MaxValue).ToArray();
        if (Array.FindIndex(heights, h => h > blocks) is >= 0 and var late)
        {
            errors.Add(
                at, ErrorCodes.Contradiction, $"block {Shorten.Of(numbers[late])} is after the end of the run",
                $"the run has {blocks} blocks");
            return null;
        }
        if (heights is [var from, var to] && from > to)
        {
            errors.Add(
                at, ErrorCodes.Contradiction, $"block {from} is after block {to}",
                $"write: from block {to} until block {from}");
            return null;
        }
        return (text.Split(' ')[0], heights) switch
        {
            ("always", _) => new Horizon.Always(),
            ("at", _) => new Horizon.AtEnd(),
            ("from", [var first, var last]) => new Horizon.UntilBlock(first, last),
            ("from", [var first]) => new Horizon.FromBlock(first),
            ("until", [var last]) => new Horizon.UntilBlock(0, last),
            (_, [var last]) => new Horizon.EventuallyBy(last),
            _ => throw new InvalidOperationException($"There is no horizon '{text}'."),
        };
    }
}
