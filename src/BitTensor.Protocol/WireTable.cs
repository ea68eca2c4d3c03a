using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BitTensor.Parcels;
using Google.Protobuf;

namespace BitTensor.Protocol;

/// <summary>
/// One row of the wire's table: a message's number, its name, who may send it, the kind of parcel it travels as, and
/// how it becomes bytes and back. Bytes: length of the body (uint32), the body (Protocol Buffers), and for messages
/// with a tensor its raw payload; all little-endian.
/// </summary>
public abstract class WireEntry
{
    private protected WireEntry(ushort manifest, string name, Type type)
    {
        Manifest = manifest;
        Name = name;
        Type = type;
    }

    /// <summary>Number of the kind, never used twice.</summary>
    public ushort Manifest { get; }

    /// <summary>Name of the kind, for people and for Akka.</summary>
    public string Name { get; }

    /// <summary>Type of the message.</summary>
    public Type Type { get; }

    /// <summary>Who may send the message over a link.</summary>
    public required Sender Sender { get; init; }

    /// <summary>The kind of parcel the message travels as; null for a message that meets no emulated link.</summary>
    public ParcelKind? Kind { get; init; }

    /// <summary>Name of the body in wire.proto.</summary>
    public abstract string BodyName { get; }

    /// <summary>True when a raw payload follows the body.</summary>
    public abstract bool HasPayload { get; }

    /// <summary>
    /// About how many bytes <see cref="WriteHead"/> appends: exact for the payload, a guess for the body.
    /// </summary>
    public virtual long HeadHint(object message, TensorEncoding encoding) => 256;

    /// <summary>Appends the message.</summary>
    public void Write(object message, TensorEncoding encoding, IBufferWriter<byte> to)
    {
        WriteHead(message, encoding, to);
        to.Write(Tail(message, encoding));
    }

    /// <summary>Appends the message but for its <see cref="Tail"/>.</summary>
    public abstract void WriteHead(object message, TensorEncoding encoding, IBufferWriter<byte> to);

    /// <summary>
    /// The last bytes of the message, where they travel as they lie in its memory; empty where they do not.
    /// </summary>
    public virtual ReadOnlySpan<byte> Tail(object message, TensorEncoding encoding) => default;

    /// <summary>Reads a message back.</summary>
    /// <exception cref="WireException">The bytes are not such a message.</exception>
    public abstract object Read(ReadOnlySpan<byte> bytes);

    /// <summary>The message as its receiver gets it: a parcel as an arrival, anything else as it is.</summary>
    /// <param name="from">Address of the sender.</param>
    /// <param name="message">The message.</param>
    public abstract object Wrap(int from, object message);
}

/// <summary>A row for messages of one type.</summary>
abstract class WireEntry<T>(ushort manifest, string name) : WireEntry(manifest, name, typeof(T))
    where T : class
{
    public override object Wrap(int from, object message) =>
        Kind is { } kind ? new Arrival<T>(from, kind, (T)message) : message;
}

/// <summary>The closed list of what may cross machines. Whatever is not in it is neither sent nor received.</summary>
public sealed class WireTable
{
    readonly Dictionary<Type, WireEntry> _byType;
    readonly Dictionary<ushort, WireEntry> _byManifest;
    readonly Dictionary<string, WireEntry> _byName;

    /// <summary>A table of these entries.</summary>
    /// <param name="entries">Every kind of message.</param>
    /// <exception cref="ArgumentException">Two entries share a type, a number or a name.</exception>
    public WireTable(IEnumerable<WireEntry> entries)
    {
        Entries = [.. entries.OrderBy(e => e.Manifest)];
        _byType = Entries.ToDictionary(e => e.Type);
        _byManifest = Entries.ToDictionary(e => e.Manifest);
        _byName = Entries.ToDictionary(e => e.Name);
    }

    /// <summary>All entries by number.</summary>
    public IReadOnlyList<WireEntry> Entries { get; }

    /// <summary>The entry of a message.</summary>
    /// <exception cref="ArgumentException">Such a message never crosses machines.</exception>
    public WireEntry Of(object message) =>
        _byType.TryGetValue(message.GetType(), out var entry)
            ? entry
            : throw new ArgumentException($"{message.GetType()} is not a message of the wire.");

    /// <summary>
    /// The kind of parcel a message travels as; null for a message that is no parcel, or not in the table.
    /// </summary>
    public ParcelKind? KindOf(object message) => _byType.GetValueOrDefault(message.GetType())?.Kind;

    /// <summary>
    /// The one address that a message comes from; null when its row names none, or it is not in the table.
    /// </summary>
    public int? SenderOf(object message) => _byType.GetValueOrDefault(message.GetType())?.Sender.AddressOf(message);

    /// <summary>True when the sender at an address may send a message over a link.</summary>
    public bool Says(int from, object message) =>
        _byType.GetValueOrDefault(message.GetType())?.Sender.Says(from, message) ?? false;

    /// <summary>The message as its receiver gets it.</summary>
    /// <param name="from">Address of the sender.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="ArgumentException">Such a message never crosses machines.</exception>
    public object Wrap(int from, object message) => Of(message).Wrap(from, message);

    /// <summary>True when messages of this type may cross machines.</summary>
    public bool Knows(Type type) => _byType.ContainsKey(type);

    /// <summary>The entry of a number.</summary>
    /// <exception cref="WireException">There is none.</exception>
    public WireEntry Find(ushort manifest) =>
        _byManifest.TryGetValue(manifest, out var entry)
            ? entry
            : throw new WireException(WireRefusal.UnknownManifest, $"no message has the manifest {manifest}");

