using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>Why a text is not a value of its type.</summary>
readonly record struct Problem(string Code, string Message, string Remedy);

/// <summary>What a key's value may be. Reads it, describes it to people, and describes it as JSON Schema.</summary>
abstract class FieldType
{
    /// <summary>For the table in the documentation.</summary>
    public abstract string Describe();

    public abstract JsonObject Schema();
}

/// <summary>A type whose values are scalars.</summary>
abstract class ScalarType : FieldType
{
    public abstract object? Parse(string text, out Problem problem);

    protected static object? Fail(out Problem problem, string code, string message, string remedy)
    {
        problem = new Problem(code, message, remedy);
        return null;
    }

    protected static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };
}

/// <summary>Text of a given form.</summary>
sealed class TextType(string pattern, string form, int longest) : ScalarType
{
    public override string Describe() => form;

    public override JsonObject Schema() => Pattern(pattern);

    public override object? Parse(string text, out Problem problem)
    {
        problem = default;
        if (text.Length == 0)
        {
            return Fail(out problem, ErrorCodes.Empty, "the text is empty", $"write {form}");
        }
        return text.Length <= longest && Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant)
            ? text
            : Fail(out problem, ErrorCodes.Form, $"'{Shorten.Of(text)}' does not fit here", $"write {form}");
    }
}

/// <summary>A whole number in a range.</summary>
sealed class IntegerType(long least, long most) : ScalarType
{
    public override string Describe() => most == long.MaxValue ? $"whole number, at least {least}" : $"whole number, {least} to {most}";

    public override JsonObject Schema() => most == long.MaxValue
        ? new() { ["type"] = "integer", ["minimum"] = least }
        : new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    public override object? Parse(string text, out Problem problem)
    {
        problem = default;
        if (!Regex.IsMatch(text, "^[+-]?[0-9]+$"))
        {
            return Fail(out problem, ErrorCodes.NotANumber, $"'{Shorten.Of(text)}' is not a whole number", $"write a {Describe()}");
        }
        return long.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Fail(out problem, ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write a {Describe()}");
    }
}

/// <summary>A number in a range.</summary>
sealed class NumberType(double least, double most, bool aboveLeast = false) : ScalarType
{
    public override string Describe() =>
        "number, " + (aboveLeast ? "above " : "at least ") + Text(least) + (double.IsInfinity(most) ? "" : $", at most {Text(most)}");

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "number", [aboveLeast ? "exclusiveMinimum" : "minimum"] = least };
        if (!double.IsInfinity(most))
        {
            schema["maximum"] = most;
        }
        return schema;
    }

    public override object? Parse(string text, out Problem problem)
    {
        problem = default;
        if (Numbers.Parse(text, out problem) is not { } value)
        {
            return null;
        }
        return value > most || value < least || (aboveLeast && value <= least)
            ? Fail(out problem, ErrorCodes.Range, $"{Shorten.Of(text)} is out of range", $"write a {Describe()}")
            : value;
    }

    static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A length of emulated time with its unit; a <see cref="TimeSpan"/>.</summary>
sealed class DurationType(bool zero) : ScalarType
{
    public const string Form = "^[0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h)$";

    public override string Describe() => zero ? "duration" : "duration, above 0";

    public override JsonObject Schema() => Pattern(Form);

    public override object? Parse(string text, out Problem problem)
    {
        if (Numbers.WithUnit(text, Units.Durations, "a duration like 250ms, 10 s or 5 min", out problem) is not { } seconds)
        {
            return null;
        }
        if (seconds < 0 || (seconds == 0 && !zero) || seconds > 1e8)
        {
            return Fail(out problem, ErrorCodes.Range, $"{text} is out of range", zero ? "write a duration, at least 0 and below 27,000 h" : "write a duration, above 0 and below 27,000 h");
        }
        return TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
    }
}

/// <summary>A length or a moment: blocks (a <see cref="long"/>) or emulated time (a <see cref="TimeSpan"/>).</summary>
sealed class LengthType(bool zero) : ScalarType
{
    public override string Describe() => "blocks or duration" + (zero ? "" : ", above 0");

    public override JsonObject Schema() => Pattern("^[0-9]+ ?blocks?$|" + DurationType.Form);

    public override object? Parse(string text, out Problem problem) =>
        text.Contains("block", StringComparison.Ordinal)
            ? new BlocksType(zero ? 0 : 1, never: false).Parse(text, out problem)
            : new DurationType(zero).Parse(text, out problem);
}

/// <summary>A number of blocks; 0 for <c>never</c> where that is allowed.</summary>
sealed class BlocksType(long least, bool never) : ScalarType
{
    public override string Describe() => "blocks" + (never ? ", or `never`" : "");

    public override JsonObject Schema() => Pattern("^[0-9]+ ?blocks?$" + (never ? "|^never$" : ""));

    public override object? Parse(string text, out Problem problem)
    {
        problem = default;
        if (never && text == "never")
        {
            return 0L;
        }
        var match = Regex.Match(text, "^([+-]?[0-9]+) ?(blocks?)?$");
        if (!match.Success || !match.Groups[2].Success)
        {
            var code = match.Success || Numbers.StartsWithNumber(text) ? ErrorCodes.Unit : ErrorCodes.NotANumber;
            return Fail(out problem, code, $"'{Shorten.Of(text)}' is not a number of blocks", "write it like 10 blocks" + (never ? ", or never" : ""));
        }
        return long.TryParse(match.Groups[1].Value, out var blocks) && blocks >= least && blocks <= 1_000_000
            ? blocks
            : Fail(out problem, ErrorCodes.Range, $"{text} is out of range", $"write {least} to 1000000 blocks");
    }
}

