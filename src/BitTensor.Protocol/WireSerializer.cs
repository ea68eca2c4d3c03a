using System.Buffers;
using Akka.Actor;
using Akka.Serialization;

namespace BitTensor.Protocol;

/// <summary>The one serializer of the project's messages over Akka.Remote, on a closed table.</summary>
/// <param name="system">Its actor system.</param>
/// <param name="table">What may be said.</param>
/// <param name="refused">Told of bytes that are no message of the table.</param>
public sealed class WireSerializer(
    ExtendedActorSystem system, WireTable table, Action<WireException> refused) : SerializerWithStringManifest(system)
{
    /// <summary>Number of the serializer, part of the protocol.</summary>
    public const int Id = 7301;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => table.Of(o).Name;

    /// <inheritdoc/>
    /// <exception cref="WireException">The message is too large for Akka.Remote.</exception>
    public override byte[] ToBinary(object obj)
    {
        var entry = table.Of(obj);
        var buffer = new ArrayBufferWriter<byte>();
        entry.Write(obj, TensorEncoding.Float32, buffer);
        return buffer.WrittenCount <= WireLimits.ControlBytes
            ? buffer.WrittenSpan.ToArray()
            : throw new WireException(
                WireRefusal.TooLarge,
                $"{entry.Name} of {buffer.WrittenCount} bytes; Akka.Remote carries {WireLimits.ControlBytes}");
    }

    /// <inheritdoc/>
    /// <exception cref="WireException">The bytes are not a message of the table.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return table.Find(manifest).Read(bytes);
        }
        catch (WireException bad)
        {
            refused(bad);
            throw;
        }
    }
}

/// <summary>
/// In the place of a serializer that nodes have no use for: of those that create whatever type a message names, deploy,
/// stop or watch. It writes nothing, and what asks for it is refused and counted.
/// </summary>
/// <param name="system">Its actor system.</param>
/// <param name="identifier">Number of the serializer in whose place it stands.</param>
/// <param name="refused">Told of every message that asks for it.</param>
public sealed class ForbiddenSerializer(
    ExtendedActorSystem system, int identifier, Action<WireException> refused) : SerializerWithStringManifest(system)
{
    /// <summary>
    /// Numbers of Akka's serializers that stay closed: JSON, Hyperion, any protobuf type, deployment, bytes, misc
    /// (Kill, exceptions, props), primitives, system messages (Stop, Suspend, Watch), reliable delivery.
    /// </summary>
    public static IReadOnlyList<int> Identifiers { get; } = [1, -5, 2, 3, 4, 16, 17, 22, 36];

    /// <inheritdoc/>
    public override int Identifier => identifier;

    /// <inheritdoc/>
    public override string Manifest(object o) => "";

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override byte[] ToBinary(object obj) =>
        throw new NotSupportedException($"{obj.GetType()} is not a message of the wire.");

    /// <inheritdoc/>
    /// <exception cref="WireException">Always.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var bad = new WireException(
            WireRefusal.ForbiddenSerializer, $"a message asks for serializer {identifier}, which is closed");
        refused(bad);
        throw bad;
    }
}
