using System.Text.RegularExpressions;

namespace BitTensor.Scenarios;

/// <summary>
/// The words, numbers and signs of a property's text. What a character is depends on where it stands: <c>3</c> and
/// <c>and</c> are names of populations after <c>of</c>, and a minus within a name belongs to it.
/// </summary>
sealed partial class PropertyLexer(string text)
{
    int _at = SpaceAt(text, 0);

    /// <summary>Place of the next character that is not a space.</summary>
    public int At => _at;

    /// <summary>True when nothing more comes.</summary>
    public bool AtEnd => _at == text.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Next => AtEnd ? '\0' : text[_at];

    /// <summary>The next word, or the rest up to the next space.</summary>
    public string Rest => Word?.Text ?? text[_at..].Split(' ', 2)[0];

    /// <summary>The next word; null where none comes.</summary>
    public PropertyWord? Word => Match(WordForm());

    /// <summary>True before a sign that compares.</summary>
    public bool IsSign => Next is '<' or '>' or '=' or '!' or '&' or '|';

    /// <summary>True before a share.</summary>
    public bool IsShare => Word is { Text: "share" };

    /// <summary>Takes a character; false where another one comes.</summary>
    public bool Take(char sign) => Next == sign && Taken(new PropertyWord(text[_at..(_at + 1)], _at)) is not null;

    /// <summary>Takes a word; false where another one comes.</summary>
    public bool Take(string word) => Word is { } next && next.Text == word && Taken(next) is not null;

    /// <summary>Takes the next word, whichever it is.</summary>
    public PropertyWord? TakeWord() => Taken(Word);

    /// <summary>Takes the name of a population.</summary>
    public PropertyWord? TakeName() => Taken(Match(NameForm()));

    /// <summary>Takes a number with its sign, or what looks like one: it ends where a name would.</summary>
    public PropertyWord? TakeNumber() => Taken(Match(NumberForm()));

    /// <summary>Takes a whole number without a sign.</summary>
    public PropertyWord? TakeWhole() => Taken(Match(WholeForm()));

    /// <summary>Takes the value of a point.</summary>
    public PropertyWord? TakePoint() => Taken(Match(PointForm()));

    /// <summary>Takes the characters of a sign that compares; empty where none comes.</summary>
    public string TakeSigns() => Taken(Match(SignForm()))?.Text ?? "";

    PropertyWord? Match(Regex form) =>
        form.Match(text, _at) is { Success: true } match ? new PropertyWord(match.Value, _at) : null;

    PropertyWord? Taken(PropertyWord? word)
    {
        _at = word is { } taken ? SpaceAt(text, taken.At + taken.Text.Length) : _at;
        return word;
    }

    static int SpaceAt(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
        return at;
    }

    [GeneratedRegex(@"\G[A-Za-z_][A-Za-z0-9_-]*")]
    private static partial Regex WordForm();

    [GeneratedRegex(@"\G[A-Za-z0-9_-]+")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"\G[+-]?(?=\.?[0-9])([0-9.]|[eE][+-]?(?=[0-9])|[A-Za-z_%])+")]
    private static partial Regex NumberForm();

    [GeneratedRegex(@"\G[0-9]+(?![A-Za-z0-9_.%-])")]
    private static partial Regex WholeForm();

    [GeneratedRegex(@"\G[A-Za-z0-9_.+-]+")]
    private static partial Regex PointForm();

    [GeneratedRegex(@"\G[<>=!&|]+")]
    private static partial Regex SignForm();
}
