using System.Buffers;
using Akka.Actor;
using Akka.Serialization;

namespace BitTensor.Protocol;

/// <summary>The one serializer of the project's messages over Akka.Remote, on a closed table.</summary>
public sealed class WireSerializer(ExtendedActorSystem system, WireTable table) : SerializerWithStringManifest(system)
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
                WireRefusal.TooLarge, $"{entry.Name} of {buffer.WrittenCount} bytes; Akka.Remote carries {WireLimits.ControlBytes}");
    }

    /// <inheritdoc/>
    /// <exception cref="WireException">The bytes are not a message of the table.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => table.Find(manifest).Read(bytes);
}
