using System.Globalization;
using BitTensor.Cli;

namespace BitTensor.Reports.Tests;

/// <summary>Folders with reports of many kinds, each made once.</summary>
public sealed class WrittenReports : IDisposable
{
    const string Market = """
        version: 1
        seed: 7
        populations:
          - { name: west, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
          - { name: east, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s, reply-timeout: 800 ms } }
        network:
          default: { latency: { distribution: lognormal, median: 40 ms, sigma: 0.4 } }
        """;

    readonly string _root = Directory.CreateTempSubdirectory("bta-reports-").FullName;
    readonly Lazy<string> _partition;
    readonly Lazy<string> _thirty;
    readonly Lazy<string> _sweep;
    readonly Lazy<string> _study;
    readonly Lazy<string> _faulty;
    readonly Lazy<string> _gated;

    public WrittenReports()
    {
        _partition = new(() => Run("partition", 1, $$"""
            {{Market}}
            name: partition
            duration: 12 blocks
            timeline:
              - { name: the split, from: 4 blocks, until: 8 blocks, do: { action: partition, who: west } }
            audit: { every: 3 blocks }
            expect:
              - { name: everybody is answered, property: min answered > 0.95, holds: always }
              - { name: nothing is lost, property: partitioned <= 0, holds: at end }
              - { name: a block every ten seconds, property: block-time <= 10, holds: always }
            """));
        var groups = string.Concat(Enumerable.Range(1, 30).Select(k => string.Create(
            CultureInfo.InvariantCulture, $"  - {{ name: group-{k}, count: 1, model: {{ kind: quadratic }} }}\n")));
        _thirty = new(() => Run("thirty", 0, $"version: 1\nname: thirty\nseed: 3\nduration: 3 blocks\npopulations:\n{groups}audit: {{ every: never }}\n"));
        _sweep = new(() => Run("sweep", 2, $"{Market}\nname: swept\nduration: 3 blocks\naudit: {{ every: never }}\nexpect:\n"
            + "  - { name: answers arrive, property: mean answered > 0.1, holds: from block 2 }\n"
            + "sweep: { seeds: 2, vary: [{ path: network.default.loss, values: \"0%, 10%, 30%\" }] }\n", "sweep"));
        _faulty = new(() => Run("faulty", 1, """
            version: 1
            name: faulty
            seed: 7
            duration: 8 blocks
            populations:
              - { name: plain, count: 4, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
              - { name: guild, count: 2, model: { kind: quadratic }, training: { iteration-interval: 4 s }, strategy: { name: cartel, share: 90% } }
            timeline:
              - { name: the storm, from: 3 blocks, until: 5 blocks, do: { action: crash, who: plain, take: 2 } }
            audit: { every: never }
            expect:
              - { name: rows arrive, property: accepted > 100, holds: from block 4 }
              - { name: no clique gains, property: sum rank-share of guild < 0.01, holds: from block 7 }
            """));
        _gated = new(() => Run("gated", 0, """
            version: 1
            name: gated
            seed: 7
            duration: 4 blocks
            data: { set: digits, examples: 200 }
            populations:
              - name: chooser
                count: 4
                model: { kind: mlp, hidden: 4, representation: 2 }
                gating: { top: 2, by: gate }
                student: {}
            audit: { every: 4 blocks }
            """));
        _study = new(() => Run("study", 0, "version: 1\nkind: equilibrium\nname: small\nseed: 3\ngame: { neurons: 4 }\n"
            + "study: { kind: correlation, alpha-over-tau: [1, 25], trials: 4 }\n"));
    }

    /// <summary>
    /// Folder of a run with a cartel of slow neurons and a crash, whose properties break in the crash and after it.
    /// </summary>
    public string Faulty => _faulty.Value;

    /// <summary>Folder of a run whose first property breaks at a partition, audited.</summary>
    public string Partition => _partition.Value;

    /// <summary>Folder of a run of thirty populations, without an audit and without properties.</summary>
    public string Thirty => _thirty.Value;

    /// <summary>Folder of a sweep over an axis of numbers.</summary>
    public string Sweep => _sweep.Value;

    /// <summary>Folder of a small figure 4.</summary>
    public string Study => _study.Value;

    /// <summary>Folder of a run of neurons with trained gates and students.</summary>
    public string Gated => _gated.Value;

    /// <summary>The folder of all folders.</summary>
    public string Root => _root;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Runs the command in this process; returns what it said.</summary>
    public static (int Code, string Out, string Error) Bta(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new CommandLine(new Terminal(output, error, Live: false, Color: false)).Invoke(arguments);
        return (code, output.ToString(), error.ToString());
    }

    string Run(string name, int wanted, string scenario, string command = "run")
    {
        var file = Path.Combine(_root, name + ".yaml");
        File.WriteAllText(file, scenario);
        var folder = Path.Combine(_root, name);
        var (code, said, error) = Bta(command, file, "--out", folder);
        return code == wanted ? folder : throw new InvalidOperationException($"{name}: {code}\n{said}\n{error}");
    }
}
