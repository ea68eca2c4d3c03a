using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>Text of a given form.</summary>
/// <param name="pattern">Regular expression that it matches.</param>
/// <param name="form">The form in words.</param>
/// <param name="longest">Most characters.</param>
sealed class TextType(string pattern, string form, int longest) : ScalarType<string>
{
    /// <summary>True when the writer puts the text in quotes.</summary>
    public bool Quoted { get; init; }

    public override string Describe() => form;

    public override JsonObject Schema() => Pattern(pattern);

    public override string Text(string value) => Quoted ? YamlText.Quoted(value) : value;

    public override Parsed<string> Parse(string text)
    {
        if (text.Length == 0)
        {
            return new Problem(ErrorCodes.Empty, "the text is empty", $"write {form}");
        }
        return text.Length <= longest && Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant)
            ? text
            : new Problem(ErrorCodes.Form, $"'{Shorten.Of(text)}' does not fit here", $"write {form}");
    }
}

/// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
sealed class IntegerType<T>(long least, long most) : ScalarType<T>
    where T : struct, IBinaryInteger<T>
{
    public override string Describe() => $"whole number, {least} to {most}";

    public override IReadOnlyList<string> Corners => [$"{least}", $"{most}"];

    public override JsonObject Schema() =>
        new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    public override string Text(T value) => value.ToString(null, CultureInfo.InvariantCulture);

    public override Parsed<T> Parse(string text)
    {
        if (!Regex.IsMatch(text, "^[+-]?[0-9]+$"))
        {
            var message = $"'{Shorten.Of(text)}' is not a whole number";
            return new Problem(ErrorCodes.NotANumber, message, $"write a {Describe()}");
        }
        return long.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? T.CreateChecked(value)
            : new Problem(ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write a {Describe()}");
    }
}

/// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
sealed class NumberType(double least, double most) : ScalarType<double>
{
    public override string Describe() => $"number, {YamlText.Number(least)} to {YamlText.Number(most)}";

    public override IReadOnlyList<string> Corners => least == 0
        ? ["0", YamlText.Number(double.Epsilon), YamlText.Number(most)]
        : [YamlText.Number(least), YamlText.Number(most)];

    public override JsonObject Schema() => new() { ["type"] = "number", ["minimum"] = least, ["maximum"] = most };

    public override string Text(double value) => YamlText.Number(value);

    public override Parsed<double> Parse(string text)
    {
        if (Numbers.Parse(text, out var problem) is not { } value)
        {
            return problem;
        }
        return value > most || value < least
            ? new Problem(ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write a {Describe()}")
            : value;
    }
}

/// <summary>A length of emulated time with its unit, from 1 us, or 0 where it may be 0, to 1e8 s.</summary>
/// <param name="zero">True when it may be 0.</param>
/// <param name="leastSeconds">The shortest but 0.</param>
sealed class DurationType(bool zero, double leastSeconds = 1e-6) : ScalarType<TimeSpan>
{
    const double MostSeconds = 1e8;

    public const string Form = "^[0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h)$";
    const string Example = "a duration like 250ms, 10 s or 5 min";

    public override string Describe() => $"duration, {(zero ? "0 s, or " : "")}{Least} to {Most}";

    public override IReadOnlyList<string> Corners => [.. zero ? ["0 s"] : Array.Empty<string>(), Least, Most];

    public override JsonObject Schema() => Pattern(Form);

    public override string Text(TimeSpan value) => YamlText.Time(value);

    static string Most => YamlText.Time(TimeSpan.FromSeconds(MostSeconds));

    string Least => YamlText.Time(TimeSpan.FromSeconds(leastSeconds));

    public override Parsed<TimeSpan> Parse(string text)
    {
        if (Numbers.WithUnit(text, Units.Durations, Example, out var problem) is not { } seconds)
        {
            return problem;
        }
        // In ticks, as the time is kept: 100 us is one tick short of itself in seconds.
        var ticks = seconds is >= 0 and <= MostSeconds ? (long)Math.Round(seconds * TimeSpan.TicksPerSecond) : -1;
        if (ticks < Math.Round(leastSeconds * TimeSpan.TicksPerSecond) && !(zero && seconds == 0))
        {
            return new Problem(ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write a {Describe()}");
        }
        return TimeSpan.FromTicks(ticks);
    }
}

/// <summary>A length of the run, or a moment in it: a number of blocks, or emulated time.</summary>
/// <param name="Blocks">Blocks; null for emulated time.</param>
/// <param name="Time">Emulated time; zero for blocks.</param>
sealed record Length(long? Blocks, TimeSpan Time)
{
    public static Length OfBlocks(long blocks) => new(blocks, TimeSpan.Zero);

    public static Length OfTime(TimeSpan time) => new(null, time);

    /// <summary>The longest run, in seconds: some three hundred years.</summary>
    public const double MostSeconds = 1e10;

    /// <summary>Emulated time, given the time between two blocks; what no run reaches is a little more.</summary>
    public TimeSpan In(TimeSpan interval) => Blocks switch
    {
        null => Time,
        { } blocks when interval.TotalSeconds * blocks <= MostSeconds => interval * blocks,
        _ => TimeSpan.FromSeconds(1.1 * MostSeconds),
    };
}

/// <summary>A <see cref="Length"/>.</summary>
/// <param name="zero">True when it may be 0.</param>
sealed class LengthType(bool zero) : ScalarType<Length>
{
    readonly BlocksType<long> _blocks = new(zero ? 0 : 1);
    readonly DurationType _time = zero ? Types.Duration : Types.Interval;

    public override string Describe() => $"{_blocks.Describe()}; or {_time.Describe()}";

    public override IReadOnlyList<string> Corners => [.. _blocks.Corners, .. _time.Corners];

    public override JsonObject Schema() => Pattern($"{_blocks.Form}|{DurationType.Form}");

    public override string Text(Length value) =>
        value.Blocks is { } blocks ? _blocks.Text(blocks) : _time.Text(value.Time);

    public override Parsed<Length> Parse(string text) => text.Contains("block", StringComparison.Ordinal)
        ? _blocks.As(Length.OfBlocks, _ => null).Parse(text)
        : _time.As(Length.OfTime, _ => null).Parse(text);
}

/// <summary>A number of blocks from <paramref name="least"/>; 0 for <c>never</c> where that is allowed.</summary>
sealed class BlocksType<T>(long least, bool never = false) : ScalarType<T>
    where T : struct, IBinaryInteger<T>
{
    const long Most = 1_000_000;

    // The digits of 0 and of Most.
    const string Digits = "0*([0-9]{1,6}|1000000)";

    public override string Describe() => $"{least} to {Most} blocks" + (never ? ", or `never`" : "");

    public override IReadOnlyList<string> Corners =>
        [.. never ? ["never"] : Array.Empty<string>(), $"{least} blocks", $"{Most} blocks"];

    public override JsonObject Schema() => Pattern(Form + (never ? "|^never$" : ""));

    /// <summary>The form of such a number in JSON Schema.</summary>
    public string Form => $"^{(least > 0 ? "(?!0+ ?b)" : "")}{Digits} ?blocks?$";

    public override string Text(T value) =>
        never && T.IsZero(value) ? "never" : value.ToString(null, CultureInfo.InvariantCulture) + " blocks";

    public override Parsed<T> Parse(string text)
    {
        if (never && text == "never")
        {
            return T.Zero;
        }
        var match = Regex.Match(text, "^([+-]?[0-9]+) ?(blocks?)?$");
        if (!match.Success || !match.Groups[2].Success)
        {
            var code = match.Success || Numbers.StartsWithNumber(text) ? ErrorCodes.Unit : ErrorCodes.NotANumber;
            var remedy = "write it like 10 blocks" + (never ? ", or never" : "");
            return new Problem(code, $"'{Shorten.Of(text)}' is not a number of blocks", remedy);
        }
        return long.TryParse(match.Groups[1].Value, out var blocks) && blocks >= least && blocks <= Most
            ? T.CreateChecked(blocks)
            : new Problem(ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write {least} to {Most} blocks");
    }
}

/// <summary>A share between 0 and 1, as a number or in percent.</summary>
/// <param name="inner">True when it is neither 0 nor 1.</param>
sealed class ShareType(bool inner) : ScalarType<double>
{
    public override string Describe() =>
        inner ? "share strictly between 0 and 1, or percent" : "share from 0 to 1, or percent";

    public override IReadOnlyList<string> Corners => inner
        ? [YamlText.Number(double.Epsilon), YamlText.Number(Math.BitDecrement(1))]
        : ["0", YamlText.Number(double.Epsilon), "1"];

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            inner
                ? new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = 0, ["exclusiveMaximum"] = 1 }
                : new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1 },
            Pattern(inner
                ? "^(?!0+(\\.0+)? ?%)0*[0-9]{1,2}(\\.[0-9]+)? ?%$"
                : "^0*([0-9]{1,2}(\\.[0-9]+)?|100(\\.0+)?) ?%$")),
    };

    public override string Text(double value) => YamlText.Number(value);

    public override Parsed<double> Parse(string text)
    {
        var percent = text.EndsWith('%');
        if (Numbers.Parse(percent ? text[..^1].TrimEnd() : text, out var problem) is not { } number)
        {
            return problem;
        }
        var share = percent ? number / 100 : number;
        return share < 0 || share > 1 || (inner && share is 0 or 1)
            ? new Problem(ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write a {Describe()}")
            : share;
    }
}

/// <summary>Bytes per second, above 0.</summary>
sealed class RateType : ScalarType<double>
{
    const double Least = 1;
    const double Most = 1e15;
    const string Remedy = "write a rate from 1 B/s to 1000000 GB/s; leave it out for no limit";

    public override string Describe() =>
        "rate from 1 B/s to 1000000 GB/s, in B/s, kB/s, MB/s, GB/s, kbit/s, Mbit/s or Gbit/s";

    public override IReadOnlyList<string> Corners => [Text(Least), Text(Most)];

    public override JsonObject Schema() => Pattern("^[0-9]+(\\.[0-9]+)? ?(B|kB|MB|GB|bit|kbit|Mbit|Gbit)/s$");

    public override string Text(double value) => $"{YamlText.Decimal(value)} B/s";

    public override Parsed<double> Parse(string text)
    {
        if (Numbers.WithUnit(text, Units.Rates, "a rate like 10 MB/s or 1 Mbit/s", out var problem) is not { } rate)
        {
            return problem;
        }
        return rate is >= Least and <= Most
            ? rate
            : new Problem(ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", Remedy);
    }
}

/// <summary>A number of bytes, from 1 to 1e15.</summary>
sealed class SizeType : ScalarType<long>
{
    const long Most = 1_000_000_000_000_000;

    public override IReadOnlyList<string> Corners => [Text(1), Text(Most)];

    public override string Describe() => "size from 1 B to 1000000 GB, in B, kB, MB or GB";

    public override JsonObject Schema() => Pattern("^[0-9]+(\\.[0-9]+)? ?(B|kB|MB|GB)$");

    public override string Text(long value) => $"{value} B";

    public override Parsed<long> Parse(string text)
    {
        if (Numbers.WithUnit(text, Units.Sizes, "a size like 64 kB or 1 MB", out var problem) is not { } bytes)
        {
            return problem;
        }
        return bytes is >= 1 and <= Most
            ? (long)Math.Round(bytes)
            : new Problem(
                ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", "write a size from 1 B to 1000000 GB");
    }
}

/// <summary>One of a few words, each with its value.</summary>
sealed class ChoiceType<T>(params (string Word, T Value)[] options) : ScalarType<T>
{
    public IReadOnlyList<string> Words { get; } = [.. options.Select(o => o.Word)];

    public override string Describe() => string.Join(" \\| ", Words.Select(w => $"`{w}`"));

    public override JsonObject Schema() =>
        new() { ["enum"] = new JsonArray([.. Words.Select(w => JsonValue.Create(w))]) };

    public override string Text(T value) => Array.Find(options, o => Equals(o.Value, value)).Word;

    public override Parsed<T> Parse(string text)
    {
        var chosen = Array.FindIndex(options, o => o.Word == text);
        return chosen >= 0
            ? options[chosen].Value
            : new Problem(
                ErrorCodes.Choice, $"'{Shorten.Of(text)}' is not a choice here", Shorten.DidYouMean(text, Words));
    }
}
