using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Threading.Channels;
using BitTensor.Protocol;

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

/// <summary>What this node has received of one process of another node, over all its connections.</summary>
public sealed class Session(long id)
{
    long _received;
    long _consumed;
    long _grantedReceived;
    long _grantedConsumed;
    long _arrivedBytes;

    internal long Id => id;

    internal long Received => Volatile.Read(ref _received);

    internal Channel<bool> Due { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal void Consume(int bytes)
    {
        if (Interlocked.Add(ref _consumed, bytes) - Volatile.Read(ref _grantedConsumed) >= WireLimits.WindowBytes / 32)
        {
            Due.Writer.TryWrite(true);
        }
    }

    /// <summary>Counts a message in. False when more bytes wait here than were granted.</summary>
    internal bool Arrive(int bytes, int window)
    {
        _arrivedBytes += bytes;
        if (Interlocked.Increment(ref _received) - Volatile.Read(ref _grantedReceived) >= 256)
        {
            Due.Writer.TryWrite(true);
        }
        return _arrivedBytes - Volatile.Read(ref _consumed) <= window;
    }

    internal void Tend()
    {
        if (Received > Volatile.Read(ref _grantedReceived))
        {
            Due.Writer.TryWrite(true);
        }
    }

    internal byte[] Grant()
    {
        var (received, consumed) = (Received, Volatile.Read(ref _consumed));
        Volatile.Write(ref _grantedReceived, received);
        Volatile.Write(ref _grantedConsumed, consumed);
        return Handshake.Grant(received, consumed);
    }
}

/// <summary>The listening side of one connection, after its handshake.</summary>
sealed class Incoming(
    string node, Session session, MeshOptions options, WireTable table, WireOutcomes outcomes, HalfOpen half, Action<Inbound> deliver)
{
    /// <summary>Takes the next whole frame off the buffer's head.</summary>
    /// <exception cref="WireException">The frame is larger than <paramref name="most"/>.</exception>
    public static bool TryFrame(ref ReadOnlySequence<byte> buffer, int most, out FrameKind kind, out ReadOnlySequence<byte> content)
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
    /// <exception cref="WireException">The peer does not keep to the protocol.</exception>
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
            var (to, from) = (BinaryPrimitives.ReadInt32LittleEndian(bytes[2..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[6..]));
            deliver(new Inbound(node, to, from, message, bytes.Length, session));
        }
        else
        {
            session.Consume(bytes.Length);
        }
        assembly.Clear();
    }

    /// <summary>A message this node cannot read is skipped and counted: a newer minor version may say more than this one knows.</summary>
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
            // The reading side ends with the connection and says why.
        }
        await GrantLast(stream);
    }

    /// <summary>What has arrived is said to have arrived before the connection is closed: else its sender would count it as lost too.</summary>
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
