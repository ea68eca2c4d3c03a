using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>
/// A property explained: statement, value, bound, margin, curve, the neuron and the block that decided, what was in
/// force then, the messages around it, and the commands that show more.
/// </summary>
sealed class PropertySection(RunView view, PropertyMessages messages, string folder, bool replays)
{
    const int MostOutcomes = 12;
    const int MostTraced = 4;

    readonly PropertyCauses _causes = new(view);

    /// <summary>Adds the explanation of property number k.</summary>
    public void AddTo(PageBuilder page, int k)
    {
        var explained = view.Explanations[k];
        var verdict = explained.Verdict;
        var word = OutcomeWords.Of(verdict);
        var failed = verdict.Outcome == Outcome.Fail;
        page.Html($"<details class=\"property {word.ToLowerInvariant()}\" id=\"property-{k}\"{(failed ? " open" : "")}>")
            .Html($"<summary><h3><span class=\"badge\">{word}</span> {PageBuilder.Escaped(verdict.Name)}</h3> ")
            .Html($"<span>{PageBuilder.Escaped(verdict.Detail)}</span></summary>")
            .Html($"<p><code>{PageBuilder.Escaped(verdict.Text)}</code>, {PageBuilder.Escaped(verdict.Holds)}</p>");
        foreach (var sentence in Sentences(explained))
        {
            page.Text(sentence);
        }
        if (verdict.Block is not null)
        {
            page.Html($"<p>{LinksTo(k, explained)}</p>");
        }
        page.Figure(Figure(k, explained), "No block has data on both sides, so there is nothing to draw.");
        if (verdict.Block is { } block)
        {
            AddNeurons(page, explained, block);
            AddMessages(page, k, explained, block);
            page.Html("<h4>More</h4>").Commands([.. Commands(explained, block)]);
        }
        page.Html("</details>");
    }

    static string Number(double? value) => PageNumbers.Text(value);

