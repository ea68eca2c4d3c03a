using Akka.Actor;
using BitTensor.Transport;

namespace BitTensor.Actors;

/// <summary>A message from another node, handed over in its envelope so that its bytes count against the sender until it is handled.</summary>
sealed record FromWire(object Message, Inbound Inbound);

/// <summary>An actor that other nodes may write to. It opens the envelope, and gives the sender its credit back when it is done.</summary>
abstract class AddressedActor : ReceiveActor
{
    readonly Receive _gate;
    Receive _handlers = static _ => false;

    protected AddressedActor() => _gate = message => !Takes(message) || _handlers(message);

    /// <summary>False when the actor, as it is now, does not handle a message: then it has dealt with it otherwise.</summary>
    protected virtual bool Takes(object message) => true;

    protected override bool AroundReceive(Receive receive, object message)
    {
        _handlers = receive;
        if (message is not FromWire wired)
        {
            return base.AroundReceive(_gate, message);
        }
        try
        {
            return base.AroundReceive(_gate, wired.Message);
        }
        finally
        {
            wired.Inbound.Consumed();
        }
    }
}
