using System.Text.Json.Nodes;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>
/// One table makes the reader, the writer, the schema and the reference: they agree with each other and with the
/// shipped files.
/// </summary>
public sealed class FormatSpec
{
    const string Small =
        "version: 1\nname: a\nseed: 1\nduration: 3 blocks\nmechanism: { tau: 0.1, block-interval: 10 s }\n"
        + "populations:\n  - { name: honest, count: 3 }\n";

    static readonly string Root = AppContext.BaseDirectory;

    /// <summary>A scenario that states every section, most keys with another value than their default.</summary>
    internal const string Everything =
        """
        version: 1
        name: all
        description: "quotes \" and: colons # and hashes"
        seed: 9223372036854775807
        duration: 3 min
        mechanism: { block-interval: 1500 ms, alpha: 0.25, tau: 1e-3, step: 0.1, epsilon: 2, temperature: 0.01, norm: l1, stake: share, emission: frozen, reveal-after: 2 blocks, registration-cost: 0.25, validators: 3, least-stake: 0.1, activity-cutoff: 9 blocks, max-weight: 50%, min-targets: 2 }
        data: { set: synthetic, split: dirichlet, concentration: 0.1, holdout: 10%, examples: 500, features: 3, classes: 7, spread: 0.2 }
        populations:
          - name: a
            count: 2
            zone: north
            stake: 0.5
            data-share: 3
            model: { kind: mlp, representation: 2, hidden: 5 }
            training: { iteration-interval: 100 us, step-cost: 0 s, reply-timeout: 50 us, k-min: 2, back-off: 1 s, back-off-most: 3 s, batch-size: 1, learning-rate: 1e-4, weight-decay: 0.5, optimizer: sgd }
            serving: { cost: 0 s, open-queries: 1, remember: 1 h, workers: 3, queue: 0, timeout: 20 ms, admission: stake }
            defence: { norm-clip: 2.5, gradients: trimmed-mean, of: 9, byzantine: 4 }
            gating: { top: 3, by: row, warm-up: 2 blocks, explore: 5% }
            significance: { on: fresh, average: 99, share: 40%, every: 7 }
            weights: significance
            strategy: { name: free-ride, scale: 0.1 }
          - { name: b, count: 1, model: { kind: mlp, representation: 2 }, weights: uniform, strategy: [self-weight, { name: poison-forward, kind: shift, deviations: -1.5 }, { name: delay, by: 1 s }, { name: churn, away: 4 blocks }] }
          - { name: c, count: 2, stake: 0.3, model: { kind: mlp, representation: 2 }, strategy: [{ name: sybil-split, identities: 3 }, { name: cartel, members: [a, c], noise: 0.5 }, { name: relay, targets: a }] }
        topology: { kind: random, degree: 1 }
        network:
          tables:
            - { name: lan, values: "1 2.5 3" }
            - { name: pareto, file: pareto.dist, sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", values: "-8192 1e-3" }
          default: { latency: { distribution: exponential, mean: 5 ms, minimum: 1 ms, jitter: 2 ms }, loss: 50%, loss-correlation: 25%, bandwidth: 10 Mbit/s, queue: 9 parcels, order: keep }
          links:
            - { from: a, to: any, latency: { distribution: uniform, low: 1 ms, high: 2 ms } }
            - { from: any, to: b, latency: { distribution: normal, mean: 1 ms, deviation: 2 ms } }
            - { from: a, to: b, latency: 7 ms, bandwidth: 1 kB/s, queue: 2 kB }
            - { from: zone north, to: ledger, kind: submission, toxicity: 50%, loss: { model: bursts, good-to-bad: 1%, bad-to-good: 0.3, loss-bad: 90% } }
            - { from: neuron 1, kind: reply, latency: { distribution: exponential, mean: 5 ms, correlation: 0.25 }, reorder: 5%, reorder-correlation: 10%, reorder-delay: 30 ms, duplicate: 3%, duplicate-correlation: 20%, duplicate-delay: 0 s, corrupt: 0.5%, corrupt-correlation: 1, replay: 0.25 }
            - { from: ledger, latency: { distribution: table, table: lan, jitter: 1 ms } }
            - { to: ledger, latency: { distribution: table, table: pareto, mean: 5 ms, deviation: 2 ms } }
        timeline:
          - { name: "a b", at: 1 block, for: 90 ms, do: { action: links, from: a, kind: reply, latency: 3 ms, corrupt: 1% } }
          - { from: 0 s, until: 7 blocks, do: { action: clog, who: b, take: one, side: to } }
          - { at: 2 blocks, do: { action: clear } }
          - { every: 3 blocks, for: 1 block, do: { action: partition, kind: groups, groups: 2, ledger: reachable } }
          - { rate: 0.5 per min, until: 100 blocks, do: { action: partition, kind: one-way, who: zone north, take: 50% } }
          - { at: 3 blocks, do: { action: heal } }
          - { at: 4 blocks, do: { action: crash, who: role free-ride, take: 2, lose-state: yes } }
          - { at: 5 blocks, do: { action: restart, who: neuron 1 } }
          - { at: 6 blocks, do: { action: leave, who: "neurons 0, 1-2" } }
          - { at: 7 blocks, do: { action: disconnect, who: c } }
          - { at: 7 blocks, do: { action: join } }
          - { at: 8 blocks, do: { action: pause } }
          - { at: 9 blocks, do: { action: resume, who: a } }
          - { at: 10 blocks, do: { action: slow, factor: 2.5 } }
          - { at: 11 blocks, do: { action: skew, offset: 3 s, direction: behind, drift: -0.1 } }
          - { at: 11 blocks, for: 2 blocks, do: { action: set, alpha: 3, tau: 0.2, step: 0.3, epsilon: 0.4, temperature: 5, norm: l2, rule: { kind: trust, kappa: 0.1 } } }
          - { at: 12 blocks, for: 2 blocks, do: { action: ledger-outage } }
          - { at: 15 blocks, for: 2 blocks, do: { action: disk, fault: slow, latency: 1 s } }
          - { at: 18 blocks, for: 2 blocks, do: { action: disk, fault: failing, probability: 5% } }
        coalition:
          members: [b, c]
          reserve: c
          knowledge: neighbours
          channel: private
          budget: { stake: 10, identities: 2, messages: 7 }
          tactics:
            - { at: 3 blocks, strategy: [lazy, { name: free-ride, kind: cached }], spawn: 1 }
            - { name: t, metric: rank, of: a, below: 0.25, from: 2 blocks, times: 4, who: c, retire: 2 }
            - { probability: 25%, who: b, strategy: { name: adaptive, step: 2 } }
        audit: { every: never, examples: 3 }
        record: { weights-every: 7 blocks }
        expect:
          - { property: "sum stake >= max rank of a", holds: always, name: n }
          - { property: 0.5 <= gini, holds: eventually by block 9, finding: "known: since block 1" }
        """;

