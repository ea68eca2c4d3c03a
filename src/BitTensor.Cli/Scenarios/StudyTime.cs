using BitTensor.Scenarios;

namespace BitTensor.Cli.Scenarios;

/// <summary>What a person should know of the length of a study before it begins.</summary>
static class StudyTime
{
    // What a core multiplies in an hour, about, where the numbers are in its caches.
    const double PerHour = 3600 * 1e9;

    /// <summary>The warning of a study that may take hours; null for a shorter one.</summary>
    public static string? WarningOf(EquilibriumScenario scenario)
    {
        var size = StudySize.Of(scenario);
        var hours = size.Operations / PerHour;
        return hours < 1
            ? null
            : FormattableString.Invariant($"study: {size.Items:0} trials may take {hours:G2} hours of a core; ")
                + "Ctrl-C keeps what is finished, and --resume goes on";
    }
}
