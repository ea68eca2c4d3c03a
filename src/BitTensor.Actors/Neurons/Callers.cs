using BitTensor.Actors.View;
using BitTensor.Emulation;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// What a serving neuron keeps of each caller: which of its queries and gradients came, and its mask in the block that
/// is open.
/// </summary>
sealed class Callers
{
    ByAddress<Caller> _callers = new();
    // A caller's mask holds for one view of the ledger; views are counted.
    LedgerView? _view;
    int _views;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _callers.Clear();

    /// <summary>Notes that a query has come now, and tells whether it had before.</summary>
    public Sight NoteAsked(QueryId query) => SeenWindow.Note(ref Of(query.Caller).Asked, query.Sequence);

    /// <summary>Notes that the gradient of a query has come now, and tells whether it had before.</summary>
    public Sight NoteTaught(QueryId query) => SeenWindow.Note(ref Of(query.Caller).Taught, query.Sequence);

    /// <summary>m_ci of a caller, eq. (7).</summary>
    /// <param name="caller">Any address.</param>
    /// <param name="view">What the neuron knows of the ledger.</param>
    public double MaskOf(int caller, LedgerView view)
    {
        if (_view != view)
        {
            (_view, _views) = (view, _views + 1);
            // Of all at once: a caller that bids will query, and what the view holds has left the caches by then.
            foreach (var bidder in view.Block.Callers)
            {
                ref var known = ref Of(bidder);
                (known.Mask, known.View) = (view.MaskFor(bidder), _views);
            }
        }
        ref var asked = ref Of(caller);
        return asked.View == _views ? asked.Mask : view.MaskFor(caller);
    }

    ref Caller Of(int caller) => ref _callers.Of(caller, out _);

    struct Caller
    {
        public SeenWindow Asked;
        public SeenWindow Taught;
        public double Mask;
        public int View;
    }
}
