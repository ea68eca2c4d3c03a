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
        text.Append(Properties);
        AppendMetrics(text);
        text.Append(Overrides);
        text.Append("## Errors\n\nEvery error names its place, a code, what is wrong and what to do: `file:line:col: error BTA016: what; remedy`. All of them are reported at once.\n\n");
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
        from 0 to 1 or percent. Rates are written `10 MB/s` or `1 Mbit/s`, with prefixes of 1000.


        """;

    const string Properties =
        """
        ## Properties

        A property is `operand comparison operand` with one of `<`, `<=`, `>`, `>=`. An operand is

        - a number,
        - a metric of the network: `gini`,
        - an aggregate of a metric of neurons over a population, or over all: `mean loss of honest`, `max stake-share`. Aggregates are
          `mean`, `min`, `max`, `sum`; for a population of one neuron none is needed.

        | holds | judged |
        |---|---|
        | `at end` | at the last block |
        | `always` | at every block with data on both sides |
        | `from block N` | likewise, from block N on |
        | `eventually by block N` | passes at the first block up to N at which it holds |

        Each property **passes**, **fails**, or is **unknown** when there is no data to judge it by. A run passes when all of them do, fails
        when one fails, and is unknown otherwise.


        """;

    const string Overrides =
        """
        ## Overrides

        `--set path=value` replaces a value of the file before it is checked: `--set mechanism.tau=0.2`, `--set populations.honest.count=20`,
        `--set populations[0].stake=5`. A step is a key, or within a list a position from 0 or the `name` of an entry. `--seed N` is
        `--set seed=N`.


        """;

    static IEnumerable<Section> Sections(Section section)
    {
        yield return section;
        foreach (var field in section.Fields)
        {
            var below = field.Type switch
            {
                SectionType type => [type.Section],
                ListType list => [list.Section],
                VariantType variant => variant.Variants,
                _ => (IReadOnlyList<Section>)[],
            };
            foreach (var nested in below.SelectMany(Sections))
            {
                yield return nested;
            }
        }
    }

    static void AppendSection(StringBuilder text, Section section)
    {
        text.Append($"## {section.Title}\n\n{section.Doc}\n\n");
        if (section.Fields.Length == 0)
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
            text.Append($"| `{metric.Name}` | {(metric.OfNeurons ? "neurons" : "network")} | {(metric.NeedsAudit ? "audited blocks" : "every block")} | {metric.Doc} |\n");
        }
        text.Append('\n');
    }
}
