using BitTensor.Actors.Models;
using BitTensor.Actors.View;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>A batch on its way through the peers.</summary>
/// <param name="sequence">The number of its queries.</param>
/// <param name="batch">The batch.</param>
/// <param name="view">The ledger when the batch was sent: its masks are those of the replies.</param>
/// <param name="slots">Slots of the neuron.</param>
sealed class Iteration(long sequence, QueryBatch batch, LedgerView view, int slots)
{
    bool[]? _refused;

    public long Sequence => sequence;

    public QueryBatch Batch => batch;

    public LedgerView View => view;

    /// <summary>Y_k per slot; null where there is none.</summary>
    public Tensor?[] Replies { get; } = new Tensor?[slots];

    /// <summary>Queries sent.</summary>
    public int Asked { get; set; }

    /// <summary>Queries that were answered or refused.</summary>
    public int Heard { get; private set; }

    /// <summary>Queries that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>True when the peer of a slot has answered or refused.</summary>
    public bool HasHeard(int slot) => Replies[slot] is not null || _refused?[slot] == true;

    /// <summary>Notes an answer.</summary>
    public void NoteAnswer(int slot, Tensor output)
    {
        Heard++;
        Answered++;
        Replies[slot] = output;
    }

    /// <summary>Notes that a slot gets no answer.</summary>
    public void NoteRefusal(int slot)
    {
        Heard++;
        (_refused ??= new bool[slots])[slot] = true;
    }
}
