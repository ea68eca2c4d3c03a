using System.Globalization;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>
/// What may have made a property come out as it did: entries of the timeline with their keys, populations that depart
/// from the protocol, keys in which the population of the deciding neuron differs, and rows that did not arrive.
/// </summary>
sealed class PropertyCauses(RunView view)
{
    /// <summary>Outcomes and rows are compared with those of so many blocks before.</summary>
    public const int BlocksBefore = 5;

    const int MostNamed = 8;
    const int MostKeys = 6;

    // Values that leave things as they are, and keys that say nothing while another one is zero.
    static readonly string[] Idle = ["0", "0 s", "no", "none", "free", "all"];
    static readonly string[] Companions = ["-correlation", "-delay"];

    readonly Lazy<string[]> _lines = new(() => [.. ScenarioLines.Of(ScenarioWriter.WriteShort(view.Scenario))]);

    /// <summary>A sentence per cause.</summary>
    public IEnumerable<string> Sentences(PropertyExplanation explained, long block)
    {
        var departing = Departing();
        string[] differences = [
            .. explained.Neurons.Where(n => n.Neuron >= 0 && n.Neuron < view.Run.Count)
                .Select(n => view.Run.PopulationOf[n.Neuron]).Distinct().Select(Differences).OfType<string>(),
        ];
        yield return explained.InForce.Length > 0
            ? $"In force then: {string.Join("; ", explained.InForce.Select(TextOf))}."
            : departing.Length > 0 || differences.Length > 0
                ? "No entry of the timeline is in force at that block."
                : "No entry of the timeline is in force at that block, every population follows the protocol, and no "
                    + "key of the scenario sets the neuron apart: look at its rank against its worth below.";
        if (Ended(explained, block) is { Length: > 0 } ended)
        {
            yield return $"Over shortly before: {ended}.";
        }
        if (departing.Length > 0)
        {
            yield return $"Populations that depart from the protocol: {departing}.";
        }
        foreach (var difference in differences)
        {
            yield return difference;
        }
    }

    /// <summary>
    /// Neurons whose rows the ledger accepted in the blocks before, but not in this one; empty where a neuron decided.
    /// </summary>
    public IReadOnlyList<int> Silent(PropertyExplanation explained, long block)
    {
        bool Accepted(int neuron, long at) => view.Table.Neuron("rows-accepted", at, neuron) > 0;
        long[] before = [.. Before(block)];
        return explained.Neurons.Length > 0 ? [] : [
            .. Enumerable.Range(0, view.Run.Count)
                .Where(i => !Accepted(i, block) && Array.Exists(before, b => Accepted(i, b))),
        ];
    }

    /// <summary>Names of neurons, and how many more.</summary>
    public string NamesOf(IReadOnlyList<int> neurons) => string.Join(", ", neurons.Take(MostNamed).Select(view.NameOf))
        + (neurons.Count > MostNamed ? $" and {neurons.Count - MostNamed} more" : "");

    static IEnumerable<long> Before(long block) =>
        Enumerable.Range(1, BlocksBefore).Select(d => block - d).Where(b => b > 0);

    string TextOf(HappenedEvent begun) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"{begun.Name}\" since block {begun.Block} ({begun.AtMs / 1000:0.###} s), {begun.Action}{KeysOf(begun.Name)}"
        + $"{WhoOf(begun)}");

    string WhoOf(HappenedEvent happened) =>
        happened.Neurons.IsEmpty ? "" : $": {NamesOf(happened.Neurons)}";

    /// <summary>The keys of an entry that change something, as its scenario has them.</summary>
    string KeysOf(string entry)
    {
        var values = Below($"timeline.{entry}.do.").Where(v => v.Key != "action").ToDictionary();
        string[] said = [
            .. values.Where(v => !Idle.Contains(v.Value) && !(v is { Key: "toxicity", Value: "1" })
                && !Array.Exists(Companions, c => v.Key.EndsWith(c, StringComparison.Ordinal)
                    && values.TryGetValue(v.Key[..^c.Length], out var led) && Idle.Contains(led)))
                .Select(v => $"{v.Key} {v.Value}"),
        ];
        return said.Length > 0 ? $" ({string.Join(", ", said)})" : "";
    }

    string Ended(PropertyExplanation explained, long block) => string.Join("; ", view.Verdict.Events
        .Where(e => !e.Begins && e.Block < block && e.Block >= block - BlocksBefore && e.Action != "tactic")
        .Where(e => explained.InForce.All(f => f.Name != e.Name))
        .DistinctBy(e => e.Name)
        .Select(e => $"\"{e.Name}\" ({e.Action}), until block {e.Block}{WhoOf(e)}"));

    string Departing()
    {
        string[] all = [
            .. view.Scenario.Populations.Where(p => p.Conduct.ToString() is not "honest")
                .Select(p => $"{p.Name}: {p.Conduct}"),
        ];
        return string.Join("; ", all.Take(MostNamed))
            + (all.Length > MostNamed ? $" and {all.Length - MostNamed} more" : "");
    }

    /// <summary>In which keys a population differs from the largest other one; null where there is none.</summary>
    string? Differences(string population)
    {
        if (view.Scenario.Populations.Where(p => p.Name != population).MaxBy(p => p.Count) is not { } other)
        {
            return null;
        }
        var theirs = Below($"populations.{other.Name}.").ToDictionary();
        string[] keys = [
            .. Below($"populations.{population}.")
                .Where(v => v.Key is not ("name" or "count" or "strategy")
                    && !v.Key.StartsWith("strategy.", StringComparison.Ordinal)
                    && theirs.GetValueOrDefault(v.Key) != v.Value)
                .Select(v => $"{v.Key} {v.Value} (there {theirs.GetValueOrDefault(v.Key, "none")})"),
        ];
        return keys.Length == 0 ? null
            : $"Population {population} differs from {other.Name} in {string.Join(", ", keys.Take(MostKeys))}"
                + (keys.Length > MostKeys ? $" and {keys.Length - MostKeys} more keys." : ".");
    }

    IEnumerable<KeyValuePair<string, string>> Below(string path) => _lines.Value
        .Where(l => l.StartsWith(path, StringComparison.Ordinal))
        .Select(l => l[path.Length..].Split(": ", 2))
        .Where(p => p.Length == 2)
        .DistinctBy(p => p[0])
        .Select(p => KeyValuePair.Create(p[0], p[1]));
}
