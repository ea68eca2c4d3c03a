using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// Reads the language of properties by recursive descent: a method per rule of the grammar in docs/SCENARIOS.md. A text
/// that does not follow the grammar has one error, at the first character that does not fit.
/// </summary>
sealed class PropertyParser
{
    const int MostLevels = 32;
    const string Signs = "one of <, <=, >, >=";

    static readonly ImmutableArray<string> Reserved = ["and", "or", "of", "at", "with", "not"];

    readonly PropertyLexer _text;
    readonly PropertyWords _words;
    int _levels;
    bool _ofOne;

    PropertyParser(string text, PropertyWords words) => (_text, _words) = (new PropertyLexer(text), words);

    /// <summary>Reads a property; null after errors.</summary>
    /// <param name="text">The text of the property.</param>
    /// <param name="at">Its place in the scenario.</param>
    /// <param name="words">What its words mean.</param>
    /// <param name="errors">Destination of errors.</param>
    public static Condition? Read(string text, Func<int, Place> at, PropertyWords words, ErrorList errors)
    {
        var (condition, faults) = Read(text, words);
        foreach (var fault in faults)
        {
            errors.Add(at(fault.At), fault.Code, fault.Message, fault.Remedy);
        }
        return condition;
    }

    /// <summary>Reads a property; null with errors.</summary>
    public static (Condition? Condition, IReadOnlyList<PropertyFault> Faults) Read(string text, PropertyWords words)
    {
        var parser = new PropertyParser(text, words);
        try
        {
            var all = parser.Disjunction();
            var condition = parser._text.AtEnd ? parser.ConditionOf(all) : throw parser.Unexpected();
            return (words.Faults.Count == 0 ? condition : null, words.Faults);
        }
        catch (PropertySyntaxException syntax)
        {
            // What its words mean is not worth saying of a text that is cut off.
            return (null, [syntax.Fault]);
        }
    }

    // condition = conjunction , { "or" , conjunction } ;
    Phrase Disjunction() => Joined(Conjunction, "or", (left, right) => new Condition.Or(left, right));

    // conjunction = negation , { "and" , negation } ;
    Phrase Conjunction() => Joined(Negation, "and", (left, right) => new Condition.And(left, right));

    Phrase Joined(Func<Phrase> next, string word, Func<Condition, Condition, Condition> join)
    {
        var left = next();
        while (_text.Take(word))
        {
            var (a, b) = (ConditionOf(left), ConditionOf(next()));
            left = Phrase.Of(left.At, a is null || b is null ? null : join(a, b));
        }
        return left;
    }

    // negation = "not" , negation | "(" , condition , ")" | comparison ;
    Phrase Negation()
    {
        var at = _text.At;
        if (!_text.Take("not"))
        {
            return Comparison();
        }
        using var level = Level();
        return Phrase.Of(at, ConditionOf(Negation()) is { } of ? new Condition.Not(of) : null);
    }

    // comparison = side , sign , side ;
    Phrase Comparison()
    {
        var compared = Comparison(Side(), Side);
        return _text.IsSign && compared.IsCondition
            ? throw Wrong("a comparison has two sides", "join two of them: a < b and b < c")
            : compared;
    }

    Phrase Comparison(Phrase left, Func<Phrase> side)
    {
        if (left.IsCondition || TakeComparison() is not { } sign)
        {
            return left;
        }
        var (a, b) = (OperandOf(left), OperandOf(side()));
        if (a is null || b is null)
        {
            return Phrase.Of(left.At, (Condition?)null);
        }
        if (!a.Parts().Concat(b.Parts()).Any(o => o.Measures is not null))
        {
            _words.Fault(
                left.At, ErrorCodes.Property, "the property compares two numbers", "name a metric on one side");
        }
        return Phrase.Of(left.At, new Condition.Compare(a, sign, b));
    }

    // side = share | sum ;
    Phrase Side() => _text.IsShare ? Share() : Sum();

    // sum = product , { ( "+" | "-" ) , product } ;
    Phrase Sum() => Chain(Product, ('+', Arithmetic.Plus), ('-', Arithmetic.Minus));

    // product = factor , { ( "*" | "/" ) , factor } ;
    Phrase Product() => Chain(Factor, ('*', Arithmetic.Times), ('/', Arithmetic.Over));

    Phrase Chain(Func<Phrase> next, params ReadOnlySpan<(char Sign, Arithmetic Of)> signs)
    {
        var left = next();
        for (var more = true; more;)
        {
            more = false;
            foreach (var (sign, arithmetic) in signs)
            {
                if (_text.Take(sign))
                {
                    var (a, b) = (OperandOf(left), OperandOf(next()));
                    left = Phrase.Of(left.At, a is null || b is null ? null : new Operand.Infix(a, arithmetic, b));
                    more = true;
                }
            }
        }
        return left;
    }