    public static TheoryData<string> Shipped =>
        [
            .. Directory.EnumerateFiles(Path.Combine(Root, "scenarios"), "*.yaml", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f)).Order(),
        ];

    [Fact]
    public void The_shipped_schema_is_the_exported_one() =>
        Assert.Equal(
            File.ReadAllText(Path.Combine(Root, "scenarios", "schema", "scenario.schema.json")), ScenarioSchema.Json());

    [Fact]
    public void The_reference_is_the_generated_one() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Root, "docs", "SCENARIOS.md")), ScenarioDocs.Markdown());

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_scenario_names_the_schema_in_its_first_line_and_validates(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, file));
        const string head = "# yaml-language-server: $schema=";
        Assert.StartsWith(head, lines[0], StringComparison.Ordinal);
        var named = Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(file)!, lines[0][head.Length..]));
        Assert.Equal(Path.Combine(Root, "scenarios", "schema", "scenario.schema.json"), named);
        var schema = JsonNode.Parse(File.ReadAllText(named))!;
        Assert.Empty(SchemaCheck.Faults(schema, SchemaCheck.Load(string.Join('\n', lines))));
        Assert.Empty(ScenarioFile.Load(Path.Combine(Root, file), []).Errors);
    }

    [Theory]
    [InlineData("tau: 0.1", "taux: 0.1")]
    [InlineData("tau: 0.1", "tau: 0")]
    [InlineData("interval: 10 s", "interval: 10")]
    [InlineData("count: 3", "count: 0")]
    [InlineData("name: honest", "title: honest")]
    [InlineData("tau: 0.1", "tau: 1.1e30")]
    [InlineData("seed: 1", "seed: -1")]
    [InlineData("seed: 1", "seed: 1e19")]
    [InlineData("duration: 3 blocks", "duration: 0 blocks")]
    [InlineData("duration: 3 blocks", "duration: 1000001 blocks")]
    [InlineData("tau: 0.1", "reveal-after: 1000001 blocks")]
    [InlineData("tau: 0.1", "validators: 0")]
    [InlineData("tau: 0.1", "least-stake: -1")]
    [InlineData("tau: 0.1", "activity-cutoff: -1 blocks")]
    [InlineData("tau: 0.1", "max-weight: 0")]
    [InlineData("tau: 0.1", "max-weight: 100%")]
    [InlineData("tau: 0.1", "min-targets: 0")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, kappa: 0 }")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, kappa: 1 }")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, kappa: 0.0 % }")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, kappa: 100% }")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, dividend: 100.1% }")]
    public void What_the_reader_refuses_the_schema_refuses(string part, string by)
    {
        var schema = JsonNode.Parse(ScenarioSchema.Json())!;
        Assert.Empty(SchemaCheck.Faults(schema, SchemaCheck.Load(Small)));
        var bad = Small.Replace(part, by, StringComparison.Ordinal);
        Assert.NotEmpty(SchemaCheck.Faults(schema, SchemaCheck.Load(bad)));
        Assert.NotEmpty(ScenarioFile.Parse(bad, "x.yaml", []).Errors);
    }

    [Theory]
    [InlineData("duration: 3 blocks", "duration: 1000000 blocks")]
    [InlineData("duration: 3 blocks", "duration: 0003 blocks")]
    [InlineData("interval: 10 s", "interval: 100000000 s")]
    [InlineData("interval: 10 s", "interval: 100 us")]
    [InlineData("seed: 1", "seed: 9223372036854775807")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, kappa: 99.9%, dividend: 100% }")]
    [InlineData("tau: 0.1", "rule: { kind: yuma, kappa: 0.01 %, dividend: 0% }")]
    public void A_bound_is_within_the_range_for_reader_and_schema(string part, string by)
    {
        var text = Small.Replace(part, by, StringComparison.Ordinal);
        Assert.Empty(SchemaCheck.Faults(JsonNode.Parse(ScenarioSchema.Json())!, SchemaCheck.Load(text)));
        Assert.Empty(ScenarioFile.Parse(text, "x.yaml", []).Errors);
    }

    [Theory]
    [InlineData("interval: 10 s", "interval: 99 us", "100 us to 100000000 s")]
    [InlineData("interval: 10 s", "interval: 100000001 s", "100 us to 100000000 s")]
    [InlineData("seed: 1", "seed: 9223372036854775808", "0 to 9223372036854775807")]
    public void What_is_beyond_a_bound_is_told_both(string part, string by, string bounds)
    {
        var error = Assert.Single(
            ScenarioFile.Parse(Small.Replace(part, by, StringComparison.Ordinal), "x.yaml", []).Errors);
        Assert.Contains(bounds, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_resolved_scenario_reads_as_itself(string file)
    {
        static string Write(ScenarioResult read) =>
            read.Equilibrium is { } equilibrium ? ScenarioWriter.Write(equilibrium) : ScenarioWriter.Write(read.Value!);
        var resolved = Write(ScenarioFile.Load(Path.Combine(Root, file), []));
        var again = ScenarioFile.Parse(resolved, Path.Combine(Root, file), []);
        Assert.Empty(again.Errors);
        Assert.Equal(resolved, Write(again));
        Assert.Empty(SchemaCheck.Faults(JsonNode.Parse(ScenarioSchema.Json())!, SchemaCheck.Load(resolved)));
    }

    /// <summary>
    /// Sets each key of the schema to another value somewhere in the documents below. The resolved text must then
    /// differ, which shows that the key is read and written, and must read as itself.
    /// </summary>
    [Fact]
    public void Every_key_that_departs_from_its_default_survives_writing_and_reading()
    {
        var schema = JsonNode.Parse(ScenarioSchema.Json())!;
        // Versions and kinds have one value. The budget for stake is a check alone. Each fault of a disk needs another
        // key beside it. Files of theta and of tables are tested by ThetaFileSpec and TableSpec.
        string[] exempt =
        [
            "else.version", "else.kind", "then.version", "then.kind", "then.theta", "else.coalition.budget.stake",
            "do disk.fault",
            // Every neuron has one stake, so that a single id cannot be another one; FirstStateSpec tests the section.
            "else.state.stake.neuron",
        ];
        var all = SchemaKeys.All(schema["else"]!, "else").Concat(SchemaKeys.All(schema["then"]!, "then"));
        var keys = all.Except(exempt).Where(k => !k.EndsWith(".file", StringComparison.Ordinal)
            && !k.EndsWith(".sha256", StringComparison.Ordinal)).ToHashSet();
        const string head = "version: 1\nname: a\nseed: 1\nduration: 9 blocks\n";
        const string study = "version: 1\nkind: equilibrium\nname: a\nseed: 3\n";
        string[] networks = [.. Documents.Select(part => head + part), Everything];
        var asked = EquilibriumFormatSpec.Studies.Cast<object[]>().Select(s => (string)s[0]).Append(Judged);
        string[] studies = [.. asked.Select(s => study + s)];
        foreach (var (text, kind) in networks.Select(t => (t, "else")).Concat(studies.Select(t => (t, "then"))))
        {
            var resolved = Resolved(text);
            Assert.NotNull(resolved);
            foreach (var (key, path, values) in SchemaKeys.In(schema[kind]!, SchemaCheck.Load(text), kind))
            {
                bool Departs(string value) => Resolved(text, $"{path}={value}") is { } other && other != resolved;
                if (keys.Contains(key) && values.Any(Departs))
                {
                    keys.Remove(key);
                }
            }
        }
        Assert.True(keys.Count == 0, string.Join('\n', keys));
    }

    const string Judged = "study: { kind: correlation }\nexpect: [{ property: max pearson > 0.5 }]";

    const string Eight = "populations: [{ name: a, count: 8, model: { kind: mlp } }]\n";

    /// <summary>Populations and more, for keys that <see cref="Everything"/> cannot state.</summary>
    static readonly string[] Documents =
    [
        Eight + "topology: { kind: ring }\ndata: { split: by-label }\n"
            + "sweep: { seeds: 3, vary: [{ path: seed, values: 1, with: [{ path: b, values: x }] }, "
            + "{ name: w, points: [{ name: c, set: a=1 }] }] }",
        Eight + "topology: { kind: regular, degree: 2 }\ndata: { set: fashion-mnist }\n"
            + "mechanism: { rule: { kind: trust } }",
        Eight + "topology: { kind: small-world }\nmechanism: { rule: { kind: yuma } }\n"
            + "network: { default: { latency: { distribution: constant, value: 1 s } } }",
        "populations: [{ name: a, count: 8, model: { kind: quadratic } }]\ntopology: { kind: edges, list: 0-1 }\n"
            + "network: { default: { latency: { distribution: lognormal, median: 1 s, sigma: 1 } } }",
        "populations: [{ name: a, count: 8 }, { name: b, count: 1, strategy: self-weight }]\n"
            + "timeline: [{ at: 1 block, do: { action: crash, who: b } }]\n"
            + "coalition: { members: b, tactics: [{ metric: rank, above: 1, strategy: lazy }] }",
        Eight + "timeline: [{ at: 1 block, do: { action: links, bandwidth: 1 kB/s } }]",
        Eight + "network: { tables: [{ name: c, values: 1 }] }",
        Eight + "mechanism: { rule: { kind: yuma-ema, liquid: { alpha-low: 0.5, alpha-high: 0.5 } } }",
        Eight + "mechanism: { rule: { kind: yuma-relative } }",
        Eight + "mechanism: { tau: { adaptive: { target: 3, least: 3, most: 3 } } }",
        "populations: [{ name: a, count: 2, model: { kind: quadratic } }]\nstate: { "
            + "stake: [{ neuron: 1, stake: 3 }, { neuron: 0, stake: 1 }], weights: [{ from: 1, to: 1, weight: 1 }] }",
        "populations:\n- { name: a, count: 2, model: { kind: quadratic } }\n" + string.Concat(
            new[] { "uniform, low: 1, high: 3", "normal, mean: 2, deviation: 2", "lognormal, median: 3, sigma: 3",
                "pareto, least: 3, shape: 3" }.Select((d, k) =>
                $"- {{ name: d{k}, count: 1, model: {{ kind: quadratic }}, stake: {{ distribution: {d} }} }}\n")),
        Eight + "network: { tables: [{ name: a, values: 1 }, { name: b, values: 2 }], "
            + "default: { latency: { distribution: table, table: a } } }",
        "populations: [{ name: b, count: 2, joins: { from: 2 blocks }, leaves: { from: 7 blocks, every: 2 blocks } }, "
            + "{ name: a, count: 8, explore: { after: 3 blocks, every: 4 } }]\n"
            + "mechanism: { capacity: 10, registration-cost: 1, target-rate: 2 }",
        Learners("linear") + "data: { set: csv, path: x.csv, target: b, columns: [a], header: no, scale: none, "
            + "task: regression }",
        "populations: [{ name: a, count: 8, student: { max-age: 3 }, private: { share: 30%, train: no }, depth: 2, missing: student }]",
        "populations: [{ name: a, count: 8, gating: { top: 2, by: gate, balance: cv2, wait: { k-min: 2, after-k-min: 0 s } }, missing: renormalise, "
            + "weights: gate }]",
        Learners("conv") + "data: { set: images, path: x, width: 3, height: 3, color: rgb }",
        Learners("mlp") + "data: { set: idx, path: x, labels: y }",
        Learners("transformer") + "data: { set: text, path: x, context: 8 }",
        .. StrategySpec.Names.AsEnumerable().Select(Following),
    ];

    static string Learners(string model) =>
        $"populations: [{{ name: a, count: 8, model: {{ kind: {model} }} }}]\n";

    static string Following(string strategy) =>
        "populations: [{ name: a, count: 3 }, "
        + $"{{ name: b, count: 2, stake: 0, strategy: {{ name: {strategy}, {NeedsOf(strategy)} }} }}]\n"
        + (strategy == "adaptive" ? "coalition: { members: b }" : "");

    static string NeedsOf(string strategy) => strategy switch
    {
        "underweight" => "rivals: a",
        "sybil-split" => "identities: 2",
        "slow-walk" or "outbid" or "relay" => "targets: a",
        "bait-and-switch" => "at: 1 block",
        "eclipse" => "victims: a",
        _ => "",
    };

    /// <summary>
    /// The resolved text of a scenario with overrides; null when it is refused. Reading the text gives the text again.
    /// </summary>
    static string? Resolved(string text, params string[] overrides)
    {
        static string Write(ScenarioResult read) =>
            read.Equilibrium is { } equilibrium ? ScenarioWriter.Write(equilibrium) : ScenarioWriter.Write(read.Value!);
        var read = ScenarioFile.Parse(text, "x.yaml", [.. overrides.Select(o => new ScenarioOverride(o))]);
        if (!read.Errors.IsEmpty)
        {
            return null;
        }
        var resolved = Write(read);
        var again = ScenarioFile.Parse(resolved, "resolved.yaml", []);
        Assert.True(again.Errors.IsEmpty, $"{string.Join(' ', overrides)}: {string.Join(' ', again.Errors)}");
        Assert.Equal(resolved, Write(again));
        return resolved;
    }

    [Fact]
    public void A_scenario_with_every_section_survives_writing_and_reading()
    {
        var read = ScenarioFile.Parse(Everything, "x.yaml", []);
        Assert.Empty(read.Errors);
        var scenario = read.Value!;
        Assert.Equal(120, scenario.Blocks);
        Assert.Equal(1e7 / 8, scenario.Network.Default.BandwidthBytesPerSecond);
        Assert.Equal(new LatencySpec.Constant(TimeSpan.FromMilliseconds(7)), scenario.Network.Links[2].Link.Latency);
        var written = ScenarioWriter.Write(scenario);
        var again = ScenarioFile.Parse(written, "resolved.yaml", []);
        Assert.Empty(again.Errors);
        Assert.Equal(written, ScenarioWriter.Write(again.Value!));
        Assert.Equal(scenario.Mechanism, again.Value!.Mechanism);
        Assert.Equal(scenario.Data, again.Value.Data);
        Assert.Equal(scenario.Populations.AsEnumerable(), again.Value.Populations.AsEnumerable());
        Assert.Equal(scenario.Network.Links.AsEnumerable(), again.Value.Network.Links.AsEnumerable());
        Assert.Equal(19, scenario.Timeline.Length);
        Assert.Equal(scenario.Timeline.AsEnumerable(), again.Value.Timeline.AsEnumerable());
        Assert.Equal(scenario.Coalition!.Tactics.AsEnumerable(), again.Value.Coalition!.Tactics.AsEnumerable());
        Assert.Equal(scenario.Expect.AsEnumerable(), again.Value.Expect.AsEnumerable());
    }

    [Theory]
    [InlineData("{ kind: ring, reach: 2 }")]
    [InlineData("{ kind: regular, degree: 4 }")]
    [InlineData("{ kind: small-world, reach: 2, rewire: 25% }")]
    [InlineData("{ kind: star }")]
    [InlineData("{ kind: edges, list: \"0-1, 1-2 2-3\" }")]
    public void A_topology_survives_writing_and_reading(string topology)
    {
        var first = ScenarioFile.Parse(
            $"version: 1\nname: a\nseed: 1\nduration: 3 blocks\ntopology: {topology}\npopulations: "
            + $"[{{ name: a, count: 8 }}]\n",
            "x.yaml", []);
        Assert.Empty(first.Errors);
        var written = ScenarioWriter.Write(first.Value!);
        Assert.Empty(SchemaCheck.Faults(JsonNode.Parse(ScenarioSchema.Json())!, SchemaCheck.Load(written)));
        Assert.Equal(written, ScenarioWriter.Write(ScenarioFile.Parse(written, "y.yaml", []).Value!));
        Assert.NotEqual(new TopologySpec.Complete(), first.Value!.Topology);
    }

    [Fact]
    public void The_template_is_a_scenario() =>
        Assert.Empty(ScenarioFile.Parse(ScenarioTemplate.Text("mine"), "mine.yaml", []).Errors);

    [Fact]
    public void Overrides_replace_values_by_key_name_and_position()
    {
        var text = ScenarioTemplate.Text("mine");
        Scenario Read(params string[] overrides)
        {
            var result = ScenarioFile.Parse(text, "x.yaml", [.. overrides.Select(o => new ScenarioOverride(o))]);
            Assert.Empty(result.Errors);
            return result.Value!;
        }
        Assert.Equal(0.2, Read("mechanism.tau=0.2").Mechanism.Tau);
        Assert.Equal(20, Read("populations.honest.count=20").Populations[0].Count);
        Assert.Equal(new StakeSpec.Each(5), Read("populations[1].stake=5").Populations[1].Stake);
        Assert.Equal(new LossSpec.Independent(0.1), Read("network.default.loss=10%").Network.Default.Loss);
        Assert.Equal(7, Read("record.weights-every=7 blocks").Record.WeightsEveryBlocks);
        Assert.Equal(new TopologySpec.Random(2), Read("topology={kind: random, degree: 2}").Topology);
        Assert.Equal(4ul, Read("seed=3", "seed=4").Seed);
    }

    [Theory]
    [InlineData("tau", ErrorCodes.Override)]
    [InlineData("mechanism.tau=", ErrorCodes.Empty)]
    [InlineData("mechanism=", ErrorCodes.Empty)]
    [InlineData("mechanism.taux=1", ErrorCodes.UnknownKey)]
    [InlineData("populations.nobody.count=1", ErrorCodes.Override)]
    [InlineData("populations[9].count=1", ErrorCodes.Override)]
    [InlineData("seed=[1", ErrorCodes.Syntax)]
    [InlineData("mechanism.tau=!!float 1", ErrorCodes.Indirection)]
    public void An_override_that_does_not_fit_is_an_error_of_the_command_line(string text, string code)
    {
        var error = Assert.Single(
            ScenarioFile.Parse(ScenarioTemplate.Text("mine"), "x.yaml", [new ScenarioOverride(text)]).Errors);
        Assert.Equal((code, "--set"), (error.Code, error.File));
    }
}
