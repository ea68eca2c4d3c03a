namespace BitTensor.Scenarios;

/// <summary>How two sides of a comparison compare.</summary>
public enum Comparison
{
    /// <summary>&lt;</summary>
    Below,

    /// <summary>&lt;=</summary>
    AtMost,

    /// <summary>&gt;</summary>
    Above,

    /// <summary>&gt;=</summary>
    AtLeast,
}

/// <summary>What must hold at a block.</summary>
public abstract record Condition
{
    Condition() { }

    /// <summary>Two numbers compared.</summary>
    public sealed record Compare(Operand Left, Comparison Comparison, Operand Right) : Condition
    {
        /// <summary>
        /// The opposite comparison: <c>a &gt;= b</c> of <c>a &lt; b</c>. Neither of the two holds of NaN.
        /// </summary>
        public Compare Opposite() => this with
        {
            Comparison = Comparison switch
            {
                Comparison.Below => Comparison.AtLeast,
                Comparison.AtMost => Comparison.Above,
                Comparison.Above => Comparison.AtMost,
                _ => Comparison.Below,
            },
        };
    }

    /// <summary>Both hold.</summary>
    public sealed record And(Condition Left, Condition Right) : Condition;

    /// <summary>One of them holds, or both.</summary>
    public sealed record Or(Condition Left, Condition Right) : Condition;

    /// <summary>Every comparison below turned into its opposite, <c>and</c> and <c>or</c> exchanged (De Morgan).</summary>
    public sealed record Not(Condition Of) : Condition;

    /// <summary>All operands, also within the conditions of shares.</summary>
    public IEnumerable<Operand> Parts() => this switch
    {
        Compare compare => compare.Left.Parts().Concat(compare.Right.Parts()),
        And and => and.Left.Parts().Concat(and.Right.Parts()),
        Or or => or.Left.Parts().Concat(or.Right.Parts()),
        Not not => not.Of.Parts(),
        _ => [],
    };

    /// <summary>The condition in the language of properties.</summary>
    public sealed override string ToString() => PropertyText.Of(this);

    /// <summary>The one comparison that the condition is, with its negations carried out; null for several.</summary>
    public Compare? AsComparison() => this switch
    {
        Compare compare => compare,
        Not not => not.Of.AsComparison()?.Opposite(),
        _ => null,
    };
}
