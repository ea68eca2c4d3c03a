using System.Collections.Immutable;

namespace BitTensor.Mechanism;

/// <summary>
/// A change the ledger has admitted: neuron <paramref name="Neuron"/> sets its row to <paramref name="Row"/>.
/// </summary>
public sealed record RowChange(int Neuron, WeightRow Row);

/// <summary>The result of closing one block.</summary>
/// <param name="Next">The market after the block.</param>
/// <param name="Stake">
/// S^t: the stake that weighted the rank, less what new identities paid, shape n; in an open network an entry per id, 0
/// for a neuron that is not registered.
/// </param>
/// <param name="Rank">
/// R of eq. (5), or the scores of another <see cref="RankRule"/>, shape n: the basis of the emission.
/// </param>
/// <param name="Emission">Increment of each stake by eq. (6), shape n.</param>
/// <param name="Mint">Sum of <paramref name="Emission"/>.</param>
public sealed record MarketClose(Market Next, double[] Stake, double[] Rank, double[] Emission, double Mint)
{
    /// <summary>tau of eq. (6) in this block.</summary>
    public double Tau { get; init; }

    /// <summary>Numbers that the ledger set with this block, in force from the next; null for none.</summary>
    public MechanismChange? Set { get; init; }

    /// <summary>The close with a change of the mechanism's numbers from the next block on; null for none.</summary>
    public MarketClose Setting(MechanismChange? change) =>
        change is null ? this : this with { Next = Next.With(change), Set = change };

    /// <summary>Registrations that the block made, in the order of arrival.</summary>
    public ImmutableArray<Registration> Joined { get; init; } = [];

    /// <summary>Stake that the block destroyed: the price of identities, and stake of those who are gone.</summary>
    public double Burned { get; init; }
}

/// <summary>
/// The state every ledger agrees on: weights W, stake S and the height of the next block. A value; <see cref="Close"/>
/// returns the next one. This is Algorithm 1 of the paper, one turn of its loop per block.
/// </summary>
public sealed class Market
{
    readonly WeightRow[] _rows;
    readonly double[] _stake;
    readonly bool[] _registered;
    readonly long[] _votedAt;

    Market(
        long height, WeightRow[] rows, double[] stake, bool[] registered, MechanismParameters parameters,
        long[]? votedAt = null)
    {
        Height = height;
        _rows = rows;
        _stake = stake;
        _registered = registered;
        _votedAt = votedAt ?? new long[rows.Length];
        Parameters = parameters;
    }

    /// <summary>Height of the block that is open for submissions.</summary>
    public long Height { get; }

    /// <summary>Number of ids: of neurons n, in an open network also of those that are not registered.</summary>
    public int Count => _rows.Length;

    /// <summary>Number of registered neurons, n of the formulas.</summary>
    public int Members => Registry?.Count ?? Count;

    /// <summary>Who is registered in an open network; null in a closed one, where everybody is.</summary>
    public Registry? Registry { get; private init; }

    /// <summary>Stake that a registration costs in the open block.</summary>
    public double Price { get; private init; }

    /// <summary>All stake there is: S, and what neurons hold outside.</summary>
    public double Wealth => Ranking.Norm(_stake, InflationNorm.L1) + (Registry?.Purses ?? 0);

    /// <summary>True when a neuron is registered.</summary>
    public bool IsMember(int neuron) => Registry?.Has(neuron) ?? true;

