using Akka.Actor;

namespace BitTensor.Actors.Context;

/// <summary>
/// An actor with an address, which other nodes may send to. It unpacks <see cref="FromWire"/> and returns the credit
/// when it has handled the message.
/// </summary>
abstract class AddressedActor : ReceiveActor
{
    readonly Receive _gate;
    Receive _handlers = static _ => false;

    protected AddressedActor() => _gate = message => !Takes(message) || _handlers(message);

    /// <summary>
    /// True when the actor in its present state handles a message. When false, it has already disposed of it.
    /// </summary>
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
            wired.ReturnCredit();
        }
    }
}
