namespace BitTensor.Mechanism;

/// <summary>A registration that a block made.</summary>
/// <param name="Neuron">Id of the neuron.</param>
/// <param name="Index">Its index, in [0, capacity).</param>
/// <param name="Replaced">The neuron that had the index and is registered no longer; null for a free index.</param>
public readonly record struct Registration(int Neuron, int Index, int? Replaced = null);

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
    readonly long[] _since;

    Registry(int[] index, double[] purse, long[] since, int count)
    {
        (_index, _purse, _since, Count) = (index, purse, since, count);
    }

    /// <summary>Number of registered neurons, n of the formulas.</summary>
    public int Count { get; private set; }

    /// <summary>True when a neuron is registered.</summary>
    public bool Has(int neuron) => _index[neuron] != Outside;

    /// <summary>Index of a neuron; null when it is not registered.</summary>
    public int? IndexOf(int neuron) => Has(neuron) ? _index[neuron] : null;

    /// <summary>Stake that a neuron holds outside and would bring; 0 while it is registered.</summary>
    public double PurseOf(int neuron) => _purse[neuron];

    /// <summary>Height of the block that registered a neuron; 0 for one that is registered from the start.</summary>
    public long SinceOf(int neuron) => _since[neuron];

    /// <summary>The neurons that may be replaced in a block: registered before it, and not immune. Ascending.</summary>
    /// <param name="height">Height of the block.</param>
    /// <param name="immunity">Blocks for which a registration is immune.</param>
    public IEnumerable<int> Replaceable(long height, int immunity) =>
        Enumerable.Range(0, _index.Length).Where(i => Has(i) && height >= _since[i] + immunity);

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
        return new Registry(index, purse, new long[index.Length], count);
    }

    internal Registry Copy() =>
        new((int[])_index.Clone(), (double[])_purse.Clone(), (long[])_since.Clone(), Count);

    /// <summary>Registers a neuron at the lowest free index. Returns the registration and the purse.</summary>
    internal (Registration Made, double Purse) Join(int neuron, long height)
    {
        var purse = _purse[neuron];
        var taken = _index.Where(i => i != Outside).ToHashSet();
        var free = Enumerable.Range(0, Count + 1).First(i => !taken.Contains(i));
        (_index[neuron], _purse[neuron], _since[neuron]) = (free, 0, height);
        Count++;
        return (new Registration(neuron, free), purse);
    }

    /// <summary>Ends the registration of a neuron, which takes this stake outside.</summary>
    internal void Leave(int neuron, double purse)
    {
        (_index[neuron], _purse[neuron]) = (Outside, purse);
        Count--;
    }
}
