using Akka.Actor;
using BitTensor.Mechanism;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// The sending side of one actor's links: every tensor, submission and receipt it sends passes here, meets the rules of
/// its link, and is delivered by a timer or dropped. What was sent and what was dropped is counted by kind; so are the
/// copies a link makes.
/// </summary>
/// <param name="network">What all links of the run share.</param>
/// <param name="self">Address of the sender.</param>
public sealed class Links(Network network, int self)
{
    // Reseeded for each parcel, so that one per thread is enough.
    [ThreadStatic]
    static RandomStream? _dice;

    ByAddress<Link> _links = new();
    readonly VirtualKernel? _kernel = network.Kernel;

    /// <summary>What this sender sent and what its links dropped.</summary>
    public TrafficCounter Traffic { get; } = new();

    /// <summary>
    /// Sends <paramref name="message"/> of <paramref name="bytes"/> bytes to <paramref name="to"/>, who receives an
    /// <see cref="Arrival{T}"/>.
    /// </summary>
    public void Send<T>(int to, ParcelKind kind, long bytes, T message)
        where T : class
    {
        var verdict = Judge(to, kind, bytes, out var memory, out var parcel);
        if (verdict.Dropped is not null)
        {
            return;
        }
        if (verdict.Plain && memory is null)
        {
            Deliver(verdict.After, parcel, message);
        }
        else
        {
            Carry(verdict, memory, parcel, new Deferred<T>(message));
        }
    }

    /// <summary>Sends a message that may still be computed: it is read when it arrives, if it arrives.</summary>
    public void Send<T>(int to, ParcelKind kind, long bytes, Deferred<T> message)
        where T : class
    {
        if (message.Ready is { } ready)
        {
            Send(to, kind, bytes, ready);
            return;
        }
        var verdict = Judge(to, kind, bytes, out var memory, out var parcel);
        if (verdict.Dropped is null)
        {
            Carry(verdict, memory, parcel, message);
        }
    }

    /// <summary>Counts a parcel that ends at this actor.</summary>
    /// <param name="arrival">What it came as.</param>
    /// <param name="outcome">How it ends.</param>
    public void End(IArrival arrival, ParcelOutcome outcome) =>
        End(new Parcel(arrival.From, self, arrival.Kind, 0, arrival.Number), outcome);

    /// <summary>Counts a parcel that ends at this actor.</summary>
    public void End(in Parcel parcel, ParcelOutcome outcome) => Count(parcel, outcome);

    /// <summary>Judges a parcel by the rules of its link and counts it.</summary>
    Verdict Judge(int to, ParcelKind kind, long bytes, out LinkMemory? memory, out Parcel parcel)
    {
        ref var link = ref LinkTo(to);
        parcel = new Parcel(self, to, kind, bytes, link.Sent++);
        Count(parcel, ParcelOutcome.Sent);
        var now = network.Now();
        var dice = _dice ??= new RandomStream(network.Seed, "link");
        dice.Reseed(link.Key, (ulong)parcel.Sequence);
        var verdict = link.OwnOf(network.Rules(self, to, kind, now)).Judge(parcel, now, TimeSpan.Zero, dice);
        memory = link.Memory;
        if (verdict.Dropped is { } outcome)
        {
            Count(parcel, outcome);
        }
        return verdict;
    }

    void Count(in Parcel parcel, ParcelOutcome outcome)
    {
        Traffic.Count(parcel.Kind, outcome);
        network.Watch?.Invoke(network.Now(), parcel, outcome);
    }

    // Apart from Send: C# makes the closures of a method at its entry, and most parcels need none.
    /// <summary>
    /// Delivers a parcel whose message is read on arrival, or to which more happens than its arrival.
    /// </summary>
    void Carry<T>(in Verdict verdict, LinkMemory? memory, Parcel parcel, Deferred<T> message)
        where T : class
    {
        if (verdict.Damage is { } draw)
        {
            At(verdict.After, () => ArriveDamaged(parcel, message.Read(), draw));
        }
        else
        {
            At(verdict.After, () => Arrive(parcel, message));
        }
        if (verdict.CopyAfter is { } later)
        {
            Count(parcel, ParcelOutcome.Duplicated);
            At(verdict.After + later, () => Arrive(parcel, message));
        }
        if (verdict.OldOne is { } back && memory?.Find(back) is { } old)
        {
            Count(old.Parcel, ParcelOutcome.Replayed);
            At(verdict.After, old.Arrive);
        }
        memory?.Keep(parcel, () => Arrive(parcel, message));
    }

