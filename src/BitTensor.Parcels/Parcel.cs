namespace BitTensor.Parcels;

/// <summary>A message as the emulated network sees it: never its content.</summary>
/// <param name="From">Sender: an id, or one of <see cref="Addresses"/>.</param>
/// <param name="To">Receiver.</param>
/// <param name="Kind">Purpose.</param>
/// <param name="Bytes">Size on the wire.</param>
/// <param name="Sequence">Counts the parcels of this direction of this link from 0.</param>
public readonly record struct Parcel(int From, int To, ParcelKind Kind, long Bytes, long Sequence);
