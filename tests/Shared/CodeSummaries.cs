using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace BitTensor.Tests;

/// <summary>The summaries in the code, as text of a document.</summary>
/// <param name="assemblies">Assemblies whose documentation files lie beside the tests.</param>
sealed class CodeSummaries(params Assembly[] assemblies)
{
    readonly Dictionary<string, string> _texts = assemblies
        .Select(a => XDocument.Load(Path.Combine(AppContext.BaseDirectory, a.GetName().Name + ".xml")))
        .SelectMany(d => d.Descendants("member"))
        .Where(m => m.Element("summary") is not null)
        .ToDictionary(m => m.Attribute("name")!.Value, m => Plain(m.Element("summary")!));

    /// <summary>The summary of a type.</summary>
    public string Of(Type type) => Of($"T:{type.FullName!.Replace('+', '.')}");

    /// <summary>The summary of a value of an enumeration.</summary>
    public string Of(Enum value) => Of($"F:{value.GetType().FullName!.Replace('+', '.')}.{value}");

    /// <summary>The summary of a property.</summary>
    public string Of(PropertyInfo property) => Of($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>The summary of a member, by the id that the compiler gives it.</summary>
    /// <exception cref="InvalidDataException">The member has no summary.</exception>
    public string Of(string member) =>
        _texts.TryGetValue(member, out var text) ? text : throw new InvalidDataException($"{member} has no summary.");

    static string Plain(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement e => $"`{(e.Attribute("cref") ?? e.Attribute("name"))!.Value.Split('(')[0].Split('.')[^1]}`",
            _ => ((XText)node).Value,
        }));
        return Regex.Replace(text, "\\s+", " ").Trim();
    }
}
