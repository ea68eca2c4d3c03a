using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Run;

/// <summary>
/// Measures how long queries take. A caller has one open query per peer, and an answer is used only by the iteration
/// that asked, so the time runs from the caller's last query of that peer.
/// </summary>
sealed class LatencyObserver : RunObserver
{
    readonly Dictionary<long, double> _asked = [];
    readonly List<QueryLatencies> _rows = [];
    readonly List<double> _open = [];
    long _block;

    public override void BlockClosed(LedgerBlock block, Market next)
    {
        Close();
        _block = next.Height;
    }

    public override void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome)
    {
        if (outcome == ParcelOutcome.Sent && parcel.Kind == ParcelKind.Forward)
        {
            _asked[Pair(parcel.From, parcel.To)] = at.TotalMilliseconds;
        }
        else if (outcome == ParcelOutcome.Used && _asked.TryGetValue(Pair(parcel.To, parcel.From), out var asked))
        {
            _open.Add(at.TotalMilliseconds - asked);
        }
    }

    /// <summary>Writes what was measured into a run folder.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string folder)
    {
        Close();
        LatencyTable.Write(folder, _rows);
    }

    static long Pair(int caller, int peer) => ((long)caller << 32) | (uint)peer;

    /// <summary>What comes after the last block counts there, as in the journal.</summary>
    void Close()
    {
        if (_open.Count > 0)
        {
            _rows.Add(QueryLatencies.Of(_block, _open));
            _open.Clear();
        }
    }
}
