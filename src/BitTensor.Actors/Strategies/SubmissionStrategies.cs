using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.Strategies;

/// <summary>
/// Decides at the same time as the others and submits last. Rows are sealed until the block closes, so W and S are the
/// same as without it.
/// </summary>
sealed class LastMover(TimeSpan margin) : Strategy
{
    public override TimeSpan SubmitsAfter(TimeSpan interval) => interval > margin ? interval - margin : TimeSpan.Zero;
}

/// <summary>
/// Two signed rows for one block: the second one is refused as TooFast, and both signatures stay in the ledger as
/// evidence.
/// </summary>
sealed class Equivocate : Strategy
{
    public override IReadOnlyList<LedgerMessage.SubmitWeights> Submissions(SubmissionSigner signer)
    {
        var other = signer.Next.Values.ToArray();
        Array.Reverse(other);
        return [signer.Sign(signer.Next), signer.Sign(signer.Next.With(other))];
    }
}

/// <summary>
/// Submits rows that <see cref="Admission"/> must refuse, each for a reason of its own. A row with a target twice
/// cannot be written at all.
/// </summary>
sealed class Malformed(string kind) : Strategy
{
    static readonly string[] Kinds =
    [
        "not-a-number", "negative", "sum", "unknown-target", "step", "foreign", "replay", "signature", "stale",
        "future", "run",
    ];

    LedgerMessage.SubmitWeights? _first;

    public override IReadOnlyList<LedgerMessage.SubmitWeights> Submissions(SubmissionSigner signer)
    {
        _first ??= signer.Sign(signer.Next);
        return [Bad(kind == "cycle" ? Kinds[signer.Block % Kinds.Length] : kind, signer)];
    }

    LedgerMessage.SubmitWeights Bad(string how, SubmissionSigner signer)
    {
        var (row, last) = (signer.Row, signer.Row.Count - 1);
        WeightRow Changed(int at, Func<double, double> change)
        {
            var values = row.Values.ToArray();
            values[at] = change(values[at]);
            return row.With(values);
        }
        return how switch
        {
            "not-a-number" => signer.Sign(Changed(last, static _ => double.NaN)),
            "negative" => signer.Sign(Changed(0, static w => w - 1.5)),
            "sum" => signer.Sign(Changed(0, static w => w + 1e-6)),
            "unknown-target" => signer.Sign(WeightRow.Of([int.MaxValue], [1])),
            "step" => signer.Sign(FarFrom(signer)),
            "foreign" => signer.Key.Sign(signer.Run, signer.Self == 0 ? 1 : 0, signer.Block, row),
            "replay" when _first!.Block < signer.Block => _first,
            "signature" => Torn(signer.Sign(signer.Next)),
            "stale" or "replay" => signer.Key.Sign(signer.Run, signer.Self, signer.Block - 1, signer.Next),
            "future" => signer.Key.Sign(signer.Run, signer.Self, signer.Block + 1, signer.Next),
            _ => signer.Key.Sign(signer.Run + "-another", signer.Self, signer.Block, signer.Next),
        };
    }

    /// <summary>
    /// All weight on the entry with the least weight. When the bound admits even that row, a row without sum 1.
    /// </summary>
    static WeightRow FarFrom(SubmissionSigner signer)
    {
        var values = new double[signer.Row.Count];
        values[signer.Row.Values.IndexOf(Least(signer.Row.Values))] = 1;
        var far = signer.Row.With(values);
        return WeightRow.Distance(far, signer.Row) > signer.Epsilon
            ? far
            : signer.Row.With(Array.ConvertAll(values, v => 2 * v));
    }

    static double Least(ReadOnlySpan<double> values)
    {
        var least = double.PositiveInfinity;
        foreach (var value in values)
        {
            least = Math.Min(least, value);
        }
        return least;
    }

    static LedgerMessage.SubmitWeights Torn(LedgerMessage.SubmitWeights submission) =>
        submission with { Signature = submission.Signature.SetItem(0, (byte)(submission.Signature[0] ^ 1)) };
}
