using Akka.Actor;

namespace BitTensor.Cluster;

/// <summary>The actor at an address, on any node. Its messages go through the router.</summary>
sealed class RemoteAddressRef(int address, NodeRouter router, ActorPath path, IActorRefProvider provider)
    : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender) => router.Send(address, message);
}
