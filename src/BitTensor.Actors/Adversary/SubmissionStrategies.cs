using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.Adversary;

/// <summary>Decides when others do and submits last. Rows are sealed until the block closes, so W and S are the same as without it.</summary>
sealed class LastMover(TimeSpan margin) : Strategy
{
    public override TimeSpan SubmitsAfter(TimeSpan interval) => interval > margin ? interval - margin : TimeSpan.Zero;
}

/// <summary>Two signed rows for one block: the second one is refused as TooFast, and both signatures stay in the ledger as evidence.</summary>
sealed class Equivocate : Strategy
{
    public override IReadOnlyList<LedgerMessage.SubmitWeights> Submissions(Pen pen)
    {
        var other = pen.Next.Values.ToArray();
        Array.Reverse(other);
        return [pen.Sign(pen.Next), pen.Sign(pen.Row.With(other))];
    }
}

/// <summary>Submits what <see cref="Admission"/> must refuse, each refused by a name of its own. Rows with a target twice cannot be written at all.</summary>
sealed class Malformed(string kind) : Strategy
{
    static readonly string[] Kinds =
        ["not-a-number", "negative", "sum", "unknown-target", "step", "foreign", "replay", "signature", "stale", "future", "run"];

    LedgerMessage.SubmitWeights? _first;

    public override IReadOnlyList<LedgerMessage.SubmitWeights> Submissions(Pen pen)
    {
        _first ??= pen.Sign(pen.Next);
        return [Bad(kind == "cycle" ? Kinds[pen.Block % Kinds.Length] : kind, pen)];
    }

    LedgerMessage.SubmitWeights Bad(string how, Pen pen)
    {
        var (row, last) = (pen.Row, pen.Row.Count - 1);
        WeightRow Changed(int at, Func<double, double> change)
        {
            var values = row.Values.ToArray();
            values[at] = change(values[at]);
            return row.With(values);
        }
        return how switch
        {
            "not-a-number" => pen.Sign(Changed(last, static _ => double.NaN)),
            "negative" => pen.Sign(Changed(0, static w => w - 1.5)),
            "sum" => pen.Sign(Changed(0, static w => w + 1e-6)),
            "unknown-target" => pen.Sign(WeightRow.Of([int.MaxValue], [1])),
            "step" => pen.Sign(FarFrom(pen)),
            "foreign" => pen.Key.Sign(pen.Run, pen.Self == 0 ? 1 : 0, pen.Block, row),
            "replay" when _first!.Block < pen.Block => _first,
            "signature" => Torn(pen.Sign(pen.Next)),
            "stale" or "replay" => pen.Key.Sign(pen.Run, pen.Self, pen.Block - 1, pen.Next),
            "future" => pen.Key.Sign(pen.Run, pen.Self, pen.Block + 1, pen.Next),
            _ => pen.Key.Sign(pen.Run + "-another", pen.Self, pen.Block, pen.Next),
        };
    }

    /// <summary>All weight on the entry that has least of it. A bound that admits even that cannot be broken: then it is a row without sum 1.</summary>
    static WeightRow FarFrom(Pen pen)
    {
        var values = new double[pen.Row.Count];
        values[pen.Row.Values.IndexOf(Least(pen.Row.Values))] = 1;
        var far = pen.Row.With(values);
        return WeightRow.Distance(far, pen.Row) > pen.Epsilon ? far : pen.Row.With(Array.ConvertAll(values, v => 2 * v));
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
