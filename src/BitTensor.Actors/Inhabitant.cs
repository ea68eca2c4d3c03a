using Akka.Actor;
using BitTensor.Transport;

namespace BitTensor.Actors;

/// <summary>A message from another node, handed over in its envelope so that its bytes count against the sender until it is handled.</summary>
sealed record FromWire(object Message, Inbound Inbound);

/// <summary>An actor that other nodes may write to. It opens the envelope, and gives the sender its credit back when it is done.</summary>
abstract class Inhabitant : ReceiveActor
{
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not FromWire wired)
        {
            return base.AroundReceive(receive, message);
        }
        try
        {
            return base.AroundReceive(receive, wired.Message);
        }
        finally
        {
            wired.Inbound.Consumed();
        }
    }
}