    IEnumerable<string> Sentences(PropertyExplanation explained)
    {
        var (verdict, property) = (explained.Verdict, explained.Property);
        if (verdict.Block is not { } block)
        {
            yield break;
        }
        foreach (var decided in verdict.Decided)
        {
            var which = verdict.Decided.Length > 1 ? $" by {decided.Comparison}" : "";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Block {block} decides{which}: the value is {Number(decided.Value)}, the bound {Number(decided.Bound)}, "
                + $"the margin {Number(decided.Margin)}{(decided.Margin < 0 ? " (negative: broken)" : "")}.");
        }
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"It is broken at {explained.Broken} of the {Counted.Of(explained.Judged, "block")} judged. ")
            + (explained.Tightest is { } tight
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"The margin is smallest at block {tight.Block}: "
                    + $"{Number(tight.Sides[0].Left)} against {Number(tight.Sides[0].Right)}.")
                : "");
        if (explained.BrokenSince is { } since && since < block)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"It is broken from block {since} on, without a gap up to block {block}.");
        }
        foreach (var neuron in explained.Neurons)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Of the neurons counted, {view.NameOf(neuron.Neuron)} {WordOf(explained)}: its {neuron.Metric} is "
                + $"{Number(neuron.Value)} at block {neuron.Block}.");
        }
        foreach (var cause in _causes.Sentences(explained, block))
        {
            yield return cause;
        }
    }

    /// <summary>One neuron decides a minimum or a maximum; a sum or a mean is made by all.</summary>
    static string WordOf(PropertyExplanation explained) =>
        explained.Comparisons.Any(c => new[] { c.Left, c.Right }.OfType<Operand.Metric>()
            .Any(m => m.Aggregate is Aggregate.Sum or Aggregate.Mean))
            ? "weighs most"
            : "decides";

    string LinksTo(int k, PropertyExplanation explained)
    {
        var where = messages.Of(k) is { Count: > 0 }
            ? $" and <a href=\"#message-{k}-0\">the messages to the ledger around it</a>"
            : "";
        return $"See <a href=\"#outcomes-{k}\">what became of the messages of block {explained.Verdict.Block}</a>{where}.";
    }

    CurveFigure Figure(int k, PropertyExplanation explained)
    {
        var kept = view.Blocks.ToHashSet();
        var sights = explained.Sights.Where(s => kept.Contains(s.Block)).ToArray();
        var property = explained.Property;
        var curves = explained.Comparisons.SelectMany((c, n) => new[]
        {
            Side(c.Left, 2 * n, [.. sights.Select(s => s.Sides[n].Left)]),
            Side(c.Right, 2 * n + 1, [.. sights.Select(s => s.Sides[n].Right)]),
        }).DistinctBy(c => c.Name);
        return new CurveFigure(
            $"property-{k}", "Both sides over the blocks",
            $"{property.Text}: the line at block {explained.Verdict.Block} marks what decided.", "value",
            [.. curves])
        {
            X = [.. sights.Select(s => (double)s.Block)],
            Marked = explained.Verdict.Block,
        };
    }

    static Curve Side(Operand side, int style, ImmutableArray<double?> values) => side is Operand.Number
        ? new Curve($"bound {side}", style, values) { Kind = CurveKind.Bound }
        : new Curve(side.ToString(), style, values);

    /// <summary>The neurons that decided, in the blocks around.</summary>
    void AddNeurons(PageBuilder page, PropertyExplanation explained, long block)
    {
        string[] metrics = ["loss", "accuracy", "mask", "answered", "iterations", "rank-share", "stake-share",
            "self-weight", "rows-accepted", "rows-refused",
        ];
        long[] blocks = [
            .. Enumerable.Range(-3, 5).Select(d => block + d).Where(b => b >= 0 && b <= view.Table.LastBlock),
        ];
        metrics = [.. metrics.Where(m => view.Table.Blocks(m).Count > 0)];
        foreach (var neuron in explained.Neurons.DistinctBy(n => n.Neuron))
        {
            page.Table(
                $"{view.NameOf(neuron.Neuron)} around block {block}", ["block", .. metrics],
                blocks.Select(b => (string[])
                [
                    b.ToString(CultureInfo.InvariantCulture),
                    .. metrics.Select(m => Number(view.Table.Neuron(m, b, neuron.Neuron))),
                ]));
        }
    }

    void AddMessages(PageBuilder page, int k, PropertyExplanation explained, long block)
    {
        foreach (var (neuron, givers) in messages.RankOf(k))
        {
            page.Table(
                $"Who gives {view.NameOf(neuron)} its rank at block {block}: s_i w_ij of eq. (5) by population of i",
                ["from", "share"], givers.Select(g => (string[])[g.From, PageNumbers.Percent(g.Share)]));
        }
        var rows = messages.Of(k);
        if (rows.Count > 0 && _causes.Silent(explained, block) is { Count: > 0 } silent)
        {
            page.Text(string.Create(
                CultureInfo.InvariantCulture,
                $"The ledger accepted rows of {_causes.NamesOf(silent)} in the {PropertyCauses.BlocksBefore} blocks "
                + $"before, and none in block {block}."));
        }
        if (rows.Count > 0)
        {
            page.Table(
                $"Messages to the ledger around block {block}",
                ["neuron", "block", "arrival", "sent by", "row moved by", "on itself", "judged"],
                rows.Select(m => (string[])
                [
                    view.NameOf(m.Neuron), m.Block.ToString(CultureInfo.InvariantCulture),
                    m.Arrival.ToString(CultureInfo.InvariantCulture), view.NameOf(m.From), Number(m.Moved),
                    Number(m.OnItself), m.Refused is null ? "accepted" : $"refused: {m.Refused}",
                ]),
                n => $"message-{k}-{n}");
        }
        AddOutcomes(page, k, explained, block);
    }

    /// <summary>Outcomes at a block against the blocks before the comparison broke, where there are such.</summary>
    void AddOutcomes(PageBuilder page, int k, PropertyExplanation explained, long block)
    {
        var at = view.Overview.Blocks.IndexOf(block);
        var since = explained.BrokenSince is { } broken ? view.Overview.Blocks.IndexOf(broken) : at;
        var first = Math.Max(1, since - PropertyCauses.BlocksBefore);
        int[] before = [.. Enumerable.Range(first, Math.Max(0, since - first))];
        var outcomes = view.Overview.Traffic
            .Select(t => (
                t.Key, Now: (double)t.Value.GetValueOrDefault(at),
                Mean: before.Length == 0 ? 0 : before.Average(b => (double)t.Value.GetValueOrDefault(b))))
            .Where(t => t.Now > 0 || t.Mean > 0);
        page.Html($"<div id=\"outcomes-{k}\">");
        if (before.Length == 0)
        {
            page.Table(
                $"Messages of block {block} by outcome", ["kind and outcome", "messages"],
                outcomes.OrderByDescending(t => t.Now)
                    .Select(t => (string[])[$"{t.Key.Kind} {t.Key.Outcome}", Number(t.Now)]));
        }
        else
        {
            var changed = outcomes.Where(t => t.Now != t.Mean)
                .OrderByDescending(t => Math.Abs(t.Now - t.Mean) / Math.Max(1, Math.Max(t.Now, t.Mean)))
                .ThenByDescending(t => t.Now).ToArray();
            if (changed.Length == 0)
            {
                page.Text($"No count of messages of block {block} differs from the mean of {Named(before)}.");
            }
            else
            {
                page.Table(
                    $"Messages of block {block}, of all neurons, whose count changed, those that changed most first",
                    ["kind and outcome", $"block {block}", $"mean of {Named(before)}", "change"],
                    changed.Take(MostOutcomes).Select(t => (string[])
                        [$"{t.Key.Kind} {t.Key.Outcome}", Number(t.Now), Number(t.Mean), Number(t.Now - t.Mean)]));
            }
            if (changed.Length > MostOutcomes)
            {
                page.Text($"{changed.Length - MostOutcomes} more counts changed less.");
            }
        }
        page.Html("</div>");
    }

    string Named(int[] indices)
    {
        var (first, last) = (view.Overview.Blocks[indices[0]], view.Overview.Blocks[indices[^1]]);
        return first == last ? $"block {first}" : $"blocks {first} to {last}";
    }

    IEnumerable<string> Commands(PropertyExplanation explained, long block)
    {
        if (!replays)
        {
            yield return $"bta run {Path.Combine(folder, RunFolder.ScenarioFile)}    # wall time does not replay: runs anew";
            yield break;
        }
        var window = string.Create(CultureInfo.InvariantCulture, $"--block {Math.Max(0, block - 1)}..{block}");
        int[] neurons = explained.Neurons.IsEmpty
            ? [.. _causes.Silent(explained, block).Take(MostTraced)]
            : [.. explained.Neurons.Select(n => n.Neuron).Distinct()];
        var who = string.Concat(neurons.Select(n => $" --neuron {n}"));
        yield return $"bta trace {folder}{who} {window}    # every message around it";
        yield return $"bta trace {folder}{who} {window} --svg messages.svg    # drawn";
        yield return $"bta replay {folder} --to-block {block}    # runs it again and compares every byte";
    }
}
