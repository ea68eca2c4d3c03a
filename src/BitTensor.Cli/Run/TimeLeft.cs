using System.Globalization;
using BitTensor.Emulation;

namespace BitTensor.Cli.Run;

/// <summary>The time that is left of counted work, from the time that the part since the first call took.</summary>
sealed class TimeLeft
{
    readonly TimeSpan _start = WallClock.Elapsed;

    /// <summary>Text like <c>12 s left</c>; null while nothing was done since the start.</summary>
    /// <param name="done">Number done since the start.</param>
    /// <param name="left">Number left.</param>
    public string? Text(double done, double left)
    {
        if (done <= 0)
        {
            return null;
        }
        var time = (WallClock.Elapsed - _start) * (left / done);
        return time.TotalSeconds < 100 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s left")
            : time.TotalMinutes < 100
                ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min left")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h left");
    }
}
