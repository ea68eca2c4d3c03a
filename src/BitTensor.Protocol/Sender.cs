using BitTensor.Parcels;

namespace BitTensor.Protocol;

/// <summary>
/// Who may send a message over a link. A node speaks for the parties that live on it, and a party sends only its own
/// messages, in its own name. The receiver of a query or a submission judges the name in it and has an answer for a
/// wrong one.
/// </summary>
public sealed class Sender
{
    readonly Func<object, int?> _addressOf;
    readonly Func<int, bool> _says;

    Sender(string name, Func<object, int?> addressOf, Func<int, bool> says) =>
        (Name, _addressOf, _says) = (name, addressOf, says);

    /// <summary>Any neuron.</summary>
    public static Sender Neuron { get; } = new("a neuron", static _ => null, static from => from >= 0);

    /// <summary>Any node of the run, for none of its parties.</summary>
    public static Sender Node { get; } = new("a node", static _ => null, static from => from == Addresses.None);

    /// <summary>No party: the message never travels over a link.</summary>
    public static Sender None { get; } = new("-", static _ => null, static _ => false);

    /// <summary>The sender, for documents.</summary>
    public string Name { get; }

    /// <summary>The party at an address.</summary>
    /// <param name="name">Its name, for documents.</param>
    /// <param name="address">Its address.</param>
    public static Sender At(string name, int address) => new(name, _ => address, static _ => false);

    /// <summary>The neuron that the message names.</summary>
    public static Sender Named<T>(Func<T, int> neuron)
        where T : class => new("the neuron it names", m => neuron((T)m), static _ => false);

    /// <summary>
    /// The one address that the message comes from; null when it may come from several, or from none.
    /// </summary>
    public int? AddressOf(object message) => _addressOf(message);

    /// <summary>True when the sender at an address may send the message.</summary>
    public bool Says(int from, object message) => AddressOf(message) is { } address ? from == address : _says(from);
}
