using BitTensor.Actors;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Reports;

namespace BitTensor.Cli;

/// <summary>Which messages are wanted.</summary>
/// <param name="FromBlock">First block that is open.</param>
/// <param name="ToBlock">Last block that is open.</param>
/// <param name="Neurons">One end is one of these; empty for all.</param>
/// <param name="Kinds">Of these kinds; empty for all.</param>
/// <param name="FromMs">Not before, emulated milliseconds.</param>
/// <param name="ToMs">Not after.</param>
sealed record TraceWindow(long FromBlock, long ToBlock, IReadOnlySet<int> Neurons, IReadOnlySet<string> Kinds, double FromMs, double ToMs)
{
    public bool Wants(in Parcel parcel) =>
        (Neurons.Count == 0 || Neurons.Contains(parcel.From) || Neurons.Contains(parcel.To))
        && (Kinds.Count == 0 || Kinds.Contains(parcel.Kind.Name()));
}

/// <summary>Notes the messages around a place: what was sent, arrived or ended in a window. What is sent before is kept only until it has ended.</summary>
sealed class TraceObserver(TraceWindow window) : RunObserver
{
    readonly Dictionary<(int From, int To, long Number), List<Seen>> _open = [];
    readonly List<Seen> _wanted = [];
    readonly List<(long Height, double AtMs)> _blocks = [];
    long _block;
    long _sent;

    /// <summary>Blocks that closed: height, and when.</summary>
    public IReadOnlyList<(long Height, double AtMs)> Blocks => _blocks;

    /// <summary>What was noted, in the order in which it was sent.</summary>
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
            // A parcel that is dropped has not arrived; one that ends otherwise has. Of a parcel and its copy the one that came second is the duplicate.
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

    void Note((int, int, long) key, double ms, bool second, Func<TracedMessage, bool> which, Func<TracedMessage, TracedMessage> change)
    {
        if (_open.TryGetValue(key, out var open) && (second ? open.FindLast(s => which(s.Message)) : open.Find(s => which(s.Message))) is { } seen)
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
        if (!seen.Wanted && _block >= window.FromBlock && _block <= window.ToBlock && ms >= window.FromMs && ms <= window.ToMs)
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
