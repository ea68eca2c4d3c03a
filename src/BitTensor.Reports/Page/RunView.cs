using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Reports;

/// <summary>
/// What the sections of a run's page share: the run, read, and which of its blocks, populations and neurons have room.
/// </summary>
sealed class RunView
{
    // A page has at most 2 MB; a number takes some seven bytes.
    const int MostValues = 120_000;
    const int MostNeuronValues = 60_000;
    const int MostBlocks = 600;
    const int MostPopulations = 40;
    const int CurvesPerPopulation = 30;
    const int NeuronFigures = 9;

    /// <summary>Chooses what has room.</summary>
    /// <param name="run">The run.</param>
    /// <param name="scenario">Its scenario.</param>
    /// <param name="table">Its metrics.</param>
    /// <param name="overview">The rest of it.</param>
    /// <param name="verdict">Its verdict.</param>
    public RunView(RunData run, Scenario scenario, MetricTable table, RunOverview overview, RunVerdict verdict)
    {
        (Run, Scenario, Table, Overview, Verdict) = (run, scenario, table, overview, verdict);
        Explanations = [
            .. scenario.Expect.Zip(verdict.Properties)
                .Select(p => PropertyExplanation.Of(p.First, p.Second, table, verdict.Events)),
        ];
        Populations = [.. run.Populations.Take(MostPopulations)];
        Kept = [.. KeptBlocks()];
        Shown = [.. ShownNeurons().Order()];
    }

    /// <summary>The run.</summary>
    public RunData Run { get; }

    /// <summary>Its scenario.</summary>
    public Scenario Scenario { get; }

    /// <summary>Its metrics.</summary>
    public MetricTable Table { get; }

    /// <summary>Blocks, traffic and W.</summary>
    public RunOverview Overview { get; }

    /// <summary>Its verdict.</summary>
    public RunVerdict Verdict { get; }

    /// <summary>One per property.</summary>
    public ImmutableArray<PropertyExplanation> Explanations { get; }

    /// <summary>Populations that are drawn.</summary>
    public ImmutableArray<string> Populations { get; }

    /// <summary>Indices of the blocks that are drawn, ascending.</summary>
    public ImmutableArray<int> Kept { get; }

    /// <summary>Neurons whose own curves the page holds, ascending.</summary>
    public ImmutableArray<int> Shown { get; }

    /// <summary>Heights of the blocks that are drawn.</summary>
    public IEnumerable<long> Blocks => Kept.Select(k => Overview.Blocks[k]);

    /// <summary>What the page leaves out, a sentence each.</summary>
    public IEnumerable<string> LeftOut()
    {
        if (Kept.Length < Overview.Blocks.Count)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Kept.Length} of {Overview.Blocks.Count} blocks are drawn, evenly spaced, and with them all that "
                + $"decided a property.");
        }
        if (Populations.Length < Run.Populations.Length)
        {
            yield return $"{Populations.Length} of {Run.Populations.Length} populations are drawn, the first ones.";
        }
        if (Shown.Length < Run.Count)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The page holds the curves of {Shown.Length} of {Run.Count} single neurons: those that decided a "
                + $"property, and of each population some, evenly spaced.");
        }
    }

    /// <summary>Population and id of a neuron.</summary>
    public string NameOf(int neuron) => neuron >= 0 && neuron < Run.Count
        ? string.Create(CultureInfo.InvariantCulture, $"neuron {neuron} ({Run.PopulationOf[neuron]})")
        : TracedMessage.NameOf(neuron);

    /// <summary>Position of an emulated time on the axis of blocks: block h - 1 closes at h - 1.</summary>
    public double PositionOf(double ms)
    {
        var next = Overview.AtMs.FindIndex(at => at >= ms);
        if (next <= 0)
        {
            return next == 0 ? Overview.Blocks[0] : Overview.Blocks[^1];
        }
        var (before, after) = (Overview.AtMs[next - 1], Overview.AtMs[next]);
        return Overview.Blocks[next - 1] + (after > before ? (ms - before) / (after - before) : 1);
    }

    IEnumerable<int> KeptBlocks()
    {
        var count = Overview.Blocks.Count;
        var room = Math.Clamp(MostValues / (CurvesPerPopulation * Populations.Length), 50, MostBlocks);
        var wanted = Explanations.SelectMany(e => new[] { e.Verdict.Block, e.Tightest?.Block, e.BrokenSince })
            .OfType<long>().ToHashSet();
        var stride = (count + room - 1) / room;
        return Enumerable.Range(0, count)
            .Where(k => k % stride == 0 || k == count - 1 || wanted.Contains(Overview.Blocks[k]));
    }

    IEnumerable<int> ShownNeurons()
    {
        var room = Math.Min(Run.Count, Math.Max(4, MostNeuronValues / (NeuronFigures * Kept.Length)));
        var shown = Explanations.SelectMany(e => e.Neurons).Select(n => n.Neuron).Distinct().Take(room).ToHashSet();
        var each = Math.Max(1, room / Run.Populations.Length);
        foreach (var neurons in Run.Populations.Select(p => Run.NeuronsOf(p).ToArray()))
        {
            for (var k = 0; k < Math.Min(each, neurons.Length) && shown.Count < room; k++)
            {
                shown.Add(neurons[(int)((long)k * neurons.Length / Math.Min(each, neurons.Length))]);
            }
        }
        // Small populations leave room to larger ones.
        shown.UnionWith(Enumerable.Range(0, Run.Count)
            .Where(i => !shown.Contains(i)).Take(room - shown.Count).ToArray());
        return shown;
    }
}
