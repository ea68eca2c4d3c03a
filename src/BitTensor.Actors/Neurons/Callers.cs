using BitTensor.Emulation;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>What a serving neuron keeps of each caller: which of its queries and gradients came, and its mask in the block that is open.</summary>
sealed class Callers
{
    ByAddress<Caller> _callers = new();
    // Counts views of the ledger: a mask of another one is none.
    int _view = 1;
    int _masksOf;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _callers.Clear();

    /// <summary>Notes that a query has come now, and tells whether it had before.</summary>
    public Sight NoteAsked(QueryId query) => SeenWindow.Note(ref Of(query.Caller).Asked, query.Sequence);

    /// <summary>Notes that the gradient of a query has come now, and tells whether it had before.</summary>
    public Sight NoteTaught(QueryId query) => SeenWindow.Note(ref Of(query.Caller).Taught, query.Sequence);

    /// <summary>The neuron sees the ledger otherwise than before.</summary>
    public void ForgetMasks() => _view++;

    /// <summary>m_ci of a caller, eq. (7).</summary>
    /// <param name="caller">Any.</param>
    /// <param name="view">How the neuron sees the ledger since <see cref="ForgetMasks"/>.</param>
    public double MaskOf(int caller, LedgerView view)
    {
        if (_masksOf != _view)
        {
            // Of all at once: who bids asks, and what the view holds has left the caches when the next one does.
            foreach (var bidder in view.Block.Callers)
            {
                ref var known = ref Of(bidder);
                (known.Mask, known.View) = (view.MaskFor(bidder), _view);
            }
            _masksOf = _view;
        }
        ref var asked = ref Of(caller);
        return asked.View == _view ? asked.Mask : view.MaskFor(caller);
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
