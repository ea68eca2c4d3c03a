using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Threading.Channels;
using BitTensor.Protocol;

namespace BitTensor.Transport;

/// <summary>The listening side of one connection, after its handshake.</summary>
sealed class Incoming(
    string node, Session session, MeshOptions options, WireTable table, WireOutcomes outcomes, HalfOpen half,
    Action<Inbound> deliver)
{
    /// <summary>Takes the next whole frame off the buffer's head.</summary>
    /// <exception cref="WireException">The frame is larger than <paramref name="most"/>.</exception>
    public static bool TryFrame(
        ref ReadOnlySequence<byte> buffer, int most, out FrameKind kind, out ReadOnlySequence<byte> content)
    {
        (kind, content) = (default, default);
        if (buffer.Length < Frame.HeaderBytes)
        {
            return false;
        }
        (var length, kind) = Handshake.Header(buffer);
        if (length < 1 || length > most)
        {
            throw new WireException(WireRefusal.TooLarge, $"a frame of {(uint)length} bytes; allowed are {most}");
        }
        if (buffer.Length < 4 + length)
        {
            return false;
        }
        content = buffer.Slice(Frame.HeaderBytes, length - 1);
        buffer = buffer.Slice(4 + length);
        return true;
    }

    /// <summary>Receives until the connection ends.</summary>
    /// <exception cref="WireException">The peer breaks the protocol.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task Receive(Stream stream, PipeReader reader, CancellationToken stop)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var granting = Grant(stream, connection.Token);
        using var assembly = new Assembly(half);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(connection.Token);
                var buffer = read.Buffer;
                while (TryFrame(ref buffer, Frame.MaxBytes, out var kind, out var content))
                {
                    Take(kind, content, assembly);
                }
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            await connection.CancelAsync();
            await granting;
        }
    }

    void Take(FrameKind kind, in ReadOnlySequence<byte> content, Assembly assembly)
    {
        if (kind != FrameKind.Chunk)
        {
            throw new WireException(WireRefusal.BadFrame, $"a frame of kind {(byte)kind} where a chunk is due");
        }
        if (!assembly.Add(content))
        {
            return;
        }
        var bytes = assembly.Bytes;
        if (!session.Arrive(bytes.Length, options.WindowBytes))
        {
            throw new WireException(WireRefusal.NoCredit, $"more than {options.WindowBytes} bytes are on their way");
        }
        if (Read(bytes) is { } message)
        {
            var (to, from) = (
                BinaryPrimitives.ReadInt32LittleEndian(bytes[2..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[6..]));
            deliver(new Inbound(node, to, from, message, bytes.Length, session));
        }
        else
        {
            session.Consume(bytes.Length);
        }
        assembly.Clear();
    }

    /// <summary>
    /// Skips and counts a message this node cannot read: a newer minor version may have messages that this version
    /// lacks.
    /// </summary>
    object? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return table.Find(BinaryPrimitives.ReadUInt16LittleEndian(bytes)).Read(bytes[Frame.EnvelopeBytes..]);
        }
        catch (WireException refused)
        {
            outcomes.Note(refused.Reason, $"from node '{node}': {refused.Message}");
            return null;
        }
    }

    async Task Grant(Stream stream, CancellationToken stop)
    {
        try
        {
            while (await session.Due.Reader.WaitToReadAsync(stop))
            {
                session.Due.Reader.TryRead(out _);
                await stream.WriteAsync(session.Grant(), stop);
            }
        }
        catch (Exception ended) when (OutgoingLink.IsTrouble(ended))
        {
            // The reading side ends with the connection and reports the reason.
        }
        await GrantLast(stream);
    }

    /// <summary>
    /// Acknowledges received messages before the connection closes; else the sender would count them as lost as well.
    /// </summary>
    async Task GrantLast(Stream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await stream.WriteAsync(session.Grant(), patience.Token);
            await stream.FlushAsync(patience.Token);
        }
        catch (Exception ended) when (OutgoingLink.IsTrouble(ended))
        {
            // The connection is gone already.
        }
    }
}