/// <summary>A share between 0 and 1, as a number or in percent.</summary>
sealed class ShareType(bool inner) : ScalarType
{
    public override string Describe() => inner ? "share strictly between 0 and 1, or percent" : "share from 0 to 1, or percent";

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 1 }, Pattern("^[0-9]+(\\.[0-9]+)? ?%$")),
    };

    public override object? Parse(string text, out Problem problem)
    {
        var percent = text.EndsWith('%');
        if (Numbers.Parse(percent ? text[..^1].TrimEnd() : text, out problem) is not { } number)
        {
            return null;
        }
        var share = percent ? number / 100 : number;
        return share < 0 || share > 1 || (inner && share is 0 or 1)
            ? Fail(out problem, ErrorCodes.Range, $"{text} is out of range", $"write a {Describe()}")
            : share;
    }
}

/// <summary>Bytes per second.</summary>
sealed class RateType : ScalarType
{
    public override string Describe() => "rate: B/s, kB/s, MB/s, GB/s, kbit/s, Mbit/s, Gbit/s";

    public override JsonObject Schema() => Pattern("^[0-9]+(\\.[0-9]+)? ?(B|kB|MB|GB|bit|kbit|Mbit|Gbit)/s$");

    public override object? Parse(string text, out Problem problem)
    {
        if (Numbers.WithUnit(text, Units.Rates, "a rate like 10 MB/s or 1 Mbit/s", out problem) is not { } rate)
        {
            return null;
        }
        return rate > 0 ? rate : Fail(out problem, ErrorCodes.Range, $"{text} is out of range", "a bandwidth is above 0; leave it out for no limit");
    }
}

/// <summary>A number of bytes, a <see cref="long"/>.</summary>
sealed class SizeType : ScalarType
{
    public override string Describe() => "size: B, kB, MB, GB";

    public override JsonObject Schema() => Pattern("^[0-9]+(\\.[0-9]+)? ?(B|kB|MB|GB)$");

    public override object? Parse(string text, out Problem problem)
    {
        if (Numbers.WithUnit(text, Units.Sizes, "a size like 64 kB or 1 MB", out problem) is not { } bytes)
        {
            return null;
        }
        return bytes is >= 1 and <= 1e15
            ? (long)Math.Round(bytes)
            : Fail(out problem, ErrorCodes.Range, $"{text} is out of range", "write a size from 1 B to 1000000 GB");
    }
}

/// <summary>One of a few words.</summary>
sealed class ChoiceType(params string[] options) : ScalarType
{
    public IReadOnlyList<string> Options => options;

    public override string Describe() => string.Join(" \\| ", options.Select(o => $"`{o}`"));

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. options.Select(o => JsonValue.Create(o))]) };

    public override object? Parse(string text, out Problem problem)
    {
        problem = default;
        return options.Contains(text)
            ? text
            : Fail(out problem, ErrorCodes.Choice, $"'{Shorten.Of(text)}' is not a choice here", Shorten.DidYouMean(text, options));
    }
}

/// <summary>One scalar, or a list of them without repetition.</summary>
sealed class ManyType(ScalarType item) : FieldType
{
    public ScalarType Item => item;

    public override string Describe() => item.Describe() + ", or a list of such";

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(item.Schema(), new JsonObject { ["type"] = "array", ["items"] = item.Schema(), ["minItems"] = 1 }),
    };
}

/// <summary>A nested section.</summary>
sealed class SectionType(Section section) : FieldType
{
    public Section Section { get; } = section;

    public override string Describe() => $"section, see [{Section.Title}](#{Section.Anchor})";

    public override JsonObject Schema() => Section.Schema();
}

/// <summary>A list of sections.</summary>
sealed class ListType(Section section, bool needsOne) : FieldType
{
    public Section Section { get; } = section;

    public bool NeedsOne { get; } = needsOne;

    public override string Describe() => $"list, see [{Section.Title}](#{Section.Anchor})";

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Section.Schema() };
        if (NeedsOne)
        {
            schema["minItems"] = 1;
        }
        return schema;
    }
}

/// <summary>One of several sections, told apart by a key of theirs; or a scalar that stands for the plainest of them.</summary>
sealed class VariantType(string discriminator, ScalarType? scalar, params Section[] variants) : FieldType
{
    public string Discriminator { get; } = discriminator;

    public ScalarType? Scalar { get; } = scalar;

    public IReadOnlyList<Section> Variants => variants;

    /// <summary>True when there may be a list of them; the scalar then names a variant whose keys all have defaults.</summary>
    public bool Many { get; init; }

    public override string Describe() =>
        (Many ? "one or a list of: " : "") + (Scalar is null ? "" : Scalar.Describe() + ", or ") + "section by `" + Discriminator + "`: "
        + string.Join(", ", variants.Select(v => $"[{v.Key}](#{v.Anchor})"));

    public override JsonObject Schema()
    {
        var options = new JsonArray();
        if (Scalar is not null)
        {
            options.Add(Scalar.Schema());
        }
        foreach (var variant in variants)
        {
            options.Add(variant.Schema(Discriminator));
        }
        if (Many)
        {
            options.Add(new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["anyOf"] = options.DeepClone() }, ["minItems"] = 1 });
        }
        return new JsonObject { ["anyOf"] = options };
    }
}
