using System.Globalization;

namespace BitTensor.Scenarios;

/// <summary>What the words of a property of a run mean: its metrics, populations, neurons and blocks.</summary>
/// <param name="populations">Populations of the scenario.</param>
/// <param name="blocks">Blocks of the run.</param>
sealed class NetworkWords(IReadOnlyList<PopulationSpec> populations, int blocks) : PropertyWords
{
    static readonly string[] Names = [.. MetricCatalogue.All.Select(m => m.Name)];

    public override IReadOnlyCollection<string> Metrics => Names;

    public override string Places => "write: at end, at block 10, or at 10 blocks before";

    public override Operand? Metric(PropertyMetric metric, bool ofOne)
    {
        if (!metric.Points.IsEmpty)
        {
            var axis = metric.Points[0].Axis;
            return No<Operand>(axis, ErrorCodes.Property, $"'{Shorten.Of(axis.Text)}' is not a block", Places);
        }
        var name = metric.Name.Text;
        if (MetricCatalogue.Find(name) is not { } known)
        {
            return No<Operand>(
                metric.Name, ErrorCodes.UnknownMetric, $"unknown metric '{Shorten.Of(name)}'", Remedy(name, Names));
        }
        var alone = metric is { Aggregate: null, Population: null, Neuron: null };
        if (!known.OfNeurons)
        {
            return alone
                ? new Operand.Metric(name, null, null)
                : No<Operand>(
                    metric.Name, ErrorCodes.Property, $"'{name}' is one value of the whole network",
                    $"write {name} alone");
        }
        return ofOne && alone ? new Operand.Own(name)
            : metric.Neuron is { } neuron ? OfNeuron(metric, neuron)
            : OfPopulation(metric);
    }

    public override Moment? Moment(PropertyWord word, Func<int, Moment> moment)
    {
        if (int.TryParse(word.Text, CultureInfo.InvariantCulture, out var number) && number <= blocks)
        {
            return moment(number);
        }
        return No<Moment>(
            word, ErrorCodes.Contradiction, $"block {Shorten.Of(word.Text)} is after the end of the run",
            $"the run has {blocks} blocks");
    }

    public override bool Population(PropertyWord word)
    {
        // That nobody takes part is an error of its own.
        if (populations.Count > 0 && populations.All(p => p.Name != word.Text))
        {
            Fault(
                word.At, ErrorCodes.UnknownPopulation, $"no population '{Shorten.Of(word.Text)}'",
                Remedy(word.Text, [.. populations.Select(p => p.Name)]));
        }
        return populations.Any(p => p.Name == word.Text);
    }

    Operand.OfNeuron? OfNeuron(PropertyMetric metric, PropertyWord neuron)
    {
        if (metric.Aggregate is { } aggregate)
        {
            return No<Operand.OfNeuron>(
                aggregate, ErrorCodes.Property, $"one neuron has one value of '{metric.Name.Text}'",
                $"leave out {aggregate.Text}");
        }
        // That nobody takes part is an error of its own.
        var count = populations.Sum(p => (long)p.Count);
        return int.TryParse(neuron.Text, CultureInfo.InvariantCulture, out var id) && id < count
            ? new Operand.OfNeuron(metric.Name.Text, id)
            : count == 0 ? null
            : No<Operand.OfNeuron>(
                neuron, ErrorCodes.Contradiction, $"there is no neuron {Shorten.Of(neuron.Text)}",
                $"the scenario has the neurons 0 to {count - 1}");
    }

    Operand.Metric? OfPopulation(PropertyMetric metric)
    {
        if (metric.Population is { } population && !Population(population))
        {
            return null;
        }
        var named = metric.Population?.Text;
        if (metric.Aggregate is not { } aggregate)
        {
            return populations.Any(p => p.Name == named && p.Count == 1)
                ? new Operand.Metric(metric.Name.Text, Aggregate.Mean, named)
                : No<Operand.Metric>(
                    metric.Name, ErrorCodes.Property, $"'{metric.Name.Text}' has a value per neuron",
                    $"put one of {string.Join(", ", Aggregates)} before it, or name one neuron: of neuron 0");
        }
        return new Operand.Metric(metric.Name.Text, AggregateOf(aggregate), named);
    }
}
