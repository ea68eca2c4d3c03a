using System.Globalization;

namespace BitTensor.Mechanism;

/// <summary>The votes that a block counts.</summary>
/// <param name="Rows">W, n rows; a weight of 0 on its owner alone where a row does not count.</param>
/// <param name="Stake">S, shape n; 0 where a row does not count.</param>
public sealed record CountedVotes(IReadOnlyList<WeightRow> Rows, double[] Stake);

/// <summary>
/// Whose rows a block counts, and how far: what a rule ranks by is W and S of those who vote. The ledger keeps every
/// row as its owner set it; masks (7) and mu follow from all of W and S. Pure.
/// </summary>
public sealed record VoterRoles
{
    /// <summary>Every row counts, as in the paper.</summary>
    public static VoterRoles None { get; } = new();

    /// <summary>K of <see cref="Mechanism.Validators"/>, at least 1; null lets all vote.</summary>
    public int? Validators { get; init; }

    /// <summary>s_min of <see cref="Mechanism.LeastStake"/>, at least 0.</summary>
    public double LeastStake { get; init; }

    /// <summary>A of <see cref="Mechanism.ActivityCutoff"/>, blocks, at least 0; null counts rows of any age.</summary>
    public long? ActivityCutoff { get; init; }

    /// <summary>w_max of <see cref="Mechanism.MaxWeight"/>, in (0, 1); null for no bound.</summary>
    public double? MaxWeight { get; init; }

    /// <summary>m of <see cref="Mechanism.MinTargets"/>, at least 1; null counts every row.</summary>
    public int? MinTargets { get; init; }

    /// <summary>The votes that count.</summary>
    /// <param name="rows">W, n rows.</param>
    /// <param name="stake">S, shape n.</param>
    /// <param name="votedAt">Block that changed row i last, shape n; 0 for a row that the market began with.</param>
    /// <param name="height">The block.</param>
    public CountedVotes Count(
        IReadOnlyList<WeightRow> rows, double[] stake, ReadOnlySpan<long> votedAt, long height)
    {
        if (this == None)
        {
            return new CountedVotes(rows, stake);
        }
        var (counted, held) = (new WeightRow[rows.Count], new double[rows.Count]);
        var permitted = Mechanism.Validators.Of(stake, Validators);
        for (var i = 0; i < counted.Length; i++)
        {
            var votes = permitted[i] && Mechanism.LeastStake.Votes(stake[i], LeastStake)
                && Mechanism.ActivityCutoff.Votes(height, votedAt[i], ActivityCutoff)
                && Mechanism.MinTargets.Votes(rows[i], MinTargets);
            (counted[i], held[i]) = votes
                ? (Mechanism.MaxWeight.Of(rows[i], MaxWeight), stake[i])
                : (Uncounted(rows[i], i), 0);
        }
        return new CountedVotes(counted, held);
    }

    /// <summary>A row without weight. A row without entries would be that of a neuron that is not registered.</summary>
    static WeightRow Uncounted(WeightRow row, int owner) => row.Count == 0 ? row : WeightRow.Of([owner], [0.0]);

    /// <summary>The roles in one line, as the ledger keeps them; empty for <see cref="None"/>.</summary>
    public override string ToString() => string.Join(
        ' ', new[]
        {
            Word("validators", Validators), Word<double>("least-stake", LeastStake > 0 ? LeastStake : null),
            Word("activity-cutoff", ActivityCutoff), Word("max-weight", MaxWeight), Word("min-targets", MinTargets),
        }.OfType<string>());

    /// <summary>Parses the text of <see cref="ToString"/>; null when it is something else.</summary>
    public static VoterRoles? Parse(string text)
    {
        var roles = None;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word.Split('='))
            {
                case ["validators", var number] when Whole(number) is >= 1 and <= int.MaxValue and var most:
                    roles = roles with { Validators = (int)most };
                    break;
                case ["least-stake", var number] when Real(number) is > 0 and var least:
                    roles = roles with { LeastStake = least };
                    break;
                case ["activity-cutoff", var number] when Whole(number) is >= 0 and var cutoff:
                    roles = roles with { ActivityCutoff = cutoff };
                    break;
                case ["max-weight", var number] when Real(number) is > 0 and < 1 and var most:
                    roles = roles with { MaxWeight = most };
                    break;
                case ["min-targets", var number] when Whole(number) is >= 1 and <= int.MaxValue and var least:
                    roles = roles with { MinTargets = (int)least };
                    break;
                default:
                    return null;
            }
        }
        return roles.ToString() == text ? roles : null;
    }

    static string? Word<T>(string name, T? value)
        where T : struct, IFormattable =>
        value is { } number ? $"{name}={number.ToString(null, CultureInfo.InvariantCulture)}" : null;

    static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    static double? Real(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
}
