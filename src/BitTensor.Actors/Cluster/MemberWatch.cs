using Akka.Actor;
using Akka.Cluster;
using Serilog;

namespace BitTensor.Actors.Cluster;

/// <summary>
/// Follows who is a full member of the cluster: says when this node is one, tells of the others, and holds that no two living members bear
/// one name. The younger of two has no part in the cluster.
/// </summary>
sealed class MemberWatch : ReceiveActor
{
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    readonly Dictionary<UniqueAddress, Member> _living = [];
    readonly Action<string> _met;
    readonly Action _joined;
    readonly Action _taken;
    readonly ILogger _log;

    /// <param name="met">Told the name of every other node that is a member or becomes one, but for one that is gone before word of it has come round.</param>
    /// <param name="joined">Told when this node is a full member, and its name its own.</param>
    /// <param name="taken">Told when an older member bears this node's name.</param>
    /// <param name="log">Log.</param>
    public MemberWatch(Action<string> met, Action joined, Action taken, ILogger log)
    {
        _log = log;
        _met = met;
        _joined = joined;
        _taken = taken;

        Receive<ClusterEvent.IMemberEvent>(Handle);
    }

    /// <summary>True for one that lives and takes part: until the others have declared it dead or it is on its way out.</summary>
    public static bool IsLiving(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving;

    /// <summary>True when the name of a member is that of an older one among these.</summary>
    public static bool IsTaken(Member member, IEnumerable<Member> living) =>
        living.Any(m => !m.UniqueAddress.Equals(member.UniqueAddress) && NodeRole.NameOf(m) == NodeRole.NameOf(member) && m.IsOlderThan(member));

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    void Handle(ClusterEvent.IMemberEvent happened)
    {
        var member = happened.Member;
        if (happened is ClusterEvent.MemberRemoved)
        {
            _log.Information("Node {Member} is no longer a member", NodeRole.NameOf(member));
        }
        if (!IsLiving(member))
        {
            _living.Remove(member.UniqueAddress);
            return;
        }
        _living[member.UniqueAddress] = member;
        var self = member.UniqueAddress.Equals(_cluster.SelfUniqueAddress);
        if (!self && happened is ClusterEvent.MemberUp)
        {
            _met(NodeRole.NameOf(member));
        }
        if (!_living.TryGetValue(_cluster.SelfUniqueAddress, out var own))
        {
            return;
        }
        if (IsTaken(own, _living.Values))
        {
            Context.Stop(Self);
            _taken();
        }
        else if (self)
        {
            _joined();
        }
    }
}
