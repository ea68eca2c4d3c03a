using System.Reflection;
using System.Text;
using BitTensor.Parcels;

namespace BitTensor.Cli.Tests;

/// <summary>The list of outcomes in docs/RUN-FOLDER.md, made from the declared outcomes and their summaries.</summary>
static class OutcomeList
{
    const string Begin = "<!-- outcomes: begin -->\n";
    const string End = "<!-- outcomes: end -->\n";

    static readonly CodeSummaries Summaries = new(typeof(ParcelOutcome).Assembly);

    /// <summary>The document with the list as the code has it.</summary>
    public static string In(string document)
    {
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return document[..begin] + Begin + Text() + document[end..];
    }

    /// <summary>Every outcome that the journal counts.</summary>
    public static IEnumerable<(PropertyInfo Property, ParcelOutcome Outcome)> Counted { get; } =
        Declared<ParcelOutcome>(typeof(ParcelOutcome)).Where(d => d.Value.Phase != Phase.Arrived).ToArray();

    static string Text()
    {
        var text = new StringBuilder("| outcome | of | what it means |\n| --- | --- | --- |\n");
        foreach (var (property, outcome) in Counted)
        {
            Row(text, outcome.Name, Kinds(outcome.Kinds), Summaries.Of(property));
        }
        Row(
            text, "dropped/REASON", Kinds([]),
            Summaries.Of("M:BitTensor.Parcels.ParcelOutcome.DroppedBy(System.String)"));
        Row(
            text, "delivered/refused-REASON",
            Kinds([ParcelKind.Forward, ParcelKind.ForwardReply, ParcelKind.Backward, ParcelKind.Submission]),
            Summaries.Of("M:BitTensor.Parcels.ParcelOutcome.Refused``1(``0)"));
        foreach (var (property, name) in Declared<CountName>(typeof(Happenings)))
        {
            Row(text, name.Outcome, $"`{name.Kind}`", Summaries.Of(property));
        }
        Row(
            text, "refused-REASON", $"`{Happenings.Query}`",
            Summaries.Of("M:BitTensor.Parcels.Happenings.QueryRefused``1(``0)"));
        return text.ToString();
    }

    static IEnumerable<(PropertyInfo Property, T Value)> Declared<T>(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(p => p.PropertyType == typeof(T))
            .Select(p => (p, (T)p.GetValue(null)!));

    static string Kinds(IReadOnlyCollection<ParcelKind> kinds) =>
        kinds.Count == 0 ? "any" : string.Join(", ", kinds.Select(k => $"`{k.Name()}`"));

    static void Row(StringBuilder text, string outcome, string kinds, string summary) =>
        text.Append($"| `{outcome}` | {kinds} | {summary} |\n");
}
