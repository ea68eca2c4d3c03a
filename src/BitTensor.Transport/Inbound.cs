using System.IO.Pipelines;
using System.Threading.Channels;

namespace BitTensor.Transport;

/// <summary>A message that arrived.</summary>
/// <param name="Node">Node that sent it, as its handshake proved.</param>
/// <param name="To">Address of the receiver.</param>
/// <param name="From">Address of the sender, as the message states it.</param>
/// <param name="Message">The message.</param>
/// <param name="Bytes">Bytes it occupies in the sender's window until <see cref="Consumed"/> is called.</param>
/// <param name="Session">Session of the sender.</param>
public readonly record struct Inbound(string Node, int To, int From, object Message, int Bytes, Session Session)
{
    /// <summary>Returns the sender's credit: the message is processed or discarded. Called once.</summary>
    public void Consumed() => Session.Consume(Bytes);
}
