namespace BitTensor.Scenarios;

/// <summary>Types of keys by short names, for the tables of the format.</summary>
static class Types
{
    /// <summary>Beyond this products of a few numbers, squared, leave the range of a float64.</summary>
    public const double Largest = 1e30;

    /// <summary>Below this likewise.</summary>
    public const double Smallest = 1e-30;

    /// <summary>A number above 0.</summary>
    public static readonly NumberType Positive = new(Smallest, Largest);

    /// <summary>A number from 0.</summary>
    public static readonly NumberType NotNegative = new(0, Largest);

    /// <summary>A share in [0, 1].</summary>
    public static readonly ShareType Share = new(inner: false);

    /// <summary>A share in (0, 1).</summary>
    public static readonly ShareType InnerShare = new(inner: true);

    /// <summary>Emulated time from 0.</summary>
    public static readonly DurationType Duration = new(zero: true);

    /// <summary>Emulated time above 0.</summary>
    public static readonly DurationType PositiveDuration = new(zero: false);

    /// <summary>Emulated time from one happening to the next of its kind: a run has to bear all of them.</summary>
    public static readonly DurationType Interval = new(zero: false, leastSeconds: 1e-4);

    /// <summary>A name of letters, digits, '-' and '_'.</summary>
    public static readonly TextType Name = new(NamePattern, "a name of letters, digits, '-' and '_', at most 64", 64);

    /// <summary>The name of a population.</summary>
    public static readonly TextType PopulationName = new(NamePattern, "the name of a population", 64);

    const string NamePattern = "^[A-Za-z0-9_-]{1,64}$";

    /// <summary>A whole number in a range.</summary>
    public static IntegerType<int> Whole(long least, long most) => new(least, most);

    /// <summary>Any text, written in quotes: lines without control characters.</summary>
    /// <param name="form">The text in words.</param>
    /// <param name="longest">Most characters.</param>
    public static TextType AnyText(string form, int longest) =>
        new("^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]+$", form, longest) { Quoted = true };

    /// <summary>A path of a file or folder, written in quotes.</summary>
    /// <param name="longest">Most characters.</param>
    public static TextType Path(int longest = 4096) =>
        new("^[^\\u0000-\\u001f\\u007f-\\u009f]+$", "a path", longest) { Quoted = true };

    /// <summary>One of these words.</summary>
    public static ChoiceType<string> Words(params IEnumerable<string> words) => new([.. words.Select(w => (w, w))]);

    /// <summary>The members of an enum, as the format writes them.</summary>
    public static ChoiceType<TEnum> Enum<TEnum>()
        where TEnum : struct, Enum => new([.. System.Enum.GetValues<TEnum>().Select(v => (YamlText.Word(v), v))]);

    /// <summary>A word for false and a word for true, in either order.</summary>
    public static ChoiceType<bool> Either((string Word, bool Value) one, (string Word, bool Value) other) =>
        new(one, other);

    /// <summary>One scalar or a list of scalars.</summary>
    public static ManyType<T> Many<T>(ScalarType<T> item) => new(item);

    /// <summary>A nested section.</summary>
    public static SectionType<T> Section<T>(Section<T> section)
        where T : class => new(section);

    /// <summary>A list of sections.</summary>
    public static ListType<T> List<T>(Section<T> section, bool needsOne = false)
        where T : class => new(section, needsOne);
}
