using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>Something wrong with a scenario, with its place and what to do.</summary>
/// <param name="File">File as the user named it; for an override <c>--set</c>, or <c>sweep.vary</c>.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Code">Code of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ScenarioError(string File, int Line, int Column, string Code, string Message, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}: error {Code}: {Message}; {Remedy}";
}

/// <summary>What reading a scenario gave: a scenario, or every error found in it.</summary>
/// <param name="Value">The scenario of a network; null when there are errors or the file is of the other kind.</param>
/// <param name="Equilibrium">The scenario of kind equilibrium, likewise.</param>
/// <param name="Errors">Errors in the order of the file.</param>
public sealed record ScenarioResult(
    Scenario? Value, EquilibriumScenario? Equilibrium, ImmutableArray<ScenarioError> Errors);

/// <summary>The codes of scenario errors.</summary>
public static class ErrorCodes
{
    /// <summary>Not YAML.</summary>
    public const string Syntax = "BTA001";

    /// <summary>Larger than a scenario may be.</summary>
    public const string TooLarge = "BTA002";

    /// <summary>Nested deeper, or of more parts, than a scenario may be.</summary>
    public const string TooDeep = "BTA003";

    /// <summary>Anchors, aliases and tags.</summary>
    public const string Indirection = "BTA004";

    /// <summary>More than one document, or directives.</summary>
    public const string Documents = "BTA005";

    /// <summary>Not UTF-8 text.</summary>
    public const string Encoding = "BTA006";

    /// <summary>Unknown key.</summary>
    public const string UnknownKey = "BTA010";

    /// <summary>A key twice.</summary>
    public const string DuplicateKey = "BTA011";

    /// <summary>A required key is missing.</summary>
    public const string MissingKey = "BTA012";

    /// <summary>A section where a value belongs, or the other way round.</summary>
    public const string WrongType = "BTA013";

    /// <summary>Not a number.</summary>
    public const string NotANumber = "BTA014";

    /// <summary>A unit is missing or unknown.</summary>
    public const string Unit = "BTA015";

    /// <summary>Out of range.</summary>
    public const string Range = "BTA016";

    /// <summary>Not one of the choices.</summary>
    public const string Choice = "BTA017";

    /// <summary>NaN, infinite, or too large for a number.</summary>
    public const string NotFinite = "BTA018";

    /// <summary>Empty where something is needed.</summary>
    public const string Empty = "BTA019";

    /// <summary>A name twice.</summary>
    public const string DuplicateName = "BTA020";

    /// <summary>Two parts that contradict each other.</summary>
    public const string Contradiction = "BTA021";

    /// <summary>Unknown population.</summary>
    public const string UnknownPopulation = "BTA022";

    /// <summary>A property that cannot be read.</summary>
    public const string Property = "BTA023";

    /// <summary>Unknown metric.</summary>
    public const string UnknownMetric = "BTA024";

    /// <summary>A version this program does not read.</summary>
    public const string Version = "BTA025";

    /// <summary>Text that does not have the required form.</summary>
    public const string Form = "BTA026";

    /// <summary>An override that names no place in the scenario.</summary>
    public const string Override = "BTA030";

    /// <summary>A file the scenario names cannot be read.</summary>
    public const string Unreadable = "BTA040";

    /// <summary>Not JSON.</summary>
    public const string Json = "BTA041";

    /// <summary>An array of the wrong shape.</summary>
    public const string Shape = "BTA042";

    /// <summary>A row of weights that is neither on the probability simplex nor all zeros.</summary>
    public const string NotOnSimplex = "BTA043";

    /// <summary>A Hessian that is not symmetric.</summary>
    public const string NotSymmetric = "BTA044";

    /// <summary>A Hessian with a negative eigenvalue.</summary>
    public const string NotPositive = "BTA045";

    /// <summary>Not CSV.</summary>
    public const string Csv = "BTA046";

    /// <summary>A file that is not the one whose hash the scenario states.</summary>
    public const string Hash = "BTA047";

    /// <summary>Data that are not of their format, or damaged.</summary>
    public const string Damaged = "BTA050";

    /// <summary>A row of a table with more or fewer values than others.</summary>
    public const string Ragged = "BTA051";

    /// <summary>A table without a column that is asked for.</summary>
    public const string Column = "BTA052";

    /// <summary>Images or files of different sizes.</summary>
    public const string MixedSizes = "BTA053";

    /// <summary>Data of fewer examples or classes than a network can learn from.</summary>
    public const string TooFew = "BTA054";

    /// <summary>Data beyond what a run may hold.</summary>
    public const string TooMuch = "BTA055";

