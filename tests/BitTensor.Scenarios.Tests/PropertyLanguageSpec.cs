using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Mechanism;
using BitTensor.Scenarios;
using CsCheck;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>
/// The language of properties: what is written is read as the documented grammar says, is written back the same, and
/// what cannot be read is an error at its character.
/// </summary>
public sealed class PropertyLanguageSpec
{
    const string Head = "version: 1\nname: x\nseed: 1\nduration: 10 blocks\npopulations:\n"
        + "  - { name: a, count: 2 }\n  - { name: b, count: 1 }\n  - { name: and, count: 1 }\n"
        + "  - { name: 3, count: 1 }\nexpect:\n";

    static ScenarioResult Read(string property) =>
        ScenarioFile.Parse($"{Head}  - property: '{property}'\n", "x.yaml", []);

    static Condition Parse(string property)
    {
        var result = Read(property);
        Assert.True(result.Errors.IsEmpty, $"{property}: {string.Join('\n', result.Errors)}");
        return Assert.Single(result.Value!.Expect).Condition;
    }

    [Theory]
    [InlineData("gini<1", "gini < 1")]
    [InlineData("gini -1 < +.5", "gini - 1 < 0.5")]
    [InlineData("1 - 2 - gini < 1 - (2 - gini)", "1 - 2 - gini < 1 - (2 - gini)")]
    [InlineData("(2 * gini) / (mint * 3) < ((1))", "2 * gini / (mint * 3) < 1")]
    [InlineData("- gini < - 1", "-gini < -1")]
    [InlineData("loss of b < 1", "mean loss of b < 1")]
    [InlineData("loss of neuron 3 < loss of 3", "loss of neuron 3 < mean loss of 3")]
    [InlineData("loss of and < 1 and gini < 1", "mean loss of and < 1 and gini < 1")]
    [InlineData("gini < 1 or mint < 2 and gini < 3", "gini < 1 or mint < 2 and gini < 3")]
    [InlineData("(gini < 1 or mint < 2) and gini < 3", "(gini < 1 or mint < 2) and gini < 3")]
    [InlineData("not gini < 1 and mint < 2", "not gini < 1 and mint < 2")]
    [InlineData("not (gini < 1 and mint < 2)", "not (gini < 1 and mint < 2)")]
    [InlineData("(not (gini < 1))", "not gini < 1")]
    [InlineData("gini at end / gini at block 3 < 2", "gini at end / gini at block 3 < 2")]
    [InlineData("(gini + mint) at 1 block before < 2", "(gini + mint) at 1 block before < 2")]
    [InlineData("share of a with loss < 2 * gini > 0.5", "share of a with loss < 2 * gini > 0.5")]
    [InlineData("0.5 < (share with loss < 1)", "0.5 < share with loss < 1")]
    [InlineData("(share with loss < 1) + 1 < 2", "(share with loss < 1) + 1 < 2")]
    [InlineData("share with (not loss < 1 or rank > 2) < 1", "share with (not loss < 1 or rank > 2) < 1")]
    public void A_property_is_written_back_with_the_fewest_parentheses(string property, string again) =>
        Assert.Equal(again, Parse(property).ToString());

    static readonly Gen<Comparison> Signs = Gen.Enum<Comparison>();
    static readonly Gen<string?> Populations = Gen.OneOf<string?>(null, "a", "b", "and", "3");

    static readonly Gen<Operand> Leaves = Gen.OneOf(
        Gen.OneOf(Gen.Double[-10, 10], Gen.Double.Where(double.IsFinite)).Select(v => (Operand)new Operand.Number(v)),
        Gen.OneOf("gini", "mint", "diagonal-ratio").Select(n => (Operand)new Operand.Metric(n, null, null)),
        Gen.Select(Gen.OneOf("loss", "rank-share"), Gen.Enum<Aggregate>(), Populations)
            .Select(m => (Operand)new Operand.Metric(m.Item1, m.Item2, m.Item3)),
        Gen.Int[0, 4].Select(i => (Operand)new Operand.OfNeuron("rank", i)));

    static readonly Gen<Moment> Moments = Gen.OneOf(
        Gen.Const((Moment)new Moment.End()), Gen.Int[0, 10].Select(b => (Moment)new Moment.Block(b)),
        Gen.Int[0, 10].Select(b => (Moment)new Moment.Before(b)));

    static Gen<Operand> Operands(int depth, bool ofOne)
    {
        var leaves = ofOne
            ? Gen.OneOf(Leaves, Gen.OneOf("loss", "mask").Select(n => (Operand)new Operand.Own(n)))
            : Leaves;
        if (depth == 0)
        {
            return leaves;
        }
        var below = Operands(depth - 1, ofOne);
        return Gen.OneOf(
            leaves,
            Gen.Select(below, Gen.Enum<Arithmetic>(), below)
                .Select(i => (Operand)new Operand.Infix(i.Item1, i.Item2, i.Item3)),
            below.Where(o => o is not Operand.Number).Select(o => (Operand)new Operand.Negative(o)),
            Gen.Select(below, Moments).Select(a => (Operand)new Operand.At(a.Item1, a.Item2)),
            Gen.Select(Populations, Conditions(depth - 1, true)).Where(s => s.Item2.Parts().Any(o => o is Operand.Own))
                .Select(s => (Operand)new Operand.Share(s.Item1, s.Item2)));
    }

