using Akka.Actor;
using BitTensor.Mechanism;

namespace BitTensor.Emulation;

/// <summary>
/// The sending side of one inhabitant's links: every tensor, submission and receipt it sends passes here, meets the rules of its link,
/// and is delivered by a timer or dropped. What was sent and what was dropped is counted by kind; so are the copies a link makes.
/// </summary>
public sealed class Links
{
    readonly ulong _seed;
    readonly int _self;
    readonly IScheduler _scheduler;
    readonly Func<TimeSpan> _now;
    readonly Func<int, ParcelKind, IReadOnlyList<LinkRule>> _rulesTo;
    readonly Func<int, IActorRef> _address;
    readonly ParcelBytes _bytes;
    readonly Dictionary<int, Link> _links = [];
    readonly RandomStream _dice;

    /// <summary>The links of inhabitant <paramref name="self"/>.</summary>
    /// <param name="seed">Seed of the run; draws are keyed by (seed, link, sequence).</param>
    /// <param name="self">Address of the sender.</param>
    /// <param name="scheduler">Delivers after a delay.</param>
    /// <param name="now">Emulated time, as rules know it.</param>
    /// <param name="rulesTo">Rules for parcels of a kind towards a receiver; kinds for which it returns the same list share its state.</param>
    /// <param name="address">Actor at an address.</param>
    /// <param name="bytes">How messages become bytes, for rules that damage them.</param>
    public Links(
        ulong seed, int self, IScheduler scheduler, Func<TimeSpan> now, Func<int, ParcelKind, IReadOnlyList<LinkRule>> rulesTo,
        Func<int, IActorRef> address, ParcelBytes bytes)
    {
        _seed = seed;
        _self = self;
        _scheduler = scheduler;
        _now = now;
        _rulesTo = rulesTo;
        _address = address;
        _bytes = bytes;
        _dice = new RandomStream(seed, "link", self);
    }

    /// <summary>Told of every parcel: when, which, and what becomes of it; null when nobody looks.</summary>
    public Action<TimeSpan, Parcel, string>? Watch { get; init; }

    /// <summary>What this sender sent and what its links dropped.</summary>
    public TrafficCounter Traffic { get; } = new();

    /// <summary>
    /// Sends <paramref name="message"/> of <paramref name="bytes"/> bytes to <paramref name="to"/>, who receives a <see cref="Arrival{T}"/>.
    /// </summary>
    public void Send<T>(int to, ParcelKind kind, long bytes, T message)
        where T : class
    {
        var verdict = Judge(to, kind, bytes, out var link, out var parcel);
        if (verdict.Dropped is not null)
        {
            return;
        }
        if (verdict.Plain)
        {
            Deliver(verdict.After, to, new Arrival<T>(_self, message) { Number = parcel.Sequence });
        }
        else
        {
            CarryOddly(verdict, link, parcel, () => message);
        }
        link.Memory?.Keep(parcel, () => Arrive(parcel, () => message));
    }

    /// <summary>Sends a message that is still being computed: <paramref name="message"/> is asked for it when it arrives, if it arrives.</summary>
    public void SendLate<T>(int to, ParcelKind kind, long bytes, Func<T> message)
        where T : class
    {
        var verdict = Judge(to, kind, bytes, out var link, out var parcel);
        if (verdict.Dropped is not null)
        {
            return;
        }
        if (verdict.Plain)
        {
            At(verdict.After, () => Arrive(parcel, message));
        }
        else
        {
            CarryOddly(verdict, link, parcel, message);
        }
        link.Memory?.Keep(parcel, () => Arrive(parcel, message));
    }

    /// <summary>Counts a parcel that ends at this inhabitant.</summary>
    /// <param name="arrival">What it came as.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="outcome">How it ends.</param>
    public void End(IArrival arrival, ParcelKind kind, string outcome) => End(new Parcel(arrival.From, _self, kind, 0, arrival.Number), outcome);

    /// <summary>Counts a parcel that ends at this inhabitant.</summary>
    public void End(in Parcel parcel, string outcome) => Count(parcel, outcome);

    /// <summary>Judges a parcel by the rules of its link and counts it.</summary>
    Verdict Judge(int to, ParcelKind kind, long bytes, out Link link, out Parcel parcel)
    {
        link = LinkTo(to);
        parcel = new Parcel(_self, to, kind, bytes, link.Sent++);
        Count(parcel, "sent");
        var verdict = link.Judge(parcel, _rulesTo(to, kind), _now(), _dice);
        if (verdict.Dropped is { } reason)
        {
            Count(parcel, "dropped/" + reason);
        }
        return verdict;
    }

    void Count(in Parcel parcel, string outcome)
    {
        Traffic.Count(parcel.Kind, outcome);
        Watch?.Invoke(_now(), parcel, outcome);
    }

