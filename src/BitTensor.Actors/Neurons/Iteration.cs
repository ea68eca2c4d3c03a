using BitTensor.Actors.Models;
using BitTensor.Actors.View;
using BitTensor.Learning;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>A batch on its way through the peers.</summary>
/// <param name="sequence">The number of its queries.</param>
/// <param name="batch">The batch.</param>
/// <param name="view">The ledger when the batch was sent: its masks are those of the replies.</param>
/// <param name="slots">Slots of the neuron.</param>
sealed class Iteration(long sequence, QueryBatch batch, LedgerView view, int slots)
{
    readonly TimeSpan[] _askedAt = new TimeSpan[slots];
    bool[]? _refused;
    bool[]? _asked;
    int _returned;

    public long Sequence => sequence;

    public QueryBatch Batch => batch;

    public LedgerView View => view;

    /// <summary>Y_k per slot; null where there is none.</summary>
    public Tensor?[] Replies { get; } = new Tensor?[slots];

    /// <summary>Queries sent.</summary>
    public int Asked { get; private set; }

    /// <summary>The slots of a neuron that chooses: whom it asked, and itself. Null where it asks all.</summary>
    public bool[]? AskedSlots => _asked;

    /// <summary>The peers in the order in which they are asked; null where all are.</summary>
    public int[]? Order { get; private set; }

    /// <summary>Queries that were answered or refused.</summary>
    public int Heard { get; private set; }

    /// <summary>Queries that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Who is asked about which examples; null where all are asked about all.</summary>
    public GateChoice? Choice { get; private set; }

    /// <summary>The neuron asks some of its peers, in this order.</summary>
    public void Choose(int[] order, int ownSlot)
    {
        (Order, _asked) = (order, new bool[slots]);
        _asked[ownSlot] = true;
    }

    /// <summary>The neuron asks some of its peers, in no order.</summary>
    public void Choose(int ownSlot)
    {
        _asked = new bool[slots];
        _asked[ownSlot] = true;
    }

    /// <summary>The neuron's gate chooses who is asked about which examples.</summary>
    public void Choose(GateChoice choice, int ownSlot)
    {
        (Choice, _asked) = (
            choice, [.. Enumerable.Range(0, slots).Select(k => choice.RowsOf(k).Length > 0 && view.Names(k))]);
        _asked[ownSlot] = true;
    }

    /// <summary>
    /// A slot has no room: its examples go to the next peer in the order of their scores that nobody was asked yet, as
    /// a query has one number. Without a gate, or such a peer, none does.
    /// </summary>
    /// <returns>The slots that are to be asked now.</returns>
    public int[] Spill(int full, Predicate<int> spared)
    {
        if (Choice is null)
        {
            return [];
        }
        Choice = Choice.Spilled(full, k => !_asked![k] && !spared(k));
        return [.. Enumerable.Range(0, slots).Where(k => !_asked![k] && RowsAsked(k) > 0)];
    }

    /// <summary>The examples that a slot is asked about; null for all.</summary>
    public int[]? RowsOf(int slot) => Choice?.RowsOf(slot);

    /// <summary>Number of examples that a slot is asked about.</summary>
    public int RowsAsked(int slot) => RowsOf(slot)?.Length ?? batch.Inputs.Rows;

    /// <summary>The batch as the model trains on it: with those who were asked.</summary>
    public QueryBatch AskedBatch() => _asked is null ? batch : batch with
    {
        Asked = Choice ?? GateChoice.Of([.. _asked], batch.Inputs.Rows),
    };

    /// <summary>The answers, each with a row per example of the batch.</summary>
    public Tensor?[] PlacedReplies() => Choice is null
        ? Replies
        : [.. Replies.Select((r, k) => r?.Placed(RowsOf(k), batch.Inputs.Rows))];

    /// <summary>Notes a query to the peer of a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="at">The time, by the run's clock.</param>
    public void NoteAsked(int slot, TimeSpan at)
    {
        Asked++;
        _askedAt[slot] = at;
        if (_asked is not null)
        {
            _asked[slot] = true;
        }
    }

    /// <summary>When the peer of a slot was asked.</summary>
    public TimeSpan AskedAt(int slot) => _askedAt[slot];

    /// <summary>The next peer in order that was not returned before; null when there is none.</summary>
    public int? Next() => Order is { } order && _returned < order.Length ? order[_returned++] : null;

    /// <summary>True for the slot of a peer that was asked; a neuron that does not choose asks every slot.</summary>
    public bool HasAsked(int slot) => slot >= 0 && _asked?[slot] != false;

    /// <summary>True when the peer of a slot was asked and has neither answered nor refused.</summary>
    public bool Awaits(int slot) => HasAsked(slot) && Replies[slot] is null && _refused?[slot] != true;

    /// <summary>True once the iteration waits no longer than a set time for more answers.</summary>
    public bool IsClosing { get; set; }

    /// <summary>Answers that the example with the fewest of them has.</summary>
    public int FewestAnswers() => Choice is not { } choice
        ? Answered
        : Enumerable.Range(0, batch.Inputs.Rows).Min(
            row => Enumerable.Range(0, slots).Count(k => Replies[k] is not null && choice.Asks(row, k)));

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
