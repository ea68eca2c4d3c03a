using Akka.Dispatch;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// An arrival that is its own timer, on its way to a receiver that takes it inline. A large network has more of these
/// than of anything else.
/// </summary>
/// <param name="From">Address of the sender.</param>
/// <param name="Kind">Purpose of the parcel.</param>
/// <param name="Message">The message.</param>
/// <param name="Receiver">The receiver.</param>
sealed record TimedArrival<T>(int From, ParcelKind Kind, T Message, IInlineReceiver Receiver)
    : Arrival<T>(From, Kind, Message), IRunnable
    where T : class
{
    void IRunnable.Run() => Receiver.Receive(this);

    void IThreadPoolWorkItem.Execute() => Receiver.Receive(this);
}
