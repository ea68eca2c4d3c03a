using System.Text;

namespace BitTensor.Scenarios;

/// <summary>The reference of the format, made from the same table as the reader.</summary>
public static class ScenarioDocs
{
    /// <summary>docs/SCENARIOS.md.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder();
        text.Append(Introduction);
        foreach (var section in Sections(ScenarioFormat.Root).DistinctBy(s => s.Title))
        {
            AppendSection(text, section);
        }
        text.Append(PropertyDocs.Markdown);
        AppendMetrics(text);
        text.Append(Equilibrium);
        foreach (var section in Sections(EquilibriumFormat.Root).DistinctBy(s => s.Title))
        {
            AppendSection(text, section);
        }
        text.Append(Theta);
        AppendStudyMetrics(text);
        text.Append(Tables);
        text.Append(Overrides);
        text.Append(
            "## Errors\n\nEvery error names its place, a code, what is wrong and what to do: `file:line:col: error "
            + "BTA016: what; remedy`. All of them are reported at once.\n\n");
        text.Append("| code | meaning |\n|---|---|\n");
        foreach (var (code, meaning) in ErrorCodes.All)
        {
            text.Append($"| {code} | {meaning} |\n");
        }
        return text.ToString();
    }

    const string Introduction =
        """
        # Scenario files

        A scenario says everything about a run: who takes part, what they learn from, how they behave, what the network does to their
        messages, and what must hold. It is YAML, strict: an unknown key, a missing unit or a contradiction is an error with its place.
        `bta new NAME` writes one to start from, `bta check FILE` reads it without running, `bta schema` prints the JSON Schema for editors.

        ```yaml
        # yaml-language-server: $schema=schema/scenario.schema.json
        version: 1
        name: noise
        seed: 7
        duration: 20 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: honest, count: 8 }
          - { name: free-riding, count: 1, strategy: free-ride }
        network:
          default: { latency: 20 ms, loss: 1% }
        expect:
          - property: ablation of free-riding < min ablation of honest
            holds: at end
        ```

        Durations are written with a unit: `us`, `ms`, `s`, `min`, `h` (`250ms`, `10 s`). Blocks are written `10 blocks`. Shares are numbers
        from 0 to 1 or percent. Rates are written `10 MB/s` or `1 Mbit/s`, sizes `64 kB`, with prefixes of 1000.


        """;

    const string Tables =
        """
        ## Tables

        A list of sections may stand in a CSV file (RFC 4180) in place of the scenario: `links: { file: links.csv }`, and likewise `populations`,
        `timeline`, `tactics`, `expect`, `vary`, `with` and `points`; `list` of a topology too, with columns `a` and `b`. The path starts at the folder of the
        scenario. The first line names the keys, every further line is an entry:

        ```
        from,to,latency,loss
        neuron 0,neuron 1,20 ms,1%
        neuron 1,neuron 0,"{ distribution: lognormal, median: 80 ms, sigma: 0.5 }",
        ```

        An empty cell states nothing. A cell that begins with `{`, `[` or a quote is read as YAML; one with a comma stands in quotes, and a quote within
        it is doubled. A column `training.iteration-interval` states a key of a nested section. What is wrong with a cell is said with the line and column
        of the CSV file. `--set network.links[3].loss=10%` replaces a value of a row.

        | key | value | meaning |
        |---|---|---|
        | `file` | a path | The CSV file, at most 64 MiB, a thousand columns and a million rows. |
        | `sha256` | 64 hex digits | SHA-256 of the file, or no bound: a file with another one is refused. |

        A run folder stands alone: lists of more than two hundred entries are tables beside its `scenario.yaml`, every default written out, with their
        hashes.


        """;

    const string Overrides =
        """
        ## Overrides

        `--set path=value` replaces a value of the file before it is checked: `--set mechanism.tau=0.2`, `--set populations.honest.count=20`,
        `--set populations[0].stake=5`. A step is a key, or within a list a position from 0 or the `name` of an entry. `--seed N` is
        `--set seed=N`.


        """;

    const string Equilibrium =
        """
        ## Equilibrium scenarios

        With `kind: equilibrium` a scenario asks what the paper's formulas say, sections 2, 3 and 6, without a network: where competing
        neurons end up, and how their ranks then compare with the ideal ones. It either draws games and asks a `study` of them:

        ```yaml
        # yaml-language-server: $schema=schema/scenario.schema.json
        version: 1
        kind: equilibrium
        name: my-figure-4
        seed: 1
        game: { neurons: 10, sigma: 0.5, temperature: 1 }
        study: { kind: correlation, alpha-over-tau: [1, 10, 25, 50], trials: 100 }
        expect:
          - property: diagonal at alpha-over-tau 1 > 0.99
          - property: pearson-low at alpha-over-tau 25 > pearson-high at alpha-over-tau 1
        ```

        or it solves one game of your own, `theta: my-game.json`.

        `bta run` uses every core and comes to the same bits on any number of them. Ctrl-C keeps the trials that are finished, with their figure, and
        `bta run SCENARIO --out DIR --resume` goes on with them. The run folder holds `verdict.json` (properties and the table),
        `equilibrium.json` (every trial in full precision, one per line), `equilibrium.parquet` and `ranks.parquet` (`bta export` makes CSV of
        them), and the figure as PNG and SVG. `bta replay` computes everything again and compares.

        A property is written as [that of a run](#properties), with metrics of the study at points of its axes:
        `pearson at alpha-over-tau 25`, `pearson at reference gain, sigma 0.5, ...`. Where the points leave several rows, one of `mean`, `min`,
        `max`, `sum` comes first: `max pearson-high at sigma 0`. Metrics with an interval have two more, `NAME-low` and `NAME-high`: the ends of
        the 95 % bootstrap interval of the mean over the trials.


        """;

    const string Theta =
        """
        ## theta file

        One game of section 2.2 as a JSON object with these keys, all of them and no others. Its `stake` says how many neurons n there are.

        | key | value |
        |---|---|
        | `alpha` | price of one unit of loss, at least 0 |
        | `tau` | inflation, above 0 |
        | `lambda` | step, above 0 |
        | `temperature` | T of the mask, above 0 |
        | `reference` | `"connected"`, `"initial"` or `"gain"` |
        | `maxSteps` | most steps, a whole number from 1 |
        | `tolerance` | residual of an equilibrium, at least 0 |
        | `stake` | n numbers, at least 0 |
        | `weights` | n rows of n numbers, at least 0, each row of sum 1 |
        | `hessians` | n matrices of n rows of n numbers, each symmetric and positive semi-definite |

        `solver: descent` does exactly this, in float64: before each step, stop when max |Proj(W + dW) - W| is at most `tolerance`, dW being
        eq. (15); then set W to Proj(W + lambda dW), all rows at once; at most `maxSteps` times. A game that used them up says `converged: false`.


        """;

    static IEnumerable<Section> Sections(Section section) =>
        section.Fields.SelectMany(f => f.Type.Sections).SelectMany(Sections).Prepend(section);

    static void AppendSection(StringBuilder text, Section section)
    {
        text.Append($"## {section.Title}\n\n{section.Doc}\n\n");
        if (section.Fields.Count == 0)
        {
            return;
        }
        text.Append("| key | value | default | meaning |\n|---|---|---|---|\n");
        foreach (var field in section.Fields)
        {
            var fallback = field.Required ? "**required**" : field.Default is null ? "" : $"`{field.Default}`";
            text.Append($"| `{field.Key}` | {field.Type.Describe()} | {fallback} | {field.Doc} |\n");
        }
        text.Append('\n');
    }

    static void AppendMetrics(StringBuilder text)
    {
        text.Append("## Metrics\n\n| metric | of | when | meaning |\n|---|---|---|---|\n");
        foreach (var metric in MetricCatalogue.All)
        {
            text.Append(
                $"| `{metric.Name}` | {(metric.OfNeurons ? "neurons" : "network")} | "
                + $"{(metric.NeedsAudit ? "audited blocks" : "every block")} | {metric.Doc} |\n");
        }
        text.Append('\n');
    }

    static void AppendStudyMetrics(StringBuilder text)
    {
        text.Append("## Study metrics\n\n");
        foreach (var (kind, axes, metrics) in StudyCatalogue.All)
        {
            text.Append($"### {kind}\n\n");
            text.Append(axes.IsEmpty ? "One row.\n\n" : $"Axes: {string.Join(", ", axes.Select(a => $"`{a}`"))}.\n\n");
            text.Append("| metric | interval | meaning |\n|---|---|---|\n");
            foreach (var metric in metrics)
            {
                text.Append($"| `{metric.Name}` | {(metric.Interval ? "yes" : "")} | {metric.Doc} |\n");
            }
            text.Append('\n');
        }
    }
}