    static Gen<Condition> Conditions(int depth, bool ofOne)
    {
        var sides = Operands(depth, ofOne);
        var compare = Gen.Select(sides, Signs, sides)
            .Where(c => c.Item1.Parts().Concat(c.Item3.Parts()).Any(o => o.Measures is not null))
            .Select(c => (Condition)new Condition.Compare(c.Item1, c.Item2, c.Item3));
        if (depth == 0)
        {
            return compare;
        }
        var below = Conditions(depth - 1, ofOne);
        return Gen.OneOf(
            compare, below.Select(c => (Condition)new Condition.Not(c)),
            Gen.Select(below, below).Select(c => (Condition)new Condition.And(c.Item1, c.Item2)),
            Gen.Select(below, below).Select(c => (Condition)new Condition.Or(c.Item1, c.Item2)));
    }

    [Fact]
    public void What_is_written_is_read_as_the_same_condition() =>
        Conditions(3, false).Where(c => c.ToString().Length <= 1000)
            .Sample(condition => Assert.Equal(condition, Parse(condition.ToString())), iter: 2000);

    /// <summary>The sentences come from the grammar in docs/SCENARIOS.md itself: it cannot go stale unseen.</summary>
    [Fact]
    public void Every_sentence_of_the_documented_grammar_follows_the_grammar()
    {
        var grammar = Ebnf.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "SCENARIOS.md")));
        string[] ofGrammar =
        [
            "does not belong", "is not an operand", "is empty", "wants", "not closed", "two sides", "no sign here",
            "does not say where", "stands in parentheses", "is not an aggregate", "a number is not something",
            "a comparison is not a number",
        ];
        Gen.Int.Sample(
            seed =>
            {
                var sentence = grammar.Sentence("condition", new RandomStream((ulong)seed, "sentence"));
                var errors = sentence.Length > 1000 ? [] : Read(sentence).Errors;
                Assert.DoesNotContain(
                    errors, e => ofGrammar.Any(w => e.Message.Contains(w, StringComparison.Ordinal)));
            },
            iter: 3000);
    }

    [Fact]
    public void Damage_to_a_property_is_an_error_or_a_property_but_never_an_exception()
    {
        string[] words =
            ["(", ")", "not", "and", "or", "of", "at", "with", "share", "neuron", "end", "3", "-", "<", ",", "é", "", "."];
        Gen.Select(Conditions(2, false), Gen.Int[0, 60], Gen.Int[0, 6], Gen.Int[0, words.Length - 1]).Sample(
            damage =>
            {
                var (condition, at, cut, with) = damage;
                var text = condition.ToString();
                at = Math.Min(at, text.Length);
                text = text[..at] + words[with] + text[Math.Min(text.Length, at + cut)..];
                var result = Read(text);
                Assert.NotEqual(result.Value is null, result.Errors.IsEmpty);
                Assert.All(result.Errors, e => Assert.InRange(e.Column, 15, 16 + text.Length));
            },
            iter: 2000);
    }

    /// <summary>The property, the place of each error in its text with its code, a part of the first remedy.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "gini <", "6:BTA023", "write it like" },
        { "gini < 1 and", "12:BTA023", "write it like" },
        { "not", "3:BTA023", "write it like" },
        { "gini + < 1", "7:BTA023", "write it like" },
        { "gini < 1 and and mint < 1", "13:BTA023", "write it like" },
        { "min of a < 1", "4:BTA023", "write: min loss" },
        { "(gini + 1 < 2", "0:BTA023", "add a )" },
        { "gini + 1) < 2", "8:BTA023", "its (" },
        { "gini < 1 < 2", "9:BTA023", "a < b and b < c" },
        { "gini = 1", "5:BTA023", "one of <, <=, >, >=" },
        { "gini =< 1", "5:BTA023", "write <=" },
        { "gini < 1 && mint < 2", "9:BTA023", "write and" },
        { "gini < 1 || mint < 2", "9:BTA023", "write or" },
        { "! gini < 1", "0:BTA023", "write it like" },
        { "gini < 1 an mint < 2", "9:BTA023", "did you mean 'and'" },
        { "max loss fo a < 2", "9:BTA023", "one of and, or, of, at" },
        { "gini 1 < 2", "5:BTA023", "within one" },
        { "gini", "0:BTA023", "one of <, <=, >, >=" },
        { "gini < 1 and mint", "13:BTA023", "one of <, <=, >, >=" },
        { "2 * (gini < 1) < 3", "4:BTA023", "and and or" },
        { "1 + 1 < 3", "0:BTA023", "name a metric" },
        { "gini < 1 and 1 < 2", "13:BTA023", "name a metric" },
        { "ginni < 1", "0:BTA024", "did you mean 'gini'" },
        { "1 < 2 * ginni", "8:BTA024", "did you mean 'gini'" },
        { "gini-mint < 1", "0:BTA024", "write spaces around the minus: gini - mint" },
        { "max loss of a-b < 1", "12:BTA022", "write spaces around the minus: a - b" },
        { "men loss of a < 1", "0:BTA023", "did you mean 'mean'" },
        { "max los of a < min los of c", "4:BTA024 19:BTA024", "did you mean 'loss'" },
        { "max loss of c < 1", "12:BTA022", "one of a, b" },
        { "loss of a < 1", "0:BTA023", "put one of mean, min, max, sum" },
        { "max loss of neuron 1 < 2", "0:BTA023", "leave out max" },
        { "loss of neuron 5 < 2", "15:BTA021", "0 to 4" },
        { "gini of neuron 1 < 2", "0:BTA023", "write gini alone" },
        { "loss of < 2", "8:BTA023", "of honest" },
        { "gini at block 11 < 1", "14:BTA021", "10 blocks" },
        { "gini at 11 blocks before < 1", "8:BTA021", "10 blocks" },
        { "gini at 3 blocks < 1", "17:BTA023", "at 10 blocks before" },
        { "gini at now < 1", "8:BTA023", "at block 10" },
        { "gini at sigma 3 < 1", "8:BTA023", "at block 10" },
        { "(gini < 1) at end", "0:BTA023", "and and or" },
        { "share of a loss < 1 > 0.5", "11:BTA023", "share of honest with" },
        { "share of c with loss < 1 > 0.5", "9:BTA022", "one of a, b" },
        { "share of a with loss < 1", "0:BTA023", "one of <, <=, >, >=" },
        { "share of a with gini < 1 > 0", "0:BTA023", "share with loss < 1" },
        { "1 + share of a with loss < 1 < 2", "4:BTA023", "(share of a with loss < 1)" },
        { "0.5x < gini", "0:BTA014", "a number like 0.5" },
        { "5% < gini", "0:BTA014", "a number like 0.5" },
        { "gini < 1e999", "7:BTA018", "float64" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named_at_its_character(string property, string faults, string remedy)
    {
        // The text begins after the quote in column 15.
        var errors = Read(property).Errors;
        Assert.Equal(
            faults,
            string.Join(' ', errors.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Column - 16}:{e.Code}"))));
        Assert.Contains(remedy, errors[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Levels_of_parentheses_have_an_end()
    {
        static string Nested(int levels) => $"{new string('(', levels)}gini{new string(')', levels)} < 1";
        Assert.Equal("gini < 1", Parse(Nested(32)).ToString());
        Assert.Contains("32 levels", Assert.Single(Read(Nested(33)).Errors).Message, StringComparison.Ordinal);
    }

    /// <summary>The text of the file from the property's value on; line and column of the fault, from that line.</summary>
    [Theory]
    [InlineData("gini < ginni", 0, 22)]
    [InlineData("'gini < ginni'", 0, 23)]
    [InlineData("\"gini < ginni\"", 0, 23)]
    [InlineData("gini < 1\n      and mint <\n      ginni", 2, 7)]
    [InlineData("'gini < 1\n      and\n\n        2 * ginni < 1'", 3, 13)]
    [InlineData(">-\n      gini < 1\n      and 2 * ginni < 1\n", 2, 15)]
    [InlineData("|\n      gini < 1\n\n      and 2 * ginni < 1\n", 3, 15)]
    [InlineData("> # why\n      gini < 1\n      and ginni < 1\n    name: n", 2, 11)]
    [InlineData(">-\n      gini < 1\n      and\n", 2, 10)]
    public void A_fault_is_named_in_the_line_where_it_stands(string yaml, int line, int column)
    {
        var error = Assert.Single(ScenarioFile.Parse($"{Head}  - property: {yaml}\n", "x.yaml", []).Errors);
        Assert.Equal((Head.Count(c => c == '\n') + 1 + line, column), (error.Line, error.Column));
    }

    [Fact]
    public void A_scenario_with_the_language_is_written_and_read_back()
    {
        var text = $"{Head}  - property: >-\n      not gini < 1 and\n      share of a with loss < 1 > 0.5\n"
            + "    holds: from block 2 until block 5\n";
        var first = ScenarioFile.Parse(text, "x.yaml", []).Value!;
        var again = ScenarioFile.Parse(ScenarioWriter.Write(first), "y.yaml", []).Value!;
        Assert.Equal(first.Expect.AsEnumerable(), again.Expect.AsEnumerable());
        Assert.Equal(new Horizon.UntilBlock(2, 5), again.Expect[0].Holds);
    }

    [Theory]
    [InlineData("until block 11")]
    [InlineData("from block 11 until block 12")]
    [InlineData("from block 3 until block 2")]
    [InlineData("until block 99999999999999999999")]
    public void A_horizon_is_within_the_run(string holds)
    {
        var error = Assert.Single(
            ScenarioFile.Parse($"{Head}  - {{ property: gini < 1, holds: {holds} }}\n", "x.yaml", []).Errors);
        Assert.Equal((ErrorCodes.Contradiction, 34), (error.Code, error.Column));
    }
}
