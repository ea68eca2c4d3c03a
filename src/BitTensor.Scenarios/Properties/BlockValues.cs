namespace BitTensor.Scenarios;

/// <summary>What a table of metrics says at a block; within the condition of a share, of one neuron.</summary>
/// <param name="Table">The table.</param>
/// <param name="Block">The block.</param>
/// <param name="Neuron">The neuron; null outside of shares.</param>
sealed record BlockValues(MetricTable Table, long Block, int? Neuron = null)
{
    /// <summary>The value of an operand; null where it is missing.</summary>
    public double? Value(Operand operand, int wanted = 0) => Evaluation.Value(operand, Measure, wanted);

    /// <summary>What a condition comes to.</summary>
    public Judged Judge(Condition condition, bool negated = false) => Evaluation.Judge(condition, Measure, negated);

    /// <summary>What a table says at another block; null for the end of a run that ended early.</summary>
    public BlockValues? At(Moment moment) => moment switch
    {
        Moment.Block block => this with { Block = block.Height },
        Moment.Before before => this with { Block = Block - before.Blocks },
        _ => Table.IsCutShort ? null : this with { Block = Table.LastBlock },
    };

    /// <summary>Neurons of the share's population, each with its condition's outcome.</summary>
    public IEnumerable<(int Neuron, Standing Standing)> Standings(Operand.Share share) =>
        Table.NeuronsOf(share.Population).Select(i => (i, StandingOf(share.With, this with { Neuron = i })));

    /// <summary>A metric, a share, or an operand at another block.</summary>
    double? Measure(Operand operand, int wanted) => operand switch
    {
        Operand.Metric { Aggregate: null } metric => Table.Network(metric.Name, Block),
        Operand.Metric { Aggregate: { } aggregate } metric => Aggregated(metric, aggregate),
        Operand.OfNeuron one => Table.Neuron(one.Name, Block, one.Neuron),
        Operand.Own own => Table.Neuron(own.Name, Block, Neuron!.Value),
        Operand.Share share => ShareOf(share, wanted),
        Operand.At at => At(at.Moment)?.Value(at.Of, wanted),
        _ => null,
    };

    double? Aggregated(Operand.Metric metric, Aggregate aggregate)
    {
        var values = Table.NeuronsOf(metric.Population).Select(i => Table.Neuron(metric.Name, Block, i))
            .OfType<double>().ToArray();
        return values.Length == 0 ? null : MetricTable.Combine(values, aggregate);
    }

    /// <summary>
    /// A neuron of which neither the condition nor its opposite holds counts against the comparison: as one that has
    /// the condition where a smaller share is wanted, else as one that has not. Where that is open, the share is NaN.
    /// </summary>
    double? ShareOf(Operand.Share share, int wanted)
    {
        var standings = Standings(share).Select(s => s.Standing).Where(s => s != Standing.Unknown).ToArray();
        if (standings.Length == 0)
        {
            return null;
        }
        var with = standings.Count(s => s == Standing.With);
        var neither = standings.Count(s => s == Standing.Neither);
        return wanted == 0 && neither > 0
            ? double.NaN
            : (double)(with + (wanted < 0 ? neither : 0)) / standings.Length;
    }

    static Standing StandingOf(Condition condition, BlockValues one) => one.Judge(condition).Holds switch
    {
        null => Standing.Unknown,
        true => Standing.With,
        _ => one.Judge(condition, negated: true).Holds == true ? Standing.Without : Standing.Neither,
    };
}

/// <summary>How a neuron stands to the condition of a share.</summary>
enum Standing
{
    /// <summary>It has the condition.</summary>
    With,

    /// <summary>It has the opposite.</summary>
    Without,

    /// <summary>It has neither: a value is NaN.</summary>
    Neither,

    /// <summary>A value is missing.</summary>
    Unknown,
}
