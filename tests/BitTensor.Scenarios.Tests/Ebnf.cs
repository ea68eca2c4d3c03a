using System.Globalization;
using System.Text.RegularExpressions;
using BitTensor.Mechanism;

namespace BitTensor.Scenarios.Tests;

/// <summary>The documented grammar of properties, and random sentences of it.</summary>
sealed class Ebnf
{
    // Words that the grammar leaves to the scenario.
    static readonly Dictionary<string, string[]> Words = new()
    {
        ["number"] = ["0.5", "-1e-3", "+7", ".25"],
        ["whole"] = ["0", "1", "9"],
        ["name"] = ["gini", "loss", "rank-share", "unheard-of"],
        ["population"] = ["a", "b", "and", "3", "neuron", "-x"],
        ["axis"] = ["sigma", "alpha-over-tau"],
        ["value"] = ["0.5", "gain", "1e-05"],
    };

    readonly Dictionary<string, string[]> _rules = [];

    public static Ebnf Read(string markdown)
    {
        var text = Regex.Match(markdown, "```ebnf\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var ebnf = new Ebnf();
        foreach (Match rule in Regex.Matches(text, @"^(\w+)\s+=\s(.*?)\s;$", RegexOptions.Multiline))
        {
            ebnf._rules[rule.Groups[1].Value] =
                [.. Regex.Matches(rule.Groups[2].Value, "\"[^\"]+\"|\\w+|[{}()|,\\[\\]]").Select(m => m.Value)];
        }
        return ebnf;
    }

    public string Sentence(string rule, RandomStream dice)
    {
        var words = new List<string>();
        Rule(rule, dice, words, 0);
        return string.Join(' ', words);
    }

    void Rule(string name, RandomStream dice, List<string> words, int depth)
    {
        if (Words.TryGetValue(name, out var samples))
        {
            words.Add(samples[dice.NextInt(samples.Length)]);
            return;
        }
        var at = 0;
        Choice(_rules[name], ref at, dice, words, depth + 1);
        Assert(at == _rules[name].Length, name);
    }

    /// <summary>Alternatives up to a closing bracket; null for <paramref name="words"/> passes over them.</summary>
    void Choice(string[] rule, ref int at, RandomStream dice, List<string>? words, int depth)
    {
        var options = 1;
        var ahead = at;
        Sequence(rule, ref ahead, dice, null, depth);
        for (; ahead < rule.Length && rule[ahead] == "|"; options++)
        {
            ahead++;
            Sequence(rule, ref ahead, dice, null, depth);
        }
        // Deep down the last alternative of a rule is the one that ends soonest, but for factors: their first is.
        var first = rule.Contains("number");
        var taken = depth > 12 ? first ? 0 : options - 1 : dice.NextInt(options);
        for (var k = 0; k < options; k++)
        {
            at += k > 0 ? 1 : 0;
            Sequence(rule, ref at, dice, k == taken ? words : null, depth);
        }
    }

    void Sequence(string[] rule, ref int at, RandomStream dice, List<string>? words, int depth)
    {
        Term(rule, ref at, dice, words, depth);
        while (at < rule.Length && rule[at] == ",")
        {
            at++;
            Term(rule, ref at, dice, words, depth);
        }
    }

    void Term(string[] rule, ref int at, RandomStream dice, List<string>? words, int depth)
    {
        var token = rule[at++];
        if (token is "{" or "[" or "(")
        {
            var times = token == "(" ? 1 : depth > 8 ? 0 : dice.NextInt(2);
            Choice(rule, ref at, dice, times == 1 ? words : null, depth);
            Assert(rule[at++] is "}" or "]" or ")", string.Join(' ', rule));
        }
        else if (words is null)
        {
            return;
        }
        else if (token[0] == '"')
        {
            words.Add(token[1..^1]);
        }
        else
        {
            Rule(token, dice, words, depth);
        }
    }

    static void Assert(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"The grammar cannot be read: {what}"));
        }
    }
}
