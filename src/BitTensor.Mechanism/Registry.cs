namespace BitTensor.Mechanism;

/// <summary>A registration that a block made.</summary>
/// <param name="Neuron">Id of the neuron.</param>
/// <param name="Index">Its index, in [0, capacity).</param>
public readonly record struct Registration(int Neuron, int Index);

/// <summary>
/// Who is registered in an open network, at which index, and the stake that those outside hold. Ids name neurons, and
/// rows of W name ids; an index is one of the places of the network, of which there are as many as its capacity. A
/// value outside <see cref="Market"/>.
/// </summary>
public sealed class Registry
{
    const int Outside = -1;

    // By id. A neuron has a purse while it is outside, and stake in S while it is registered.
    readonly int[] _index;
    readonly double[] _purse;

    Registry(int[] index, double[] purse, int count)
    {
        (_index, _purse, Count) = (index, purse, count);
    }

    /// <summary>Number of registered neurons, n of the formulas.</summary>
    public int Count { get; private set; }

    /// <summary>True when a neuron is registered.</summary>
    public bool Has(int neuron) => _index[neuron] != Outside;

    /// <summary>Index of a neuron; null when it is not registered.</summary>
    public int? IndexOf(int neuron) => Has(neuron) ? _index[neuron] : null;

    /// <summary>Stake that a neuron holds outside and would bring; 0 while it is registered.</summary>
    public double PurseOf(int neuron) => _purse[neuron];

    /// <summary>Stake that all neurons hold outside.</summary>
    public double Purses => Ranking.Norm(_purse, InflationNorm.L1);

    /// <summary>
    /// The registry at the start: a neuron with a row is registered, and one without is outside with its stake.
    /// </summary>
    internal static Registry Genesis(IReadOnlyList<WeightRow> rows, double[] stake)
    {
        var (index, purse, count) = (new int[rows.Count], new double[rows.Count], 0);
        for (var i = 0; i < index.Length; i++)
        {
            if (rows[i].Count > 0)
            {
                index[i] = count++;
                continue;
            }
            (index[i], purse[i], stake[i]) = (Outside, stake[i], 0);
        }
        return new Registry(index, purse, count);
    }

    internal Registry Copy() => new((int[])_index.Clone(), (double[])_purse.Clone(), Count);

    /// <summary>Registers a neuron at the lowest free index. Returns the registration and the purse.</summary>
    internal (Registration Made, double Purse) Join(int neuron)
    {
        var purse = _purse[neuron];
        var taken = _index.Where(i => i != Outside).ToHashSet();
        var free = Enumerable.Range(0, Count + 1).First(i => !taken.Contains(i));
        (_index[neuron], _purse[neuron]) = (free, 0);
        Count++;
        return (new Registration(neuron, free), purse);
    }
}
