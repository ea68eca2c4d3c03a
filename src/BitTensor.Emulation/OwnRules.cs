namespace BitTensor.Emulation;

/// <summary>
/// What one link remembers for its rules. It has one list, rarely a few: one per kind of parcel at most.
/// </summary>
sealed class OwnRules
{
    readonly List<(RuleList Of, RuleList Own)> _lists = [];

    public LinkMemory? Memory { get; private set; }

    public RuleList Of(RuleList rules)
    {
        foreach (var (of, own) in _lists)
        {
            if (ReferenceEquals(of, rules))
            {
                return own;
            }
        }
        // A rule keeps its state when others come before or after it.
        var fresh = rules.Fresh(Known);
        _lists.Add((rules, fresh));
        Memory ??= fresh.Remembers ? new LinkMemory() : null;
        return fresh;
    }

    LinkRule? Known(LinkRule rule)
    {
        foreach (var (of, own) in _lists)
        {
            for (var k = 0; k < of.Count; k++)
            {
                if (ReferenceEquals(of[k], rule))
                {
                    return own[k];
                }
            }
        }
        return null;
    }
}
