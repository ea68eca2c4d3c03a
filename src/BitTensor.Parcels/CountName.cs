namespace BitTensor.Parcels;

/// <summary>
/// A kind and an outcome under which something is counted. Equal names are one object with one number, so that a
/// counter is a row of numbers. Numbers follow the order in which a process first needs the names. May be used by many
/// threads.
/// </summary>
public sealed class CountName
{
    static readonly Lock Gate = new();
    static readonly Dictionary<(string Kind, string Outcome), CountName> Known = [];
    static volatile CountName[] _byNumber = [];

    CountName(string kind, string outcome, int number) => (Kind, Outcome, Number) = (kind, outcome, number);

    /// <summary>Kind of message or of happening.</summary>
    public string Kind { get; }

    /// <summary>What became of it.</summary>
    public string Outcome { get; }

    /// <summary>The number of the name in this process, from 0.</summary>
    public int Number { get; }

    /// <summary>The name of a kind and an outcome.</summary>
    public static CountName Of(string kind, string outcome)
    {
        lock (Gate)
        {
            if (!Known.TryGetValue((kind, outcome), out var name))
            {
                name = Known[(kind, outcome)] = new CountName(kind, outcome, _byNumber.Length);
                _byNumber = [.. _byNumber, name];
            }
            return name;
        }
    }

    /// <summary>The name of a number.</summary>
    public static CountName At(int number) => _byNumber[number];

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Outcome}";
}

/// <summary>How many of one kind met one outcome.</summary>
/// <param name="Kind">Kind of message or of happening.</param>
/// <param name="Outcome">What became of it, as the journal names it.</param>
/// <param name="Count">How many.</param>
public readonly record struct MessageCount(string Kind, string Outcome, long Count)
{
    /// <summary>Orders counts by kind and outcome.</summary>
    public static Comparer<(string Kind, string Outcome)> ByName { get; } =
        Comparer<(string Kind, string Outcome)>.Create(static (a, b) => Compare(a.Kind, a.Outcome, b.Kind, b.Outcome));

    /// <summary>The outcome of a parcel; null when it counts no parcels.</summary>
    public ParcelOutcome? OfParcels => ParcelKinds.Find(Kind) is null ? null : ParcelOutcome.Find(Outcome);

    /// <summary>True when it counts parcels of a kind.</summary>
    public bool IsOf(ParcelKind kind) => Kind == kind.Name();

    /// <summary>True when it counts under a name.</summary>
    public bool Is(CountName name) => Kind == name.Kind && Outcome == name.Outcome;

    /// <summary>Less than 0, 0 or more than 0: the order of two counts.</summary>
    public static int Compare(MessageCount a, MessageCount b) => Compare(a.Kind, a.Outcome, b.Kind, b.Outcome);

    static int Compare(string kindA, string outcomeA, string kindB, string outcomeB)
    {
        var kinds = string.CompareOrdinal(kindA, kindB);
        return kinds != 0 ? kinds : string.CompareOrdinal(outcomeA, outcomeB);
    }
}
