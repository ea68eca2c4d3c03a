using BitTensor.Actors.Context;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli.Inspect;

/// <summary>
/// Notes the messages that are sent, arrive or end in a window. A message of before the window is kept until it ends.
/// </summary>
sealed class TraceObserver(TraceWindow window) : RunObserver
{
    readonly Dictionary<(int From, int To, long Number), List<Seen>> _open = [];
    readonly List<Seen> _wanted = [];
    readonly List<(long Height, double AtMs)> _blocks = [];
    long _block;
    long _sent;

    /// <summary>Blocks that closed: height, and time in emulated milliseconds.</summary>
    public IReadOnlyList<(long Height, double AtMs)> Blocks => _blocks;

    /// <summary>Messages of the window, in the order in which they were sent.</summary>
    public IReadOnlyList<TracedMessage> Messages => [.. _wanted.OrderBy(s => s.Order).Select(s => s.Message)];

    public override void BlockClosed(LedgerBlock block, Market next)
    {
        _blocks.Add((block.Height, block.AtMs));
        _block = next.Height;
    }

    public override void Parcel(TimeSpan at, Parcel parcel, ParcelOutcome outcome)
    {
        if (!window.Wants(parcel))
        {
            return;
        }
        var (key, ms) = ((parcel.From, parcel.To, parcel.Sequence), at.TotalMilliseconds);
        if (outcome.Begins)
        {
            var sent = new TracedMessage(
                _block, parcel.From, parcel.To, parcel.Sequence, parcel.Kind.Name(), outcome.Name, parcel.Bytes, ms,
                null, null, TracedMessage.OnItsWay);
            Begin(key, new Seen(_sent++, sent), ms);
        }
        else if (outcome == ParcelOutcome.Arrived)
        {
            Note(key, ms, false, static s => s.ArrivedMs is null, m => m with { ArrivedMs = ms });
        }
        else
        {
            // A dropped parcel has not arrived, and any other that ends has. The duplicate is the later of a parcel
            // and its copy.
            var second = outcome == ParcelOutcome.Duplicate || outcome == ParcelOutcome.Stale
                || outcome == ParcelOutcome.Forgotten;
            Note(
                key, ms, second, s => s.ArrivedMs is null == outcome.IsLost,
                m => m with { EndedMs = ms, Outcome = outcome.Name });
        }
    }

    void Begin((int, int, long) key, Seen seen, double ms)
    {
        if (!_open.TryGetValue(key, out var open))
        {
            _open[key] = open = [];
        }
        open.Add(seen);
        Want(seen, ms);
    }

    void Note(
        (int, int, long) key, double ms, bool second, Func<TracedMessage, bool> which,
        Func<TracedMessage, TracedMessage> change)
    {
        bool IsMeant(Seen seen) => which(seen.Message);
        if (_open.TryGetValue(key, out var open) && (second ? open.FindLast(IsMeant) : open.Find(IsMeant)) is { } seen)
        {
            seen.Message = change(seen.Message);
            Want(seen, ms);
            if (seen.Message.EndedMs is not null)
            {
                open.Remove(seen);
            }
            if (open.Count == 0)
            {
                _open.Remove(key);
            }
        }
    }

    void Want(Seen seen, double ms)
    {
        if (!seen.Wanted && window.Holds(_block, ms))
        {
            seen.Wanted = true;
            _wanted.Add(seen);
        }
    }

    /// <summary>A message as far as it is known.</summary>
    sealed class Seen(long order, TracedMessage message)
    {
        public long Order => order;

        public TracedMessage Message { get; set; } = message;

        public bool Wanted { get; set; }
    }
}
