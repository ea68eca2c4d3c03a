using Akka.Actor;
using BitTensor.Mechanism;

namespace BitTensor.Emulation;

/// <summary>
/// The sending side of one inhabitant's links: every tensor, submission and receipt it sends passes here, meets the rules of its link,
/// and is delivered by a timer or dropped. What was sent and what was dropped is counted by kind.
/// </summary>
public sealed class Links
{
    readonly ulong _seed;
    readonly int _self;
    readonly IScheduler _scheduler;
    readonly Func<int, ParcelKind, IReadOnlyList<LinkRule>> _rulesTo;
    readonly Func<int, IActorRef> _address;
    readonly Dictionary<int, Link> _links = [];
    readonly RandomStream _dice;

    /// <summary>The links of inhabitant <paramref name="self"/>.</summary>
    /// <param name="seed">Seed of the run; draws are keyed by (seed, link, sequence).</param>
    /// <param name="self">Address of the sender.</param>
    /// <param name="scheduler">Delivers after a delay.</param>
    /// <param name="rulesTo">Rules for parcels of a kind towards a receiver; kinds for which it returns the same list share its state.</param>
    /// <param name="address">Actor at an address.</param>
    public Links(ulong seed, int self, IScheduler scheduler, Func<int, ParcelKind, IReadOnlyList<LinkRule>> rulesTo, Func<int, IActorRef> address)
    {
        _seed = seed;
        _self = self;
        _scheduler = scheduler;
        _rulesTo = rulesTo;
        _address = address;
        _dice = new RandomStream(seed, "link", self);
    }

    /// <summary>What this sender sent and what its links dropped.</summary>
    public TrafficCounter Traffic { get; } = new();

    /// <summary>
    /// Sends <paramref name="message"/> of <paramref name="bytes"/> bytes to <paramref name="to"/>, who receives a <see cref="Arrival{T}"/>.
    /// </summary>
    public void Send<T>(int to, ParcelKind kind, long bytes, T message)
        where T : class
    {
        if (Judge(to, kind, bytes) is { } after)
        {
            Deliver(after, to, new Arrival<T>(_self, message));
        }
    }

    /// <summary>Sends a message that is still being computed: <paramref name="message"/> is asked for it when it arrives, if it arrives.</summary>
    public void SendLate<T>(int to, ParcelKind kind, long bytes, Func<T> message)
        where T : class
    {
        if (Judge(to, kind, bytes) is not { } after)
        {
            return;
        }
        if (after <= TimeSpan.Zero)
        {
            Deliver(after, to, new Arrival<T>(_self, message()));
        }
        else
        {
            _scheduler.Advanced.ScheduleOnce(after, () => Deliver(TimeSpan.Zero, to, new Arrival<T>(_self, message())));
        }
    }

    /// <summary>Time until delivery; null when the parcel is lost. Counts it either way.</summary>
    TimeSpan? Judge(int to, ParcelKind kind, long bytes)
    {
        if (!_links.TryGetValue(to, out var link))
        {
            _links[to] = link = new Link(new RandomStream(_seed, "link", _self, to).NextUInt64());
        }
        Traffic.Count(kind, "sent");
        var verdict = link.Judge(new Parcel(_self, to, kind, bytes, link.Sent++), _rulesTo(to, kind), _scheduler.MonotonicClock, _dice);
        if (verdict.Dropped is { } reason)
        {
            Traffic.Count(kind, "dropped/" + reason);
            return null;
        }
        return verdict.After;
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
        readonly List<(IReadOnlyList<LinkRule> Of, LinkRule[] Own)> _rules = [];

        public long Sent { get; set; }

        public Verdict Judge(in Parcel parcel, IReadOnlyList<LinkRule> rules, TimeSpan now, RandomStream dice)
        {
            dice.Reseed(key, (ulong)parcel.Sequence);
            return LinkRule.JudgeAll(OwnOf(rules), parcel, now, TimeSpan.Zero, dice);
        }

        LinkRule[] OwnOf(IReadOnlyList<LinkRule> rules)
        {
            foreach (var (of, own) in _rules)
            {
                if (ReferenceEquals(of, rules))
                {
                    return own;
                }
            }
            LinkRule[] fresh = [.. rules.Select(r => r.Fresh())];
            _rules.Add((rules, fresh));
            return fresh;
        }
    }
}
