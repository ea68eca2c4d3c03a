namespace BitTensor.Protocol;

/// <summary>Why bytes from another machine are not taken for a message. Names are part of the protocol.</summary>
public enum WireRefusal
{
    /// <summary>The first bytes are not the protocol's.</summary>
    NotTheProtocol,

    /// <summary>The peer speaks another major version.</summary>
    WrongVersion,

    /// <summary>The peer's certificate belongs to another node than the one it says it is.</summary>
    WrongNode,

    /// <summary>The peer did not finish its handshake in time.</summary>
    TooSlow,

    /// <summary>
    /// As many connections are open, nodes known, or bytes of unfinished messages held as the node may have.
    /// </summary>
    TooMany,

    /// <summary>A frame or message is larger than allowed.</summary>
    TooLarge,

    /// <summary>More bytes are on their way than the receiver granted credit for.</summary>
    NoCredit,

    /// <summary>A frame is of a kind that does not exist, or does not belong here.</summary>
    BadFrame,

    /// <summary>A chunk is not the one that follows.</summary>
    BadChunk,

    /// <summary>A chunk's hash is not the hash of its bytes.</summary>
    BadHash,

    /// <summary>No message has this manifest.</summary>
    UnknownManifest,

    /// <summary>The body cannot be parsed.</summary>
    BadBody,

    /// <summary>A field has a value that does not exist.</summary>
    BadValue,

    /// <summary>The payload's size is not the one that the tensor's shape asks for.</summary>
    BadPayload,

    /// <summary>The message names a sender that is not placed on the sending node.</summary>
    NotPlaced,

    /// <summary>The message is not one that its sender says: it is another's, or names another.</summary>
    NotTheirs,

    /// <summary>
    /// The message asks for a serializer that is closed: it could create any type, deploy, stop or watch. Nothing of it
    /// is looked at.
    /// </summary>
    ForbiddenSerializer,
}

/// <summary>Bytes from another machine are refused.</summary>
public sealed class WireException(WireRefusal reason, string message, Exception? inner = null) : Exception(
    $"{reason}: {message}", inner)
{
    /// <summary>Why.</summary>
    public WireRefusal Reason { get; } = reason;
}

/// <summary>What a receiver takes at most. Checked before anything is allocated for it.</summary>
public static class WireLimits
{
    /// <summary>Version of the protocol: majors refuse each other, minors talk.</summary>
    public const int Major = 1;

    /// <summary>Counts additions to the protocol.</summary>
    public const int Minor = 4;

    /// <summary>Bytes of one message, body and payload.</summary>
    public const int MessageBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of one chunk's data.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>Bytes of one message that travels over Akka.Remote: its own frame limit, less what it adds.</summary>
    public const int ControlBytes = 120_000;

    /// <summary>Bytes that may be on their way to a node before it grants more.</summary>
    public const int WindowBytes = 32 * 1024 * 1024;
}
