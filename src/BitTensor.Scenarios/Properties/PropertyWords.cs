using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>A word of a property's text.</summary>
/// <param name="Text">The word.</param>
/// <param name="At">Where it begins, in characters from 0.</param>
readonly record struct PropertyWord(string Text, int At);

/// <summary>A metric as a property writes it: <c>max loss of honest</c>, <c>pearson at alpha-over-tau 25</c>.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Aggregate">Aggregate; null without one.</param>
/// <param name="Population">Population after <c>of</c>; null without one.</param>
/// <param name="Neuron">Neuron after <c>of neuron</c>; null without one.</param>
/// <param name="Points">Points of axes after <c>at</c>: an axis and its value each.</param>
sealed record PropertyMetric(
    PropertyWord Name, PropertyWord? Aggregate, PropertyWord? Population, PropertyWord? Neuron,
    ImmutableArray<(PropertyWord Axis, PropertyWord Value)> Points);

/// <summary>
/// What the words of a property mean: metrics, populations and blocks of a network, or metrics and axes of a study. A
/// word that means nothing is an error at its place.
/// </summary>
abstract class PropertyWords
{
    internal static readonly ImmutableArray<string> Aggregates = ["mean", "min", "max", "sum"];

    readonly List<PropertyFault> _faults = [];

    /// <summary>Errors so far.</summary>
    public IReadOnlyList<PropertyFault> Faults => _faults;

    /// <summary>The names of all metrics.</summary>
    public abstract IReadOnlyCollection<string> Metrics { get; }

    /// <summary>What can stand after <c>at</c>, as a remedy.</summary>
    public abstract string Places { get; }

    /// <summary>A metric; null after an error.</summary>
    /// <param name="metric">The metric as written.</param>
    /// <param name="ofOne">True within the condition of a share, which speaks of one neuron.</param>
    public abstract Operand? Metric(PropertyMetric metric, bool ofOne);

    /// <summary>A block; null after an error.</summary>
    public abstract Moment? Moment(PropertyWord word, Func<int, Moment> moment);

    /// <summary>The population that a share is of; false after an error.</summary>
    public abstract bool Population(PropertyWord word);

    /// <summary>Adds an error.</summary>
    public void Fault(int at, string code, string message, string remedy) =>
        _faults.Add(new PropertyFault(at, code, message, remedy));

    /// <summary>Adds an error and gives nothing.</summary>
    protected T? No<T>(PropertyWord at, string code, string message, string remedy)
        where T : class
    {
        Fault(at.At, code, message, remedy);
        return null;
    }

    /// <summary>The remedy for an unknown name: the nearest known one, or spaces around a minus.</summary>
    protected static string Remedy(string name, IReadOnlyCollection<string> known)
    {
        var minus = Enumerable.Range(0, name.Length)
            .FirstOrDefault(k => name[k] == '-' && known.Contains(name[..k]), -1);
        return minus > 0
            ? $"to subtract, write spaces around the minus: {name[..minus]} - {name[(minus + 1)..]}"
            : Shorten.DidYouMean(name, known);
    }

    /// <summary>The aggregate of a word.</summary>
    protected static Aggregate AggregateOf(PropertyWord word) => Enum.Parse<Aggregate>(word.Text, ignoreCase: true);
}

/// <summary>Something wrong with a property.</summary>
/// <param name="At">Where, in characters of its text from 0.</param>
/// <param name="Code">Code of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
sealed record PropertyFault(int At, string Code, string Message, string Remedy);