    // factor = number | "-" , factor | metric , [ at ] | "(" , side , ")" , [ at ] ; a condition in parentheses too:
    // what stands in them is known where they end.
    Phrase Factor()
    {
        var at = _text.At;
        if (_text.TakeNumber() is { } number)
        {
            return Number(number);
        }
        if (_text.Take('-'))
        {
            using var level = Level();
            return Phrase.Of(at, OperandOf(Factor()) switch
            {
                null => null,
                Operand.Number of => new Operand.Number(-of.Value),
                { } of => new Operand.Negative(of),
            });
        }
        if (_text.Take('('))
        {
            return Group(at);
        }
        if (_text.IsShare)
        {
            throw Wrong("a share within a sum or product stands in parentheses", "write (share of a with loss < 1)");
        }
        return TakeName() is { } word ? Metric(word) : throw MissingSide();
    }

    Phrase Number(PropertyWord number)
    {
        if (Numbers.Parse(number.Text, out var problem) is { } value)
        {
            return Phrase.Of(number.At, new Operand.Number(value));
        }
        _words.Fault(number.At, problem.Code, problem.Message, problem.Remedy);
        return Phrase.Of(number.At, (Operand?)null);
    }

    Phrase Group(int at)
    {
        using var level = Level();
        var within = Disjunction();
        if (!_text.Take(')'))
        {
            throw _text.AtEnd
                ? new PropertySyntaxException(at, "the parenthesis is not closed", "add a ) where it ends")
                : Unexpected();
        }
        return _text.Take("at") ? Later(within with { At = at }) : within with { At = at };
    }

    Phrase Later(Phrase of)
    {
        var moment = Moment();
        return Phrase.Of(
            of.At, OperandOf(of) is { } operand && moment is not null ? new Operand.At(operand, moment) : null);
    }

    // share = "share" , [ "of" , population ] , "with" , ( sum , sign , sum | "(" , condition , ")" ) ;
    Phrase Share()
    {
        var at = _text.At;
        _text.Take("share");
        var of = _text.Take("of") ? _text.TakeName() ?? throw MissingPopulation() : (PropertyWord?)null;
        if (!_text.Take("with"))
        {
            throw Wrong("a share wants the condition of the neurons it counts", "write: share of honest with loss < 1");
        }
        using var level = Level();
        var outer = _ofOne;
        _ofOne = true;
        var with = ConditionOf(Comparison(Sum(), Sum));
        _ofOne = outer;
        var known = of is not { } population || _words.Population(population);
        if (with is not null && !with.Parts().Any(o => o is Operand.Own))
        {
            _words.Fault(
                at, ErrorCodes.Property, "the condition of the share is the same for every neuron",
                "name a metric of neurons without an aggregate: share with loss < 1");
        }
        return Phrase.Of(at, with is null || !known ? null : new Operand.Share(of?.Text, with));
    }

    // metric = [ aggregate ] , name , [ "of" , ( population | "neuron" , whole ) ] ;
    Phrase Metric(PropertyWord first)
    {
        PropertyWord? aggregate = null;
        var name = first;
        if (PropertyWords.Aggregates.Contains(first.Text))
        {
            aggregate = first;
            name = TakeName() ?? throw Wrong($"'{first.Text}' wants a metric", $"write: {first.Text} loss");
        }
        else if (_text.Word is { } next && _words.Metrics.Contains(next.Text) && !_words.Metrics.Contains(first.Text))
        {
            throw new PropertySyntaxException(
                first.At, $"'{Shorten.Of(first.Text)}' is not an aggregate",
                Shorten.DidYouMean(first.Text, PropertyWords.Aggregates));
        }
        PropertyWord? neuron = null, population = null;
        if (_text.Take("of"))
        {
            population = _text.TakeName() ?? throw MissingPopulation();
            neuron = population.Value.Text == "neuron" ? _text.TakeWhole() : null;
        }
        var metric = new PropertyMetric(name, aggregate, neuron is null ? population : null, neuron, []);
        return _text.Take("at") ? At(metric) : Phrase.Of(first.At, _words.Metric(metric, _ofOne));
    }

