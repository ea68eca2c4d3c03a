using System.Collections.Immutable;
using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>
/// Moves numbers of a scenario to the ends of their ranges, which the format declares. A corner that the reader
/// refuses, or whose run is too large to be one of a thousand, is left where it was.
/// </summary>
static class CornerDraw
{
    // Two corners that only together are possible need several draws.
    const int DrawsPerCorner = 3;

    /// <summary>The scenario with some of its numbers in a corner.</summary>
    /// <param name="text">The scenario.</param>
    /// <param name="name">Name of the text in errors.</param>
    /// <param name="dice">The dice of the corners.</param>
    public static DrawnScenario Of(string text, string name, RandomStream dice)
    {
        var drawn = new DrawnScenario(Read(text, name, []).Value ?? throw Undrawn(text, name), []);
        var wanted = dice.Pick(1, 2, 4, 16);
        var written = Written.Of(drawn.Scenario);
        for (var k = 0; k < wanted * DrawsPerCorner && drawn.Corners.Length < wanted; k++)
        {
            if (With(drawn, written, name, dice) is { } moved)
            {
                (drawn, written) = (moved, Written.Of(moved.Scenario));
            }
        }
        return drawn;
    }

    static DrawnScenario? With(DrawnScenario drawn, Written written, string name, RandomStream dice)
    {
        var number = dice.Pick(dice.Pick(written.Keys.AsSpan()).AsSpan());
        var end = dice.Pick(number.Ends.AsSpan());
        return Read(written.Text, name, [new ScenarioOverride($"{number.Path}={end}")]).Value is { } scenario
            && RunSize.Of(scenario) is var size && (size.IsSmall || size.IsWithin(RunSize.Of(drawn.Scenario)))
            ? new DrawnScenario(scenario, drawn.Corners.Add((number.Key, end)))
            : null;
    }

    static ScenarioResult Read(string text, string name, IReadOnlyList<ScenarioOverride> overrides) =>
        ScenarioFile.Parse(text, name, overrides);

    static InvalidOperationException Undrawn(string text, string name) =>
        new($"{name} is no scenario:\n{string.Join('\n', Read(text, name, []).Errors)}\n{text}");

    /// <summary>A scenario's text, and its numbers by key: a scenario has many links and one mechanism.</summary>
    sealed record Written(string Text, ScenarioNumber[][] Keys)
    {
        public static Written Of(Scenario scenario)
        {
            var text = ScenarioWriter.Write(scenario);
            return new Written(text, [.. ScenarioCorners.Of(text).GroupBy(n => n.Key).Select(g => g.ToArray())]);
        }
    }
}

/// <summary>A scenario drawn from a seed.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Corners">The numbers that are in a corner of their range, by key, each with its value.</param>
public sealed record DrawnScenario(Scenario Scenario, ImmutableArray<(string Key, string Value)> Corners);
