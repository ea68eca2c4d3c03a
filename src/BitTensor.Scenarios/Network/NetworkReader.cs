using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>
/// Reads the tables of section <c>network</c>, and checks it and section <c>topology</c> against the populations.
/// </summary>
/// <param name="populations">The populations.</param>
/// <param name="errors">Destination of errors.</param>
sealed class NetworkReader(ImmutableArray<PopulationSpec> populations, ErrorList errors)
{
    readonly long _count = populations.Sum(p => (long)p.Count);
    readonly string[] _zones = [.. populations.Select(p => p.Zone).OfType<string>().Distinct()];
    readonly string[] _names = [.. populations.Select(p => p.Name), "any", "ledger"];
    readonly HashSet<string> _known = [.. populations.Select(p => p.Name), "any", "ledger"];
    ImmutableArray<DelayTableSpec> _tables = [];

    /// <summary>Section <c>network</c> with the values of its tables.</summary>
    public NetworkSpec Read(SectionReader s, NetworkSpec network)
    {
        _tables = [.. s.Children("tables").Zip(network.Tables, ReadTable)];
        var names = new HashSet<string>();
        foreach (var (place, table) in s.Children("tables").Zip(_tables).Where(t => !names.Add(t.Second.Name)))
        {
            errors.Add(
                place.PlaceOf("name"), ErrorCodes.DuplicateName, $"a table '{table.Name}' stands above",
                "choose another name");
        }
        CheckLatency(s.Child("default"), network.Default);
        foreach (var (link, spec) in s.Children("links").Zip(network.Links))
        {
            CheckLink(link, spec);
        }
        return network with { Tables = _tables };
    }

    /// <summary>Checks the ends and the latency of an entry of links.</summary>
    public void CheckLink(SectionReader s, DirectedLinkSpec link)
    {
        CheckEnd(s, "from", link.From);
        CheckEnd(s, "to", link.To);
        CheckLatency(s, link.Link);
    }

    DelayTableSpec ReadTable(SectionReader s, DelayTableSpec table)
    {
        if (s.Get<string>("values") is { } text)
        {
            var origin = s.ScalarOf("values")!.PlaceOf(0);
            return table with { Values = DelayTableFile.Parse(text, origin, errors) };
        }
        table = table with { Values = [] };
        if (table.File is { } file)
        {
            return DelayTableFile.Load(table, file, s, errors);
        }
        if (!s.Has("file") && !s.Has("values"))
        {
            errors.Add(
                s.At, ErrorCodes.MissingKey, $"table '{table.Name}' has no values", "add file: PATH, or values: 20 22");
        }
        return table;
    }

    void CheckLatency(SectionReader s, LinkSpec link)
    {
        if (link.Latency is not LatencySpec.Table { Name.Length: > 0 } latency
            || s.Children("latency") is not [var place])
        {
            return;
        }
        CheckKnown(place, "table", latency.Name, "table", [.. _tables.Select(t => t.Name)]);
        if (latency.Mean is null && _tables.FirstOrDefault(t => t.Name == latency.Name)?.Values.Any(v => v < 0) == true)
        {
            const string remedy = "write mean and deviation for a table of tc-netem, or leave these values out";
            Contradiction(place, "table", $"table '{latency.Name}' has latencies below 0", remedy);
        }
    }

    /// <summary>Checks key <c>topology</c>.</summary>
    /// <param name="s">Readers of its section; none for a word.</param>
    /// <param name="topology">Its value.</param>
    public void CheckTopology(IReadOnlyList<SectionReader> s, TopologySpec topology)
    {
        switch (topology)
        {
            case TopologySpec.Random random:
                CheckPeers(s[0], "degree", random.Degree, 1);
                break;
            case TopologySpec.Ring ring:
                CheckPeers(s[0], "reach", ring.Reach, 2);
                break;
            case TopologySpec.Regular regular:
                CheckPeers(s[0], "degree", regular.Degree, 1);
                CheckEven(s[0], regular.Degree);
                break;
            case TopologySpec.SmallWorld world:
                CheckPeers(s[0], "reach", world.Reach, 2);
                break;
            case TopologySpec.Edges edges:
                CheckEdges(s[0], edges.List);
                break;
            default:
                break;
        }
    }

    /// <summary>Checks that a name stands among the known ones.</summary>
    /// <param name="s">Section that names it.</param>
    /// <param name="key">Key that names it.</param>
    /// <param name="name">The name.</param>
    /// <param name="what">Noun for the things that have such names.</param>
    /// <param name="known">Known names.</param>
    public void CheckKnown(SectionReader s, string key, string name, string what, string[] known)
    {
        if (!known.Contains(name))
        {
            var remedy = known.Length > 0 ? Shorten.DidYouMean(name, known)
                : what == "table" ? "add it to network.tables"
                : $"give a population a {what}";
            errors.Add(s.PlaceOf(key), ErrorCodes.UnknownPopulation, $"no {what} '{Shorten.Of(name)}'", remedy);
        }
    }

    /// <summary>Checks the name of a zone.</summary>
    public void CheckZone(SectionReader s, string key, string zone) =>
        CheckKnown(s, key, zone, "zone", _zones);

    /// <summary>Checks that, <paramref name="times"/> over, a number of peers is below the number of neurons.</summary>
    void CheckPeers(SectionReader s, string key, long peers, int times)
    {
        if (peers * times >= _count && _count > 0)
        {
            var each = times == 1 ? $"{peers} peers" : $"{peers} peers on either side";
            const string remedy = "a neuron can query fewer peers than there are neurons";
            Contradiction(s, key, $"{each} but {_count} neurons", remedy);
        }
    }

    void CheckEven(SectionReader s, long degree)
    {
        if (degree * _count % 2 != 0)
        {
            var message = $"{degree} mutual peers for each of {_count} neurons cannot be: an edge has two ends";
            Contradiction(s, "degree", message, "make one of the two numbers even");
        }
    }

    void CheckEdges(SectionReader s, ImmutableArray<(int A, int B)> edges)
    {
        var rows = s.Children("list");
        var pairs = EdgesType.PairsOf(s.ScalarOf("list")?.Text ?? "");
        foreach (var (k, (a, b)) in edges.Index())
        {
            if (a == b || a < 0 || b < 0 || a >= _count || b >= _count)
            {
                var (at, edge) = rows.Count > 0 ? (rows[k].At, $"{a}-{b}") : (s.PlaceOf("list"), pairs[k]);
                var message = $"edge {Shorten.Of(edge)} does not join two of {_count} neurons";
                errors.Add(
                    at, ErrorCodes.Contradiction, message, $"name two different ids from 0 to {_count - 1}");
                break;
            }
        }
    }

    void CheckEnd(SectionReader s, string key, EndSpec end)
    {
        switch (end)
        {
            case EndSpec.Zone zone:
                CheckZone(s, key, zone.Name);
                break;
            case EndSpec.Neuron { Id: var id } when id >= _count:
                Contradiction(s, key, $"no neuron {id}", $"ids go from 0 to {_count - 1}");
                break;
            case EndSpec.Population population when !_known.Contains(population.Name):
                CheckKnown(s, key, population.Name, "population", _names);
                break;
            default:
                break;
        }
    }

    void Contradiction(SectionReader s, string key, string message, string remedy) =>
        errors.Add(s.PlaceOf(key), ErrorCodes.Contradiction, message, remedy);
}