    /// <summary>Delivers a parcel to which more happens than that it arrives.</summary>
    void CarryOddly<T>(in Verdict verdict, Link link, Parcel parcel, Func<T> message)
        where T : class
    {
        if (verdict.Damage is { } draw)
        {
            At(verdict.After, () => ArriveDamaged(parcel, message(), draw));
        }
        else
        {
            At(verdict.After, () => Arrive(parcel, message));
        }
        if (verdict.CopyAfter is { } later)
        {
            Count(parcel, "sent/duplicated");
            At(verdict.After + later, () => Arrive(parcel, message));
        }
        if (verdict.OldOne is { } back && link.Memory?.Find(back) is { } old)
        {
            Count(old.Parcel, "sent/replayed");
            At(verdict.After, old.Arrive);
        }
    }

    Link LinkTo(int to)
    {
        if (!_links.TryGetValue(to, out var link))
        {
            _links[to] = link = new Link(new RandomStream(_seed, "link", _self, to).NextUInt64());
        }
        return link;
    }

    void Arrive<T>(in Parcel parcel, Func<T> message)
        where T : class => Deliver(TimeSpan.Zero, parcel.To, new Arrival<T>(_self, message()) { Number = parcel.Sequence });

    /// <summary>The bytes arrive with some bits flipped: what is noticed ends here, and what is not is delivered as it reads.</summary>
    void ArriveDamaged<T>(in Parcel parcel, T message, ulong draw)
        where T : class
    {
        if (_bytes.Damaged(message, draw) is T read)
        {
            Deliver(TimeSpan.Zero, parcel.To, new Arrival<T>(_self, read) { Number = parcel.Sequence });
        }
        else
        {
            // By message: this may run on a timer's thread, and the counts are the inhabitant's.
            _address(_self).Tell(_bytes.Lost(parcel.Kind, "dropped/corrupted"), ActorRefs.NoSender);
            Watch?.Invoke(_now(), parcel, "dropped/corrupted");
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
            _scheduler.Advanced.ScheduleOnce(after, action);
        }
    }

    void Deliver(TimeSpan after, int to, object arrival)
    {
        if (after <= TimeSpan.Zero)
        {
            _address(to).Tell(arrival, ActorRefs.NoSender);
        }
        else
        {
            _scheduler.ScheduleTellOnce(after, _address(to), arrival, ActorRefs.NoSender);
        }
    }

    sealed class Link(ulong key)
    {
        // A link has one set of rules, rarely a few: one per kind of parcel at most.
        (IReadOnlyList<LinkRule>? Of, LinkRule[] Own) _rules;
        List<(IReadOnlyList<LinkRule> Of, LinkRule[] Own)>? _others;

        public long Sent { get; set; }

        /// <summary>Old parcels; null unless a rule wants them.</summary>
        public LinkMemory? Memory { get; private set; }

        public Verdict Judge(in Parcel parcel, IReadOnlyList<LinkRule> rules, TimeSpan now, RandomStream dice)
        {
            dice.Reseed(key, (ulong)parcel.Sequence);
            return LinkRule.JudgeAll(OwnOf(rules), parcel, now, TimeSpan.Zero, dice);
        }

        LinkRule[] OwnOf(IReadOnlyList<LinkRule> rules)
        {
            if (ReferenceEquals(_rules.Of, rules))
            {
                return _rules.Own;
            }
            foreach (var (of, own) in _others ?? [])
            {
                if (ReferenceEquals(of, rules))
                {
                    return own;
                }
            }
            // Rules that remember nothing are the same for every link.
            var fresh = rules is LinkRule[] all && Array.TrueForAll(all, r => ReferenceEquals(r, r.Fresh())) ? all : [.. rules.Select(r => r.Fresh())];
            if (_rules.Of is null)
            {
                _rules = (rules, fresh);
            }
            else
            {
                (_others ??= []).Add((rules, fresh));
            }
            Memory ??= fresh.Any(r => r.Remembers) ? new LinkMemory() : null;
            return fresh;
        }
    }
}

/// <summary>How a message becomes bytes and back: what links know of content, and they use it to damage it.</summary>
public abstract class ParcelBytes
{
    /// <summary>Flips bits, drawn from <paramref name="draw"/>, in the bytes of a message, and reads what is left.</summary>
    /// <returns>The message the bytes now are; null when that they are damaged is noticed, by a checksum or because they are no message.</returns>
    public abstract object? Damaged(object message, ulong draw);

    /// <summary>What a sender is told of a parcel that ended on its way.</summary>
    public abstract object Lost(ParcelKind kind, string outcome);
}

/// <summary>The last parcels that were delivered over one direction of a link.</summary>
sealed class LinkMemory
{
    readonly (Parcel Parcel, Action Arrive)[] _kept = new (Parcel, Action)[ReplayRule.Kept];
    long _count;

    public void Keep(in Parcel parcel, Action arrive) => _kept[_count++ % _kept.Length] = (parcel, arrive);

    /// <summary>The parcel so many before the next one, from 0; null when there were not that many.</summary>
    public (Parcel Parcel, Action Arrive)? Find(int back) => back < _count ? _kept[(_count - 1 - back) % _kept.Length] : null;
}
