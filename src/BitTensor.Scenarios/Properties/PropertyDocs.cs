namespace BitTensor.Scenarios;

/// <summary>The chapter on properties of the reference of the format.</summary>
static class PropertyDocs
{
    /// <summary>The chapter in Markdown; a test reads sentences of its grammar.</summary>
    public const string Markdown =
        """
        ## Properties

        A property says what must hold at a block: comparisons of numbers, joined by `and`, `or` and `not`.

        ```
        rank-share of free-riding < min rank-share of honest
        sum rank-share of a + sum rank-share of b < 0.4
        loss of x < 2 * min loss and accuracy of neuron 3 >= 0.9
        share of honest with rank-share > 0.01 >= 90 / 100
        sum stake-share of a at end / sum stake-share of a at block 10 < 1.5
        mean loss of honest <= mean loss of honest at 10 blocks before
        not (gini > 0.8 or nakamoto < 3)
        ```

        Its grammar in EBNF (ISO/IEC 14977; spaces and line ends separate words):

        ```ebnf
        condition   = conjunction , { "or" , conjunction } ;
        conjunction = negation , { "and" , negation } ;
        negation    = "not" , negation | "(" , condition , ")" | comparison ;
        comparison  = side , sign , side ;
        sign        = "<" | "<=" | ">" | ">=" ;
        side        = share | sum ;
        sum         = product , { ( "+" | "-" ) , product } ;
        product     = factor , { ( "*" | "/" ) , factor } ;
        factor      = number | "-" , factor | metric , [ at ] | "(" , side , ")" , [ at ] ;
        share       = "share" , [ "of" , population ] , "with" , ( sum , sign , sum | "(" , condition , ")" ) ;
        metric      = [ aggregate ] , name , [ "of" , ( population | "neuron" , whole ) ] ;
        aggregate   = "mean" | "min" | "max" | "sum" ;
        at          = "at" , ( "end" | "block" , whole | whole , "blocks" , "before" | point , { "," , point } ) ;
        point       = axis , value ;
        ```

        `number` is decimal, with a sign and an exponent if need be: `0.5`, `-1e-3`. `whole` is a whole number. `name` is a
        [metric](#metrics); a population is one of the scenario, whatever its name: after `of` every word is a name. A minus within a name
        belongs to it, so a subtraction has spaces around it. `1 block before` may stand for `1 blocks before`. A `point` of an `axis` is
        for [studies](#equilibrium-scenarios), which have no `of`, no `share` and no blocks.

        - A metric of the network stands alone: `gini`.
        - A metric of neurons has an aggregate, over a population or over all: `mean loss of honest`, `max stake-share`. It is over the
          neurons that have a value at that block (one that was down all the block has no loss). For a population of one neuron none is
          needed, and a single neuron has none: `loss of neuron 3`.
        - A `share` counts the neurons that have a condition, over those of which it is known, in [0, 1]. Within its condition a metric of
          neurons without aggregate and without `of` is that of the neuron that is counted. It reaches as far as it can: its bound ends at
          the next comparison, so within a sum it stands in parentheses. Several conditions stand in parentheses too:
          `share of honest with (loss < 1 and rank-share > 0.01) > 0.9`.
        - `at` reads what stands right before it at another block than the judged one: the last block of the run, a block by its height, or
          so many blocks before the judged one. A run that ended early has no end.

        | holds | judged |
        |---|---|
        | `at end` | at the last block |
        | `always` | at every block with data on both sides |
        | `from block N` | likewise, from block N on |
        | `until block N` | likewise, up to block N |
        | `from block N until block M` | likewise, from block N to block M |
        | `eventually by block N` | passes at the first block up to N at which it holds |

        **Missing** is not false. A value that was not measured makes what is computed of it missing, and a comparison unknown. `and`, `or`
        and `not` follow Kleene's three-valued logic: `and` is false when one side is, `or` is true when one side is, else the unknown stays
        unknown. A block at which the condition is unknown is without data.

        **Not finite** is not missing. Infinity computes and compares as infinity; a division by 0 is not finite. A comparison with NaN does
        not hold, and neither does its opposite: `not` turns every comparison below it around (`not a < b` is `a >= b`, De Morgan for `and`
        and `or`), so that a neuron that has diverged passes neither `max loss < 5` nor `not max loss < 5`. In a share such a neuron counts
        against the property: as one that has the condition where a smaller share is wanted, as one that has not where a larger one is. An
        aggregate with a value that is not finite is not finite. The verdict names the neuron and the block since which it is so.

        The verdict has the block that decided, and for each comparison that decided there the value, the bound, the margin by which it
        holds, and the neurons that made it so ([RUN-FOLDER.md](RUN-FOLDER.md#verdictjson)).

        A property with a `finding` is claimed by the paper or a defence and known not to hold. It passes when it is violated and fails, as a known
        finding that no longer holds, when it is not: a change of outcome in either direction is noticed.

        Each property **passes**, **fails**, or is **unknown** when there is no data to judge it by. A run passes when all of them do, fails
        when one fails, and is unknown otherwise.


        """;
}
