using Akka.Actor;
using BitTensor.Emulation;
using BitTensor.Parcels;

namespace BitTensor.Actors.Context;

/// <summary>The actors of a run by address. Complete before the first message is sent.</summary>
/// <param name="neurons">Number of neurons.</param>
sealed class AddressBook(int neurons)
{
    readonly IActorRef[] _neurons = [.. Enumerable.Repeat(ActorRefs.Nobody, neurons)];
    readonly IActorRef[] _others = [.. Enumerable.Repeat(ActorRefs.Nobody, 1 - Addresses.Last)];
    readonly IInlineReceiver?[] _inline = new IInlineReceiver?[neurons];

    /// <summary>Enters the actor at an address.</summary>
    public void Register(int address, IActorRef actor)
    {
        if (address < 0)
        {
            _others[-address] = actor;
        }
        else
        {
            _neurons[address] = actor;
        }
    }

    /// <summary>Enters where a neuron takes parcels inline; null for its mailbox alone.</summary>
    public void RegisterInline(int neuron, IInlineReceiver? receiver) => _inline[neuron] = receiver;

    /// <summary>The actor at an address.</summary>
    public IActorRef At(int address) => address < 0 ? _others[-address] : _neurons[address];

    /// <summary>The neuron at an address as a receiver that takes parcels inline; null for every other actor.</summary>
    public IInlineReceiver? InlineAt(int address) => address < 0 ? null : _inline[address];
}
