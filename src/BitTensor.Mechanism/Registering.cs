namespace BitTensor.Mechanism;

/// <summary>The leavings and registrations of one block, made on copies of its rows and its stake.</summary>
/// <param name="market">The market the block closes on.</param>
/// <param name="rows">W with the changes of the block; changed.</param>
/// <param name="stake">S less fees; changed.</param>
/// <param name="votedAt">Block that changed row i last.</param>
sealed class Registering(Market market, WeightRow[] rows, double[] stake, long[] votedAt)
{
    readonly HashSet<int> _gone = [];
    double[]? _scores;

    /// <summary>Who is registered now.</summary>
    public Registry? Registry { get; private set; } = market.Registry;

    /// <summary>The registrations made, in the order of arrival.</summary>
    public List<Registration> Joined { get; } = [];

    /// <summary>The neurons that left or were replaced.</summary>
    public IReadOnlySet<int> Gone => _gone;

    /// <summary>Stake destroyed.</summary>
    public double Burned { get; private set; }

    /// <summary>
    /// Lets neurons go, and then registers others: gives each an index, a row on itself, and its purse less the price.
    /// </summary>
    /// <exception cref="ArgumentException">A registration or a leaving is not admissible.</exception>
    public void Make(IReadOnlyList<int> registering, IReadOnlyList<int> leaving)
    {
        Registry = registering.Count + leaving.Count > 0 ? Registry?.Copy() : Registry;
        foreach (var neuron in leaving)
        {
            var refusal = Admission.JudgeLeaving(market, neuron, _gone.Count);
            if (refusal is not null || !Registry!.Has(neuron))
            {
                throw new ArgumentException(
                    $"Leaving of neuron {neuron} is refused: {refusal ?? Refusal.TooFast}.");
            }
            Remove(neuron, Registry);
        }
        foreach (var neuron in registering)
        {
            // As with changes, judging again is an assertion.
            var refusal = Admission.JudgeRegistration(market, neuron, Joined.Count);
            if (refusal is not null || Registry!.Has(neuron))
            {
                throw new ArgumentException(
                    $"Registration of neuron {neuron} is refused: {refusal ?? Refusal.TooFast}.");
            }
            Join(neuron, Registry);
        }
        for (var i = 0; _gone.Count > 0 && i < rows.Length; i++)
        {
            rows[i] = _gone.Contains(i) ? WeightRow.Empty : rows[i].Without(i, _gone);
        }
        foreach (var made in Joined)
        {
            rows[made.Neuron] = WeightRow.Uniform([made.Neuron]);
        }
    }

    void Join(int neuron, Registry registry)
    {
        int? replaced = registry.Count < market.Parameters.Membership!.Capacity ? null : Least(registry);
        if (replaced is { } least)
        {
            Remove(least, registry);
        }
        var (made, purse) = registry.Join(neuron, market.Height);
        Joined.Add(made with { Replaced = replaced });
        stake[neuron] = purse - market.Price;
        Burned += market.Price;
    }

    /// <summary>The neuron that a newcomer replaces, by the scores of this block without newcomers.</summary>
    int Least(Registry registry)
    {
        _scores ??= market.Pay(rows, stake, votedAt, market.RuleState).Scores;
        return market.Registry!.Replaceable(market.Height, market.Parameters.Membership!.Immunity)
            .Where(i => registry.Has(i) && !_gone.Contains(i))
            .OrderBy(i => _scores[i]).ThenBy(registry.SinceOf).ThenBy(i => i).First();
    }

    void Remove(int neuron, Registry registry)
    {
        var burns = market.Parameters.Membership!.BurnsStake;
        Burned += burns ? stake[neuron] : 0;
        registry.Leave(neuron, burns ? 0 : stake[neuron]);
        stake[neuron] = 0;
        _gone.Add(neuron);
    }
}
