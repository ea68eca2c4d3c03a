namespace BitTensor.Mechanism;

/// <summary>Why the ledger refuses a submission. Names are part of the protocol.</summary>
public enum Refusal
{
    /// <summary>The signature does not verify under the neuron's key.</summary>
    BadSignature,

    /// <summary>No neuron has this id.</summary>
    UnknownNeuron,

    /// <summary>The sender is not the owner of the row.</summary>
    NotOwner,

    /// <summary>The submission names another run.</summary>
    WrongRun,

    /// <summary>The submission names a block that is already closed.</summary>
    StaleBlock,

    /// <summary>The submission names a block that is not open yet.</summary>
    FutureBlock,

    /// <summary>The row has no entries, or names a neuron that does not exist or is not registered.</summary>
    BadShape,

    /// <summary>A weight is NaN or infinite.</summary>
    NotFinite,

    /// <summary>A weight is below zero.</summary>
    Negative,

    /// <summary>The row does not sum to 1 within <see cref="WeightRow.SumTolerance"/>.</summary>
    RowNotNormalised,

    /// <summary>|dW_i|_2 exceeds epsilon.</summary>
    StepTooLarge,

    /// <summary>The neuron has already submitted for this block.</summary>
    TooFast,

    /// <summary>
    /// The ledger accepts committed rows only, and this row is not the one committed to for this block.
    /// </summary>
    NotCommitted,

    /// <summary>The ledger takes rows without commitments.</summary>
    NoCommitments,

    /// <summary>The neuron holds less stake than its first row or its registration costs.</summary>
    CannotPay,

    /// <summary>The neuron is not registered.</summary>
    NotRegistered,

    /// <summary>The neuron is registered.</summary>
    AlreadyRegistered,

    /// <summary>As many identities as the capacity allows are registered, and none may be replaced.</summary>
    Full,

    /// <summary>The network is closed: nobody registers or leaves while it runs.</summary>
    Closed,

    /// <summary>No other neuron would be registered.</summary>
    Last,
}

/// <summary>The rules a row must obey to enter W (section 1.3). Pure: judging changes nothing.</summary>
public static class Admission
{
    /// <summary>Judges shape, finiteness, sign and sum of a row. Null when admissible.</summary>
    public static Refusal? JudgeRow(WeightRow row, int count)
    {
        if (row.Count == 0 || row.Targets[0] < 0 || row.Targets[^1] >= count)
        {
            return Refusal.BadShape;
        }
        double sum = 0;
        var negative = false;
        foreach (var value in row.Values)
        {
            if (!double.IsFinite(value))
            {
                return Refusal.NotFinite;
            }
            negative |= value < 0;
            sum += value;
        }
        if (negative)
        {
            return Refusal.Negative;
        }
        return Math.Abs(sum - 1) > WeightRow.SumTolerance ? Refusal.RowNotNormalised : null;
    }

    /// <summary>
    /// Judges a row that the market begins with: a row of a submission, or zeros for a neuron that has not voted. Null
    /// when admissible.
    /// </summary>
    public static Refusal? JudgeFirstRow(WeightRow row, int count) =>
        JudgeRow(row, count) is { } refusal && !(refusal == Refusal.RowNotNormalised && row.IsZero) ? refusal : null;

    /// <summary>
    /// The size of a change, |dW_i|_2, that epsilon bounds. The first row of a neuron that has not voted changes none:
    /// its size is 0.
    /// </summary>
    public static double StepOf(WeightRow from, WeightRow to) => from.IsZero ? 0 : WeightRow.Distance(from, to);

    /// <summary>
    /// Judges a change against the market: the row itself, its owner, and the bound epsilon. Null when admissible.
    /// </summary>
    public static Refusal? JudgeChange(Market market, RowChange change)
    {
        if (change.Neuron < 0 || change.Neuron >= market.Count)
        {
            return Refusal.UnknownNeuron;
        }
        if (!market.IsMember(change.Neuron))
        {
            return Refusal.NotRegistered;
        }
        if (JudgeRow(change.Row, market.Count) is { } refusal)
        {
            return refusal;
        }
        return !market.HasMembers(change.Row) ? Refusal.BadShape
            : StepOf(market.Row(change.Neuron), change.Row) > market.Parameters.Epsilon ? Refusal.StepTooLarge
            : market.FeeOf(change.Neuron) > market.Stake[change.Neuron] ? Refusal.CannotPay
            : null;
    }

    /// <summary>Judges the registration of a neuron against the market. Null when admissible.</summary>
    /// <param name="market">The market the block closes on.</param>
    /// <param name="neuron">Id of the neuron.</param>
    /// <param name="admitted">Registrations admitted to the block so far.</param>
    public static Refusal? JudgeRegistration(Market market, int neuron, int admitted)
    {
        if (market.Registry is not { } registry)
        {
            return Refusal.Closed;
        }
        if (neuron < 0 || neuron >= market.Count)
        {
            return Refusal.UnknownNeuron;
        }
        var rules = market.Parameters.Membership!;
        bool IsFull() => registry.Count + admitted >= rules.Capacity
            && registry.Count + admitted - rules.Capacity
                >= registry.Replaceable(market.Height, rules.Immunity).Count();
        return registry.Has(neuron) ? Refusal.AlreadyRegistered
            : IsFull() ? Refusal.Full
            : registry.PurseOf(neuron) < market.Price ? Refusal.CannotPay
            : null;
    }

    /// <summary>Judges the leaving of a neuron against the market. Null when admissible.</summary>
    /// <param name="market">The market the block closes on.</param>
    /// <param name="neuron">Id of the neuron.</param>
    /// <param name="admitted">Leavings admitted to the block so far.</param>
    public static Refusal? JudgeLeaving(Market market, int neuron, int admitted) =>
        market.Registry is not { } registry ? Refusal.Closed
        : neuron < 0 || neuron >= market.Count ? Refusal.UnknownNeuron
        : !registry.Has(neuron) ? Refusal.NotRegistered
        : registry.Count - admitted <= 1 ? Refusal.Last
        : null;

    /// <summary>Judges the block a submission names against the block that is open. Null when it is that one.</summary>
    public static Refusal? JudgeBlock(long submitted, long open) =>
        submitted == open ? null : submitted < open ? Refusal.StaleBlock : Refusal.FutureBlock;
}
