using Akka.Actor;
using Akka.Cluster;
using Serilog;

namespace BitTensor.Cluster;

/// <summary>
/// Follows the full members of the cluster. Reports when this node becomes one and when others do. Of two living
/// members with one name the younger takes no part in the cluster.
/// </summary>
sealed class MemberWatch : ReceiveActor
{
    readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    readonly Dictionary<UniqueAddress, Member> _living = [];
    readonly Action<string> _met;
    readonly Action _joined;
    readonly Action _taken;
    readonly ILogger _log;

    /// <param name="met">
    /// Called with the name of every other node that is a member or becomes one. A node that is gone before its joining
    /// is known is left out.
    /// </param>
    /// <param name="joined">Called when this node is a full member and no older member has its name.</param>
    /// <param name="taken">Called when an older member has this node's name.</param>
    /// <param name="log">Log.</param>
    public MemberWatch(Action<string> met, Action joined, Action taken, ILogger log)
    {
        _log = log;
        _met = met;
        _joined = joined;
        _taken = taken;

        Receive<ClusterEvent.IMemberEvent>(Handle);
    }

    /// <summary>
    /// True for a member that takes part in the cluster: neither joining, nor exiting, nor declared dead.
    /// </summary>
    public static bool IsLiving(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving;

    /// <summary>True when the name of a member is that of an older one among these.</summary>
    public static bool IsTaken(Member member, IEnumerable<Member> living) =>
        living.Any(m => !m.UniqueAddress.Equals(member.UniqueAddress)
            && NodeRole.NameOf(m) == NodeRole.NameOf(member) && m.IsOlderThan(member));

    protected override void PreStart() =>
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

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
