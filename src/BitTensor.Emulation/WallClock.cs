#pragma warning disable RS0030 // The one file that owns the real clock.
using System.Diagnostics;

namespace BitTensor.Emulation;

/// <summary>
/// The machine's own clock: for naming run folders and for telling people how long something took. Never for the
/// emulated world.
/// </summary>
public static class WallClock
{
    /// <summary>Now, UTC.</summary>
    public static DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    /// <summary>Time since the machine started, for differences.</summary>
    public static TimeSpan Elapsed => Stopwatch.GetElapsedTime(0);
}
