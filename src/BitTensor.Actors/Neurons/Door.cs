using Akka.Actor;
using BitTensor.Actors.Adversary;
using BitTensor.Emulation;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Which half of a neuron the parcels of a query are for. In virtual time they enter here when their time comes, on the spot: a large network is made of them.
/// Runs inside the neuron's actor, or while it is at rest.
/// </summary>
/// <param name="asking">The half that asked.</param>
/// <param name="serving">The half that is asked.</param>
/// <param name="outbox">What was passed on.</param>
/// <param name="links">The neuron's links.</param>
/// <param name="takes">False when the neuron, as it is now, does not handle a message.</param>
/// <param name="self">Its actor, for everything else.</param>
sealed class Door(Asking asking, Serving serving, Outbox outbox, Links links, Func<object, bool> takes, IActorRef self) : IDoor
{
    public void Enter(object arrival)
    {
        switch (arrival)
        {
            case Arrival<QueryMessage.Forward> forward when serving.IsWell || takes(forward):
                serving.HandleForward(forward);
                break;
            case Arrival<QueryMessage.ForwardReply> reply when asking.IsWell || takes(reply):
                HandleForwardReply(reply);
                break;
            case Arrival<QueryMessage.Backward> backward when serving.IsWell || takes(backward):
                serving.HandleBackward(backward);
                break;
            case Arrival<QueryMessage.Forward> or Arrival<QueryMessage.ForwardReply> or Arrival<QueryMessage.Backward>:
                break;
            default:
                self.Tell(arrival, ActorRefs.NoSender);
                break;
        }
    }

    public void HandleForwardReply(Arrival<QueryMessage.ForwardReply> arrival)
    {
        var reply = arrival.Message;
        if (outbox.TakeRelayed(reply.Query.Sequence) is { } relayed)
        {
            links.End(arrival, ParcelKind.ForwardReply, "delivered/relayed");
            serving.HandleRelayed(relayed, reply.Output);
        }
        else
        {
            asking.HandleForwardReply(arrival);
        }
    }

    public void HandleForwardRefused(Arrival<QueryMessage.ForwardRefused> arrival)
    {
        if (outbox.TakeRelayed(arrival.Message.Query.Sequence) is { } relayed)
        {
            links.End(arrival, ParcelKind.ForwardReply, "delivered/noted");
            serving.HandleRelayRefused(relayed);
        }
        else
        {
            asking.HandleForwardRefused(arrival);
        }
    }
}
