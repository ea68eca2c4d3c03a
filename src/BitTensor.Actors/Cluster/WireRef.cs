using Akka.Actor;

namespace BitTensor.Actors.Cluster;

/// <summary>An inhabitant by address, wherever it lives: what is told to it goes to the post.</summary>
sealed class WireRef(int address, PostOffice post, ActorPath path, IActorRefProvider provider) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender) => post.Send(address, message);
}
