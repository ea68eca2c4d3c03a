using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace BitTensor.Mechanism;

/// <summary>The rules of one's own that this process knows, by name.</summary>
public static partial class RuleRegistry
{
    static readonly ConcurrentDictionary<string, OwnRule> Known = new();

    /// <summary>Every registered rule with the defaults of its parameters, by name.</summary>
    public static IEnumerable<OwnRule> All => Known.Values.OrderBy(r => r.Rule.Name, StringComparer.Ordinal);

    /// <summary>Makes a rule known by its name. A second rule of the same type changes nothing.</summary>
    /// <exception cref="ArgumentException">
    /// The name is no name, one of a built-in rule or of another rule, or a parameter's name, range or default is not
    /// right.
    /// </exception>
    public static void Register(IRankRule rule)
    {
        if (!Word().IsMatch(rule.Name))
        {
            throw new ArgumentException(
                $"'{rule.Name}' is no name of a rule: write lower-case letters, digits and '-', from a letter.");
        }
        foreach (var p in rule.Parameters)
        {
            var known = rule.Parameters.Count(q => q.Name == p.Name) == 1 && Word().IsMatch(p.Name) && p.Name != "kind";
            if (!known || !double.IsFinite(p.Least) || !double.IsFinite(p.Most)
                || !(p.Least <= p.Default && p.Default <= p.Most))
            {
                throw new ArgumentException(
                    $"Parameter '{p.Name}' of rule '{rule.Name}' needs a name of its own, and a default within a "
                    + "finite range.");
            }
        }
        if (RankRule.BuiltIn.Contains(rule.Name)
            || Known.GetOrAdd(rule.Name, _ => OwnRule.Of(rule)).Rule.GetType() != rule.GetType())
        {
            throw new ArgumentException($"There is a rule '{rule.Name}' already: choose another name.");
        }
    }

    /// <summary>The registered rule of a name, with the defaults of its parameters; null for none.</summary>
    public static OwnRule? Find(string name) => Known.GetValueOrDefault(name);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,63}$")]
    private static partial Regex Word();
}
