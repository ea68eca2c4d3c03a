using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>
/// Outcomes as texts for people name them; files for programs have the names of <see cref="Outcome"/>.
/// </summary>
public static class OutcomeWords
{
    /// <summary>The word for an outcome: <c>pass</c>, <c>FAIL</c> or <c>unknown</c>.</summary>
    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Pass => "pass",
        Outcome.Fail => "FAIL",
        _ => "unknown",
    };

    /// <summary>The word for a verdict: <c>finding</c> for one that passes because it is known not to hold.</summary>
    public static string Of(PropertyVerdict verdict) =>
        verdict is { Finding: not null, Outcome: Outcome.Pass } ? "finding" : Of(verdict.Outcome);
}
