using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// The value of an operand that is no arithmetic; null where it is missing. <paramref name="wanted"/> is 1 where a
/// larger value helps the comparison to hold, -1 where a smaller one does, 0 where that is open.
/// </summary>
delegate double? Measure(Operand operand, int wanted);

/// <summary>A comparison with numbers for its sides.</summary>
/// <param name="Compare">The comparison, with every negation around it carried out.</param>
/// <param name="Left">Left side.</param>
/// <param name="Right">Right side.</param>
sealed record Compared(Condition.Compare Compare, double Left, double Right)
{
    /// <summary>By how much it holds, in the unit of its sides; below 0 by how much it does not.</summary>
    public double Margin => Compare.Comparison is Comparison.Below or Comparison.AtMost ? Right - Left : Left - Right;
}

/// <summary>What a condition comes to.</summary>
/// <param name="Holds">Whether it holds; null where a missing value leaves that open.</param>
/// <param name="Decided">
/// The comparisons that make it so, in the order of the text: of a broken <c>and</c> those that are broken, of an
/// <c>or</c> that holds those that hold, else both sides.
/// </param>
readonly record struct Judged(bool? Holds, ImmutableArray<Compared> Decided);

/// <summary>
/// Values of operands and truth of conditions. A missing value makes what is computed of it missing, and a comparison
/// unknown; <c>and</c>, <c>or</c> and <c>not</c> are those of Kleene's strong logic. Infinity computes and compares as
/// infinity. A comparison with NaN does not hold, and neither does its opposite.
/// </summary>
static class Evaluation
{
    /// <summary>The value of an operand; null where it is missing.</summary>
    public static double? Value(Operand operand, Measure measure, int wanted = 0)
    {
        switch (operand)
        {
            case Operand.Number number:
                return number.Value;
            case Operand.Negative negative:
                return -Value(negative.Of, measure, -wanted);
            case Operand.Infix infix:
                var (left, right) = Wanted(infix, wanted, SignOf(infix.Left), SignOf(infix.Right));
                return Combine(Value(infix.Left, measure, left), infix.Sign, Value(infix.Right, measure, right));
            default:
                return measure(operand, wanted);
        }
    }

    /// <summary>What the sides of a sum, difference, product or quotient should be, by the signs of the sides.</summary>
    public static (int Left, int Right) Wanted(Operand.Infix infix, int wanted, int left, int right) =>
        infix.Sign switch
    {
        Arithmetic.Plus => (wanted, wanted),
        Arithmetic.Minus => (wanted, -wanted),
        Arithmetic.Times => (wanted * right, wanted * left),
        _ => (wanted * right, -wanted * left * right * right),
    };

    /// <summary>What the sides of a comparison should be for it to hold.</summary>
    public static (int Left, int Right) Wanted(Comparison comparison) =>
        comparison is Comparison.Below or Comparison.AtMost ? (-1, 1) : (1, -1);

    /// <summary>What a condition comes to.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="measure">Values of what it measures.</param>
    /// <param name="negated">True to judge its negation.</param>
    public static Judged Judge(Condition condition, Measure measure, bool negated = false) => condition switch
    {
        Condition.Not not => Judge(not.Of, measure, !negated),
        Condition.Compare compare => Judge(negated ? compare.Opposite() : compare, measure),
        Condition.And and => Join(Judge(and.Left, measure, negated), Judge(and.Right, measure, negated), negated),
        Condition.Or or => Join(Judge(or.Left, measure, negated), Judge(or.Right, measure, negated), !negated),
        _ => throw new InvalidOperationException($"There is no condition {condition}."),
    };

    /// <summary>Infinity compares as infinity; a comparison with NaN does not hold.</summary>
    public static bool Holds(double left, Comparison comparison, double right) => comparison switch
    {
        Comparison.Below => left < right,
        Comparison.AtMost => left <= right,
        Comparison.Above => left > right,
        _ => left >= right,
    };

    static Judged Judge(Condition.Compare compare, Measure measure)
    {
        var (toLeft, toRight) = Wanted(compare.Comparison);
        return Value(compare.Left, measure, toLeft) is { } left && Value(compare.Right, measure, toRight) is { } right
            ? new Judged(Holds(left, compare.Comparison, right), [new Compared(compare, left, right)])
            : new Judged(null, []);
    }

    /// <summary>Both (<paramref name="decisive"/> false) or one of them (true): one side can decide alone.</summary>
    static Judged Join(Judged left, Judged right, bool decisive)
    {
        if (left.Holds == decisive || right.Holds == decisive)
        {
            return new Judged(
                decisive,
                [
                    .. left.Holds == decisive ? left.Decided : [],
                    .. right.Holds == decisive ? right.Decided : [],
                ]);
        }
        return left.Holds is null || right.Holds is null
            ? new Judged(null, [])
            : new Judged(!decisive, [.. left.Decided, .. right.Decided]);
    }

    static double? Combine(double? left, Arithmetic sign, double? right) => sign switch
    {
        Arithmetic.Plus => left + right,
        Arithmetic.Minus => left - right,
        Arithmetic.Times => left * right,
        _ => left / right,
    };

    // Only a number has a sign that no data can change.
    static int SignOf(Operand operand) => operand is Operand.Number number ? Math.Sign(number.Value) : 0;
}
