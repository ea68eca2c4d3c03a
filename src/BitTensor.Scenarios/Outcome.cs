using System.Text.Json.Serialization;

namespace BitTensor.Scenarios;

/// <summary>The outcome of a property, or of a run.</summary>
public enum Outcome
{
    /// <summary>It holds.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>It does not hold.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>There is no data to tell.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>The rule that makes one outcome of many.</summary>
public static class Outcomes
{
    /// <summary>Fail when one is fail, else unknown when one is unknown, else pass; pass when there is none.</summary>
    public static Outcome Overall(this IEnumerable<Outcome> outcomes)
    {
        var seen = outcomes.ToHashSet();
        return seen.Contains(Outcome.Fail) ? Outcome.Fail
            : seen.Contains(Outcome.Unknown) ? Outcome.Unknown
            : Outcome.Pass;
    }
}
