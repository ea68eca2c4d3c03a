using BitTensor.Mechanism;

namespace BitTensor.Fuzzing;

/// <summary>Draws of the value kinds of a scenario. Numbers are short, so that files stay readable.</summary>
static class Draws
{
    /// <summary>True with this probability.</summary>
    public static bool Chance(this RandomStream dice, double probability) => dice.NextDouble() < probability;

    /// <summary>One of these.</summary>
    public static T Pick<T>(this RandomStream dice, params ReadOnlySpan<T> options) =>
        options[dice.NextInt(options.Length)];

    /// <summary>A whole number from low to high.</summary>
    public static int Whole(this RandomStream dice, int low, int high) => low + dice.NextInt(high - low + 1);

    /// <summary>A number between two positive ones, uniform in the logarithm, with two digits.</summary>
    public static double Scale(this RandomStream dice, double low, double high)
    {
        var value = low * Math.Pow(high / low, dice.NextDouble());
        var unit = Math.Pow(10, 1 - Math.Floor(Math.Log10(value)));
        return unit >= 1 ? Math.Round(value * unit) / unit : Math.Round(value);
    }

    /// <summary>A duration around this one, between two shares of it, in whole milliseconds; at least one.</summary>
    public static TimeSpan Around(this RandomStream dice, TimeSpan time, double low, double high) =>
        TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(dice.Scale(low, high) * time.TotalMilliseconds)));
}