    /// <summary>The entry of a name.</summary>
    /// <exception cref="WireException">There is none.</exception>
    public WireEntry Find(string name) =>
        _byName.TryGetValue(name, out var entry)
            ? entry
            : throw new WireException(WireRefusal.UnknownManifest, $"no message has the manifest '{name}'");
}

/// <summary>A kind of message that is its body.</summary>
sealed class BodyEntry<T, TBody>(ushort manifest, string name, Func<T, TBody> toBody, Func<TBody, T> fromBody)
    : WireEntry<T>(manifest, name)
    where T : class
    where TBody : IMessage<TBody>, new()
{
    public override string BodyName => typeof(TBody).Name;

    public override bool HasPayload => false;

    public override void WriteHead(object message, TensorEncoding encoding, IBufferWriter<byte> to) =>
        WireBytes.WriteBody(toBody((T)message), to);

    public override object Read(ReadOnlySpan<byte> bytes)
    {
        var body = WireBytes.ReadBody<TBody>(bytes, out var payload);
        return payload.IsEmpty
            ? WireBytes.Guarded(() => fromBody(body))
            : throw new WireException(
                WireRefusal.BadPayload, $"{payload.Length} bytes follow a message without payload");
    }
}

/// <summary>A kind of message with one tensor, which travels as raw payload.</summary>
sealed class TensorEntry<T, TBody>(
    ushort manifest, string name, Func<T, Wire.TensorBody, TBody> toBody, Func<T, Tensor> tensorOf,
    Func<TBody, Wire.TensorBody?> headerOf, Func<TBody, Tensor, T> fromBody)
    : WireEntry<T>(manifest, name)
    where T : class
    where TBody : IMessage<TBody>, new()
{
    public override string BodyName => typeof(TBody).Name;

    public override bool HasPayload => true;

    public override long HeadHint(object message, TensorEncoding encoding)
    {
        var tensor = tensorOf((T)message);
        return base.HeadHint(message, encoding) + (
            TensorPayload.Lies(encoding) ? 0 : TensorPayload.Size(tensor.Rows, tensor.Columns, encoding));
    }

    public override void WriteHead(object message, TensorEncoding encoding, IBufferWriter<byte> to)
    {
        var tensor = tensorOf((T)message);
        WireBytes.WriteBody(BodyOf((T)message, tensor, encoding), to);
        if (TensorPayload.Lies(encoding))
        {
            return;
        }
        var size = (int)TensorPayload.Size(tensor.Rows, tensor.Columns, encoding);
        TensorPayload.Write(tensor, encoding, to.GetSpan(size)[..size]);
        to.Advance(size);
    }

    public override ReadOnlySpan<byte> Tail(object message, TensorEncoding encoding) =>
        TensorPayload.Lies(encoding) ? MemoryMarshal.AsBytes(tensorOf((T)message).Values.AsSpan()) : default;

    public override object Read(ReadOnlySpan<byte> bytes)
    {
        var body = WireBytes.ReadBody<TBody>(bytes, out var payload);
        var header = headerOf(body) ?? throw new WireException(WireRefusal.BadBody, $"{Name} names no tensor");
        var tensor = WireBytes.ReadTensor(header, payload);
        return WireBytes.Guarded(() => fromBody(body, tensor));
    }

    TBody BodyOf(T message, Tensor tensor, TensorEncoding encoding) =>
        toBody(message, new Wire.TensorBody { Rows = tensor.Rows, Columns = tensor.Columns, Encoding = (int)encoding });
}

/// <summary>The bytes both kinds of entry share.</summary>
static class WireBytes
{
    public static void WriteBody(IMessage body, IBufferWriter<byte> to)
    {
        var size = body.CalculateSize();
        BinaryPrimitives.WriteInt32LittleEndian(to.GetSpan(4), size);
        to.Advance(4);
        body.WriteTo(to);
    }

    public static TBody ReadBody<TBody>(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
        where TBody : IMessage<TBody>, new()
    {
        var size = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (size < 0 || size > bytes.Length - 4)
        {
            throw new WireException(
                WireRefusal.BadBody, $"a body of {size} bytes cannot be in a message of {bytes.Length}");
        }
        payload = bytes[(4 + size)..];
        var body = new TBody();
        try
        {
            body.MergeFrom(bytes.Slice(4, size));
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new WireException(WireRefusal.BadBody, damage.Message, damage);
        }
        return body;
    }

    /// <summary>The shape is checked against the bytes that are there before anything is allocated for it.</summary>
    public static Tensor ReadTensor(Wire.TensorBody header, ReadOnlySpan<byte> payload)
    {
        var encoding = Value<TensorEncoding>(header.Encoding);
        if (header.Rows < 0 || header.Columns < 0
            || TensorPayload.Size(header.Rows, header.Columns, encoding) != payload.Length)
        {
            throw new WireException(
                WireRefusal.BadPayload,
                $"{payload.Length} bytes are not a {header.Rows} x {header.Columns} tensor of {encoding}");
        }
        return TensorPayload.Read(header.Rows, header.Columns, encoding, payload);
    }

    /// <summary>A number as the enumeration it stands for.</summary>
    public static TEnum Value<TEnum>(int number)
        where TEnum : struct, Enum
    {
        var value = (TEnum)Enum.ToObject(typeof(TEnum), number);
        return Enum.IsDefined(value)
            ? value
            : throw new WireException(WireRefusal.BadValue, $"{typeof(TEnum).Name} has no value {number}");
    }

    /// <summary>What a message's own constructor refuses is refused as its value.</summary>
    public static T Guarded<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException refused)
        {
            throw new WireException(WireRefusal.BadValue, refused.Message, refused);
        }
    }
}
