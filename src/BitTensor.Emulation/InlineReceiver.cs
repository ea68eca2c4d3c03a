namespace BitTensor.Emulation;

/// <summary>
/// An addressed actor that takes a message without its mailbox. In virtual time a message that is due finds no other
/// work ready: its receiver is at rest with an empty mailbox, so handing the message over on the spot has the effect of
/// the mailbox and touches less memory. A handler of such a message may not use Akka's context.
/// </summary>
public interface IInlineReceiver
{
    /// <summary>Handles the message as one from the mailbox.</summary>
    void Receive(object message);
}
