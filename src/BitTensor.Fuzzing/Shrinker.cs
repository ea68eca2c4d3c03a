using System.Globalization;
using System.Text.RegularExpressions;
using BitTensor.Scenarios;

namespace BitTensor.Fuzzing;

/// <summary>A shrunk scenario.</summary>
/// <param name="Text">Text of its file without defaults.</param>
/// <param name="Runs">Number of runs.</param>
public sealed record Shrunk(string Text, int Runs);

/// <summary>
/// Shrinks a failing scenario while it still fails: a greedy search in the way of delta debugging (Zeller and
/// Hildebrandt 2002) over the lines of its file. A list loses half of its entries, a number becomes smaller, a key is
/// removed and so gets its default. A text that the reader refuses, or that reads as the same scenario, is not run.
/// </summary>
public static partial class Shrinker
{
    /// <summary>Shrinks.</summary>
    /// <param name="scenario">The failing scenario.</param>
    /// <param name="breaks">True when a scenario still fails.</param>
    /// <param name="mostRuns">Most calls of <paramref name="breaks"/>.</param>
    public static Shrunk Shrink(Scenario scenario, Func<Scenario, bool> breaks, int mostRuns)
    {
        var search = new Search(scenario, breaks, mostRuns);
        while (search.Pass())
        {
            // Until a whole pass makes nothing smaller.
        }
        return new Shrunk(search.Text, search.Runs);
    }

    [GeneratedRegex("^(duration|count|degree|reach|groups): ([0-9]+)( blocks)?$")]
    private static partial Regex Number();

    /// <summary>Candidates in place of a line and its subtree, the boldest first; null removes it.</summary>
    static IEnumerable<Outline?> SimplerThan(Outline part)
    {
        yield return null;
        if (part.IsList && part.Parts.Count > 1)
        {
            var half = part.Parts.Count / 2;
            yield return part with { Parts = part.Parts.GetRange(0, half) };
            yield return part with { Parts = part.Parts.GetRange(half, part.Parts.Count - half) };
        }
        if (Number().Match(part.Line) is { Success: true } match)
        {
            var number = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            int[] candidates = [number / 4, number / 2, number * 3 / 4, number - 1];
            foreach (var smaller in candidates.Distinct().Where(s => s > 0 && s < number))
            {
                yield return part with { Line = $"{match.Groups[1].Value}: {smaller}{match.Groups[3].Value}" };
            }
        }
    }

    sealed class Search(Scenario scenario, Func<Scenario, bool> breaks, int mostRuns)
    {
        readonly HashSet<string> _tried = [];
        Outline _outline = Outline.Parse(ScenarioWriter.Write(scenario));
        string _resolved = ScenarioWriter.Write(scenario);

        public int Runs { get; private set; }

        public string Text => _outline.ToString();

        /// <summary>Tries every line once; true when something became simpler.</summary>
        public bool Pass()
        {
            var before = _outline;
            for (var k = 0; k < _outline.Size - 1;)
            {
                k += SimplerThan(_outline.At(k)).Any(by => Try(_outline.With(k, by))) ? 0 : 1;
            }
            return _outline != before && Runs < mostRuns;
        }

        bool Try(Outline simpler)
        {
            if (ScenarioFile.Parse(simpler.ToString(), "shrunk.yaml", []).Value is not { } read || IsHeavier(read))
            {
                return false;
            }
            var resolved = ScenarioWriter.Write(read);
            var taken = resolved == _resolved || (Runs < mostRuns && _tried.Add(resolved) && Breaks(read));
            (_outline, _resolved) = taken ? (simpler, resolved) : (_outline, _resolved);
            return taken;
        }

        bool Breaks(Scenario read)
        {
            Runs++;
            return breaks(read);
        }

        /// <summary>True when a default adds work: a short interval, trained models, an audit.</summary>
        bool IsHeavier(Scenario read) =>
            !(RunSize.Of(read).IsSmall || RunSize.Of(read).IsWithin(RunSize.Of(scenario)))
                || (read.Data is not null && scenario.Data is null)
                || (read.Audit.EveryBlocks > 0 && scenario.Audit.EveryBlocks == 0);
    }
}
