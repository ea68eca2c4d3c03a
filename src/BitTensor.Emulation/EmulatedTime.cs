namespace BitTensor.Emulation;

/// <summary>
/// The end of emulated time. Waits add up: a hundred jobs of a year each, each a million times slower. What would end
/// later than a run can say ends at the horizon, so that every message has an outcome.
/// </summary>
public static class EmulatedTime
{
    /// <summary>Some three thousand years; no run is a tenth as long.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromSeconds(1e11);

    /// <summary>A moment and a wait, at most the horizon.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="wait">The wait, from 0; none from the horizon on.</param>
    public static TimeSpan After(TimeSpan moment, TimeSpan wait) =>
        wait < Horizon - moment ? moment + wait : moment > Horizon ? moment : Horizon;

    /// <summary>So many times a wait, at most the horizon.</summary>
    public static TimeSpan Times(TimeSpan wait, double factor) =>
        wait.TotalSeconds * factor < Horizon.TotalSeconds ? wait * factor : Horizon;
}
