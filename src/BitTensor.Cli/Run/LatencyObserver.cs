using BitTensor.Actors.Context;
using BitTensor.Mechanism;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Run;

/// <summary>Measures how long queries take, from the caller's question to the answer that it uses.</summary>
sealed class LatencyObserver : RunObserver
{
    readonly List<QueryLatencies> _rows = [];
    readonly List<double> _open = [];
    long _block;

    public override bool SeesParcels => false;

    public override void BlockClosed(LedgerBlock block, Market next)
    {
        Close();
        _block = next.Height;
    }

    public override void Answered(TimeSpan took) => _open.Add(took.TotalMilliseconds);

    /// <summary>Writes what was measured into a run folder.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string folder)
    {
        Close();
        LatencyTable.Write(folder, _rows);
    }

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