    // at = "at" , ( "end" | "block" , whole | whole , "blocks" , "before" | point , { "," , point } ) ;
    Phrase At(PropertyMetric metric)
    {
        var at = (metric.Aggregate ?? metric.Name).At;
        if (_text.Word is null or { Text: "end" or "block" })
        {
            return Later(Phrase.Of(at, _words.Metric(metric, _ofOne)));
        }
        var points = ImmutableArray.CreateBuilder<(PropertyWord, PropertyWord)>();
        do
        {
            var axis = _text.TakeWord() ?? throw WrongPlace();
            points.Add((axis, _text.TakePoint() ?? throw WrongPlace(axis.At)));
        }
        while (_text.Take(','));
        return Phrase.Of(at, _words.Metric(metric with { Points = points.ToImmutable() }, _ofOne));
    }

    Moment? Moment()
    {
        var at = _text.At;
        if (_text.Take("end"))
        {
            return _words.Moment(new PropertyWord("0", at), _ => new Moment.End());
        }
        if (_text.Take("block"))
        {
            return _words.Moment(_text.TakeWhole() ?? throw WrongPlace(), height => new Moment.Block(height));
        }
        var blocks = _text.TakeWhole() ?? throw WrongPlace();
        return (_text.Take("blocks") || _text.Take("block")) && _text.Take("before")
            ? _words.Moment(blocks, count => new Moment.Before(count))
            : throw WrongPlace();
    }

    PropertyWord? TakeName() => _text.Word is { } word && !Reserved.Contains(word.Text) ? _text.TakeWord() : null;

    Comparison? TakeComparison()
    {
        var at = _text.At;
        return _text.TakeSigns() switch
        {
            "" => null,
            "<" => Scenarios.Comparison.Below,
            "<=" => Scenarios.Comparison.AtMost,
            ">" => Scenarios.Comparison.Above,
            ">=" => Scenarios.Comparison.AtLeast,
            var sign => throw new PropertySyntaxException(at, $"'{Shorten.Of(sign)}' is no sign here", sign switch
            {
                "&&" or "&" => "write and",
                "||" or "|" => "write or",
                "!" => "write not",
                "=<" => "write <=",
                "=>" => "write >=",
                _ => $"write {Signs}",
            }),
        };
    }

    Condition? ConditionOf(Phrase phrase)
    {
        if (phrase is { IsCondition: false, Operand: not null })
        {
            _words.Fault(
                phrase.At, ErrorCodes.Property, "a number is not something that holds",
                $"compare it with another one by {Signs}");
        }
        return phrase.Condition;
    }

    Operand? OperandOf(Phrase phrase)
    {
        if (phrase is { IsCondition: true, Condition: not null })
        {
            _words.Fault(
                phrase.At, ErrorCodes.Property, "a comparison is not a number", "join comparisons by and and or");
        }
        return phrase.Operand;
    }

    LevelGuard Level()
    {
        return ++_levels > MostLevels
            ? throw Wrong($"more than {MostLevels} levels of parentheses", "write several properties")
            : new LevelGuard(this);
    }

    PropertySyntaxException Unexpected()
    {
        TakeComparison();
        var remedy = _text.Next is ')' ? "leave it out, or add its ("
            : _text.Word is { } word && !Reserved.Contains(word.Text) ? Shorten.DidYouMean(word.Text, Reserved[..4])
            : $"write {Signs} between two sides, and +, -, * or / within one";
        return Wrong($"'{Shorten.Of(_text.Rest)}' does not belong here", remedy);
    }

    PropertySyntaxException MissingSide() => Wrong(
        _text.AtEnd ? "one side of the property is empty" : $"'{Shorten.Of(_text.Rest)}' is not an operand",
        "write it like: 0.5, or gini, or max loss of honest");

    PropertySyntaxException MissingPopulation() => Wrong("'of' wants a population", "write: of honest, or of neuron 3");

    PropertySyntaxException WrongPlace(int? at = null) =>
        new(at ?? _text.At, "'at' does not say where", _words.Places);

    PropertySyntaxException Wrong(string message, string remedy) => new(_text.At, message, remedy);

    /// <summary>A part of the text: a number, or something that holds; its value is null after an error.</summary>
    readonly record struct Phrase(int At, bool IsCondition, Operand? Operand, Condition? Condition)
    {
        public static Phrase Of(int at, Operand? operand) => new(at, false, operand, null);

        public static Phrase Of(int at, Condition? condition) => new(at, true, null, condition);
    }

    readonly struct LevelGuard(PropertyParser parser) : IDisposable
    {
        public void Dispose() => parser._levels--;
    }

#pragma warning disable CA1064 // It never leaves the parser.
    sealed class PropertySyntaxException(int at, string message, string remedy) : Exception(message)
    {
        public PropertyFault Fault { get; } = new(at, ErrorCodes.Property, message, remedy);
    }
#pragma warning restore CA1064
}
