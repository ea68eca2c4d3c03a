using Akka.Dispatch;
using BitTensor.Parcels;

namespace BitTensor.Emulation;

/// <summary>
/// An arrival that is its own timer, on its way to a receiver with a door. A large network has more of these than of
/// anything else.
/// </summary>
/// <param name="From">Address of the sender.</param>
/// <param name="Kind">Purpose of the parcel.</param>
/// <param name="Message">The message.</param>
/// <param name="Door">Where it enters when its time comes.</param>
sealed record TimedArrival<T>(int From, ParcelKind Kind, T Message, IDoor Door)
    : Arrival<T>(From, Kind, Message), IRunnable
    where T : class
{
    void IRunnable.Run() => Door.Enter(this);

    void IThreadPoolWorkItem.Execute() => Door.Enter(this);
}