    /// <summary>True when every neuron that a row names is registered.</summary>
    public bool HasMembers(WeightRow row)
    {
        for (var k = 0; Registry is not null && k < row.Count; k++)
        {
            if (!Registry.Has(row.Targets[k]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The mechanism's numbers.</summary>
    public MechanismParameters Parameters { get; }

    /// <summary>Stake S, shape n.</summary>
    public ReadOnlySpan<double> Stake => _stake;

    /// <summary>
    /// Stake that the next change of a neuron's row costs: the price of an identity for the first change, 0 afterwards.
    /// In an open network the registration costs it instead.
    /// </summary>
    public double FeeOf(int neuron) =>
        _registered[neuron] || Registry is not null ? 0 : Parameters.RegistrationCost;

    /// <summary>
    /// B of a rule with bonds after the last block; null for another rule and before the first block.
    /// </summary>
    public Bonds? Bonds => RuleState as Bonds;

    /// <summary>State of the rule after the last block; null without one and before its first block.</summary>
    internal object? RuleState { get; private init; }

    /// <summary>
    /// Block that changed row i last, shape n; 0 for a row that the market began with. It follows from the chain.
    /// </summary>
    public ReadOnlySpan<long> VotedAt => _votedAt;

    /// <summary>Row i of W.</summary>
    public WeightRow Row(int neuron) => _rows[neuron];

    /// <summary>A market before its first block (height 0).</summary>
    /// <param name="rows">W_0; in an open network a neuron with an empty row is outside.</param>
    /// <param name="stake">S^0, and the purse of a neuron outside.</param>
    /// <param name="parameters">The mechanism's numbers.</param>
    /// <exception cref="ArgumentException">
    /// Shapes differ, a stake is negative or not finite, a row is not admissible, or there are more rows than capacity.
    /// </exception>
    public static Market Genesis(
        IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake, MechanismParameters parameters)
    {
        if (rows.Count != stake.Length)
        {
            throw new ArgumentException(
                $"{rows.Count} rows but {stake.Length} stakes: a market needs one of each per neuron.");
        }
        for (var i = 0; i < stake.Length; i++)
        {
            if (!double.IsFinite(stake[i]) || stake[i] < 0)
            {
                throw new ArgumentException($"Stake of neuron {i} is {stake[i]}; it must be finite and at least 0.");
            }
            var isOutside = parameters.Membership is not null && rows[i].Count == 0;
            if (!isOutside && Admission.JudgeFirstRow(rows[i], rows.Count) is { } refusal)
            {
                throw new ArgumentException($"Row of neuron {i} is refused: {refusal}.");
            }
        }
        var held = stake.ToArray();
        var registry = parameters.Membership is null ? null : Registry.Genesis(rows, held);
        if (registry?.Count > parameters.Membership?.Capacity)
        {
            throw new ArgumentException(
                $"{registry!.Count} neurons are registered, but the capacity is {parameters.Membership!.Capacity}.");
        }
        return new Market(0, [.. rows], held, new bool[rows.Count], parameters)
        {
            Registry = registry, Price = parameters.RegistrationCost,
        };
    }

    /// <summary>
    /// A market whose block <paramref name="height"/> is open: every neuron has paid for its identity, and no row is
    /// older than block 0.
    /// </summary>
    /// <param name="height">Height of the open block.</param>
    /// <param name="rows">W.</param>
    /// <param name="stake">S.</param>
    /// <param name="parameters">The mechanism's numbers.</param>
    /// <exception cref="ArgumentException">As for <see cref="Genesis"/>, or the height is negative.</exception>
    public static Market At(
        long height, IReadOnlyList<WeightRow> rows, ReadOnlySpan<double> stake, MechanismParameters parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        var genesis = Genesis(rows, stake, parameters);
        return new Market(height, genesis._rows, genesis._stake, [.. rows.Select(_ => true)], parameters)
        {
            Registry = genesis.Registry, Price = parameters.RegistrationCost,
        };
    }

    /// <summary>
    /// The same market with other numbers. The state is of one kind of rule: another kind begins without any.
    /// </summary>
    internal Market With(MechanismChange change)
    {
        var parameters = change.Apply(Parameters);
        return new Market(Height, _rows, _stake, _registered, parameters, _votedAt)
        {
            RuleState = parameters.Rule.Kind == Parameters.Rule.Kind ? RuleState : null, Registry = Registry,
            Price = Price,
        };
    }

    /// <summary>What the open block would pay for if it closed as the market stands.</summary>
    public RulePay Pay() => Pay(_rows, _stake, _votedAt, RuleState);

    internal RulePay Pay(WeightRow[] rows, double[] stake, long[] votedAt, object? state)
    {
        var counted = Parameters.Roles.Count(rows, stake, votedAt, Height);
        return Parameters.Rule.Pay(counted.Rows, counted.Stake, state, Parameters.Tau);
    }

    /// <summary>
    /// Closes the open block: applies the admitted changes, takes the price of new identities, computes the rank (5) or
    /// the scores of another rule, and adds the emission (6). The order of <paramref name="changes"/> does not matter:
    /// each row changes at most once. A neuron that registers takes part in the rank of this block: its stake is its
    /// purse less the price, its row is on itself, and no other row names it. Where there is no room it replaces the
    /// neuron of least score that may be replaced, the one that registered first of equals: that one's stake leaves
    /// with it or is burned, and its row and its column are cleared, so that no vote for it counts for anybody else.
    /// </summary>
    /// <param name="changes">The admitted changes.</param>
    /// <param name="registering">Ids of neurons that register, in the order of arrival.</param>
    /// <param name="leaving">Ids of neurons that leave; before the registrations.</param>
    /// <exception cref="ArgumentException">
    /// A change or registration is not admissible, or two changes name one neuron.
    /// </exception>
    public MarketClose Close(
        IReadOnlyList<RowChange> changes, IReadOnlyList<int>? registering = null, IReadOnlyList<int>? leaving = null)
    {
        var (rows, before, registered, votedAt) = (
            (WeightRow[])_rows.Clone(), (double[])_stake.Clone(), (bool[])_registered.Clone(),
            (long[])_votedAt.Clone());
        double burned = 0;
        var seen = new bool[Count];
        foreach (var change in changes)
        {
            // The ledger judged each submission on arrival, against this same market. Judging again is an assertion: a
            // ledger, verifier or study that forgets to judge fails here instead of closing a block with a row outside
            // the simplex.
            if (Admission.JudgeChange(this, change) is { } refusal)
            {
                throw new ArgumentException($"Change of neuron {change.Neuron} is refused: {refusal}.");
            }
            if (seen[change.Neuron])
            {
                throw new ArgumentException($"Neuron {change.Neuron} changes its row twice in block {Height}.");
            }
            seen[change.Neuron] = true;
            rows[change.Neuron] = change.Row;
            before[change.Neuron] -= FeeOf(change.Neuron);
            burned += FeeOf(change.Neuron);
            registered[change.Neuron] = true;
            votedAt[change.Neuron] = Height;
        }
        var making = new Registering(this, rows, before, votedAt);
        making.Make(registering ?? [], leaving ?? []);
        burned += making.Burned;
        foreach (var newcomer in making.Joined)
        {
            votedAt[newcomer.Neuron] = Height;
        }
        var pay = Pay(
            rows, before, votedAt, RuleState is Bonds bonds ? bonds.Without(making.Gone) : RuleState);
        var rank = pay.Scores;
        var emission = Parameters.Emission
            ? pay.Emission ?? Ranking.Emission(rank, Parameters.Tau, Parameters.Norm)
            : new double[Count];
        var stake = new double[Count];
        double mint = 0;
        for (var i = 0; i < Count; i++)
        {
            stake[i] = before[i] + emission[i];
            mint += emission[i];
        }
        var next = new Market(Height + 1, rows, stake, registered, After(rows), votedAt)
        {
            RuleState = pay.State, Registry = making.Registry,
            Price = Parameters.Membership?.PriceAfter(Price, making.Joined.Count, Parameters.RegistrationCost) ?? Price,
        };
        return new MarketClose(next, before, rank, emission, mint)
        {
            Tau = Parameters.Tau, Joined = [.. making.Joined], Burned = burned,
        };
    }

    /// <summary>The numbers of the block after one that ends with these rows.</summary>
    MechanismParameters After(WeightRow[] rows) => Parameters.Adaptive is { } control
        ? Parameters with
        {
            Tau = control.Next(Parameters.Tau, TauController.ShareOf(rows), TauController.ShareOf(_rows)),
        }
        : Parameters;

    /// <summary>Stake as eq. (7) sees it, shape n: raw or as share times n.</summary>
    public double[] MaskStake() => Masking.Scaled(_stake, Parameters.StakeScale, Members);

    /// <summary>mu of section 1.5, shape n: mu_j = 1/n sum_i s_i w_ij over the stake as eq. (7) sees it.</summary>
    public double[] Mu() => Ranking.Rank(_rows, MaskStake());
}
