namespace BitTensor.Parcels;

/// <summary>What travels over links, by purpose.</summary>
public enum ParcelKind
{
    /// <summary>A query.</summary>
    Forward,

    /// <summary>The answer to a query, or its refusal.</summary>
    ForwardReply,

    /// <summary>A gradient for an answered query.</summary>
    Backward,

    /// <summary>A weight submission to the ledger.</summary>
    Submission,

    /// <summary>The ledger's receipt for a submission.</summary>
    Receipt,

    /// <summary>A report or an order within a coalition.</summary>
    Coalition,
}

/// <summary>The names of the kinds of parcels.</summary>
public static class ParcelKinds
{
    // By number: the name in journals and traces, and the word in scenarios.
    static readonly (string Name, string Word)[] Texts =
    [
        ("forward", "forward"), ("forward-reply", "reply"), ("backward", "backward"),
        ("submission", "submission"), ("receipt", "receipt"), ("coalition", "coalition"),
    ];

    /// <summary>The names of all kinds, by number.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.ConvertAll(Texts, t => t.Name);

    /// <summary>The words of all kinds in scenarios, by number.</summary>
    public static IReadOnlyList<string> Words { get; } = Array.ConvertAll(Texts, t => t.Word);

    /// <summary>The name of a kind in journals and traces.</summary>
    public static string Name(this ParcelKind kind) => Texts[(int)kind].Name;

    /// <summary>The word of a kind in scenarios.</summary>
    public static string Word(this ParcelKind kind) => Texts[(int)kind].Word;

    /// <summary>The kind of a name; null when no kind has this name.</summary>
    public static ParcelKind? Find(string name) => At(Array.FindIndex(Texts, t => t.Name == name));

    /// <summary>The kind of a word of scenarios; null when no kind has this word.</summary>
    public static ParcelKind? FindWord(string word) => At(Array.FindIndex(Texts, t => t.Word == word));

    static ParcelKind? At(int index) => index < 0 ? null : (ParcelKind)index;
}