    ref Link LinkTo(int to)
    {
        ref var link = ref _links.Of(to, out var known);
        if (!known)
        {
            link.Key = new RandomStream(network.Seed, "link", self, to).NextUInt64();
        }
        return ref link;
    }

    void Arrive<T>(in Parcel parcel, Deferred<T> message)
        where T : class => Deliver(TimeSpan.Zero, parcel, message.Read());

    /// <summary>
    /// The bytes arrive with some bits flipped: what is noticed ends here, and what is not is delivered as it reads.
    /// </summary>
    void ArriveDamaged<T>(in Parcel parcel, T message, ulong draw)
        where T : class
    {
        if (network.Bytes.Damaged(message, draw) is T read)
        {
            Deliver(TimeSpan.Zero, parcel, read);
        }
        else
        {
            // By message: this may run on a timer's thread, and the counts are the actor's.
            network.Address(self).Tell(network.Bytes.Lost(parcel.Kind, ParcelOutcome.Corrupted), ActorRefs.NoSender);
            network.Watch?.Invoke(network.Now(), parcel, ParcelOutcome.Corrupted);
        }
    }

    void At(TimeSpan after, Action action)
    {
        if (after <= TimeSpan.Zero)
        {
            action();
        }
        else
        {
            NoteArrival(after);
            network.Scheduler.Advanced.ScheduleOnce(after, action);
        }
    }

    void Deliver<T>(TimeSpan after, in Parcel parcel, T message)
        where T : class
    {
        if (after <= TimeSpan.Zero)
        {
            network.Address(parcel.To).Tell(ArrivalOf(parcel, message), ActorRefs.NoSender);
        }
        else if (_kernel is not null && network.Inline(parcel.To) is { } receiver)
        {
            _kernel.Schedule(
                after, new TimedArrival<T>(self, parcel.Kind, message, receiver) { Number = parcel.Sequence });
        }
        else
        {
            NoteArrival(after);
            network.Scheduler.ScheduleTellOnce(
                after, network.Address(parcel.To), ArrivalOf(parcel, message), ActorRefs.NoSender);
        }
    }

    void NoteArrival(TimeSpan after)
    {
        if (_kernel is null)
        {
            network.NoteArrival(after);
        }
    }

    Arrival<T> ArrivalOf<T>(in Parcel parcel, T message)
        where T : class => new(self, parcel.Kind, message) { Number = parcel.Sequence };

    /// <summary>One direction to one receiver.</summary>
    struct Link
    {
        OwnRules? _own;

        /// <summary>What its draws are keyed by, together with the sequence of the parcel.</summary>
        public ulong Key { get; set; }

        /// <summary>Parcels so far.</summary>
        public long Sent { get; set; }

        /// <summary>Old parcels; null unless a rule wants them.</summary>
        public readonly LinkMemory? Memory => _own?.Memory;

        /// <summary>The rules with this link's own state.</summary>
        public RuleList OwnOf(RuleList rules) => rules.IsShared ? rules : (_own ??= new OwnRules()).Of(rules);
    }
}

/// <summary>The last parcels that were delivered over one direction of a link.</summary>
sealed class LinkMemory
{
    readonly (Parcel Parcel, Action Arrive)[] _kept = new (Parcel, Action)[ReplayRule.Kept];
    long _count;

    public void Keep(in Parcel parcel, Action arrive) => _kept[_count++ % _kept.Length] = (parcel, arrive);

    /// <summary>The parcel so many before the next one, from 0; null when there were not that many.</summary>
    public (Parcel Parcel, Action Arrive)? Find(int back) =>
        back < _count ? _kept[(_count - 1 - back) % _kept.Length] : null;
}