    /// <summary>Every code with what it means.</summary>
    public static ImmutableArray<(string Code, string Meaning)> All { get; } =
    [
        (Syntax, "The text is not YAML."),
        (TooLarge, "The file is larger than 1 MiB, a theta file or a table larger than 64 MiB."),
        (TooDeep, "Nested deeper than 32 levels, or more than 100,000 parts."),
        (Indirection, "Anchors, aliases and tags are not part of the format."),
        (Documents, "One document without directives is wanted."),
        (Encoding, "The file is not UTF-8 text."),
        (UnknownKey, "The key is unknown here."),
        (DuplicateKey, "The key stands twice."),
        (MissingKey, "A required key is missing."),
        (WrongType, "A value where a section or list belongs, or the other way round."),
        (NotANumber, "Not a number, or not a whole number."),
        (Unit, "The unit is missing or unknown."),
        (Range, "Out of range."),
        (Choice, "Not one of the choices."),
        (NotFinite, "NaN, infinite, or larger than a float64 can hold."),
        (Empty, "Empty where at least one entry or character is needed."),
        (DuplicateName, "The name is taken."),
        (Contradiction, "Two parts of the scenario contradict each other."),
        (UnknownPopulation, "No population has this name."),
        (Property, "The property cannot be read."),
        (UnknownMetric, "No metric has this name."),
        (Version, "This program does not read that version."),
        (Form, "The text does not have the required form."),
        (Override, "An override names no place in the scenario."),
        (Unreadable, "A file the scenario names cannot be read."),
        (Json, "The theta file is not JSON."),
        (Shape, "An array of the theta file does not have the shape its stake asks for."),
        (NotOnSimplex, "A row of weights has an entry below 0, or neither sums to 1 nor is all zeros."),
        (NotSymmetric, "A Hessian is not symmetric."),
        (NotPositive, "A Hessian is not positive semi-definite."),
        (Csv, "The table is not CSV, or a row has more or fewer cells than the head."),
        (Hash, "A file is not the one whose hash the scenario states."),
        (Damaged, "A data file is not of its format, or is damaged."),
        (Ragged, "A row of a table has more or fewer values than its header."),
        (Column, "A table does not have the column."),
        (MixedSizes, "Images, or files that belong together, have different sizes."),
        (TooFew, "The data have too few examples or classes."),
        (TooMuch, "The data are larger than a run may hold: 2^28 numbers, or 1,000 classes."),
    ];
}

/// <summary>Collects the errors of a scenario and of the files that it names.</summary>
/// <param name="file">The scenario's file; the paths of others start in its folder.</param>
/// <param name="tables">Tables by the names the scenario gives them, in place of files; null for none.</param>
sealed class ErrorList(string file, IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? tables = null)
{
    // Further ones of a table of thousands of rows say the same again.
    const int MostOfOtherFile = 100;

    readonly List<ScenarioError> _errors = [];

    public string File { get; } = file;

    public bool Any => Count > 0;

    public int Count => _errors.Count;

    public void Add(Place at, string code, string message, string remedy) =>
        _errors.Add(new ScenarioError(at.File ?? File, at.Line, at.Column, code, message, remedy));

    /// <summary>The path of a file that the scenario names.</summary>
    public string PathOf(string name) => Path.Combine(Path.GetDirectoryName(File) ?? "", name);

    /// <summary>The table that stands in place of a file; null for none.</summary>
    public ReadOnlyMemory<byte>? Attached(string name) =>
        tables?.TryGetValue(name, out var table) == true ? table : default(ReadOnlyMemory<byte>?);

    /// <summary>In the order of the file, each place and message once; of other files the first hundred each.</summary>
    public ImmutableArray<ScenarioError> Sorted()
    {
        var sorted = _errors.Distinct().OrderBy(e => e.File != File).ThenBy(e => e.Line).ThenBy(e => e.Column);
        return [.. sorted.GroupBy(e => e.File).SelectMany(g => g.Key == File ? [.. g] : First([.. g]))];
    }

    static IEnumerable<ScenarioError> First(ScenarioError[] errors) => errors.Length <= MostOfOtherFile
        ? errors
        : errors.Take(MostOfOtherFile).Append(errors[MostOfOtherFile] with
        {
            Message = $"{errors.Length - MostOfOtherFile} more errors from here on",
            Remedy = "mend those above first",
        });
}

/// <summary>A place in a text, from 1; <paramref name="File"/> is null for the scenario file itself.</summary>
readonly record struct Place(int Line, int Column, string? File = null)
{
    public Place Right(int columns) => this with { Column = Column + columns };
}
