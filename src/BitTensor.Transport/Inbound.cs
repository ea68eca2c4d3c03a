using System.IO.Pipelines;
using System.Threading.Channels;

namespace BitTensor.Transport;

/// <summary>A message that arrived.</summary>
/// <param name="Node">Node that sent it, as its handshake proved.</param>
/// <param name="To">Inhabitant it is for.</param>
/// <param name="From">Inhabitant it says it is from.</param>
/// <param name="Message">The message.</param>
/// <param name="Bytes">What it takes of the sender's window until <see cref="Consumed"/> is called.</param>
/// <param name="Session">Whose window.</param>
public readonly record struct Inbound(string Node, int To, int From, object Message, int Bytes, Session Session)
{
    /// <summary>Gives the sender its credit back: the message is dealt with, one way or another. Called once.</summary>
    public void Consumed() => Session.Consume(Bytes);
}
