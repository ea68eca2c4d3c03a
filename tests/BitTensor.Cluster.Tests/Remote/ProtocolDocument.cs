using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using BitTensor.Actors.Coalition;
using BitTensor.Actors.Context;
using BitTensor.Cluster;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Protocol;
using BitTensor.Transport;
using Google.Protobuf.Reflection;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// docs/PROTOCOL.md, made from the table of messages, from wire.proto and from the summaries in the code.
/// </summary>
static class ProtocolDocument
{
    static readonly CodeSummaries Summaries = new(
        typeof(WireTable).Assembly, typeof(MeshOptions).Assembly, typeof(ControlMessage).Assembly,
        typeof(ClusterMessage).Assembly, typeof(ParcelKind).Assembly, typeof(Refusal).Assembly);

    static readonly Dictionary<string, string> Comments = CommentsOf(File.ReadAllLines(Path.Combine(
        AppContext.BaseDirectory, "wire.proto")));

    const string Commitment =
        "M:BitTensor.Protocol.SubmissionSignature.Commitment(BitTensor.Protocol.LedgerMessage.SubmitWeights)";
    const string CommitmentBytes =
        "M:BitTensor.Protocol.SubmissionSignature.CommitmentBytes(System.String,System.Int32,System.Int64,System.ReadOnlySpan{System.Byte})";
    const string CanonicalBytes =
        "M:BitTensor.Protocol.SubmissionSignature.CanonicalBytes(System.String,System.Int32,System.Int64,BitTensor.Mechanism.WeightRow)";

    /// <summary>What both transports carry.</summary>
    public static WireTable Table { get; } = new(ControlCodecs.Links.Entries.Concat(ControlCodecs.Remote.Entries));

    /// <summary>Every message there is, whether it crosses machines or not.</summary>
    public static IReadOnlyList<Type> Spoken { get; } =
    [
        .. new[]
        {
            typeof(QueryMessage), typeof(LedgerMessage), typeof(ControlMessage), typeof(ClusterMessage),
            typeof(CoalitionMessage),
        }.SelectMany(c => c.GetNestedTypes()),
    ];

    public static string Text()
    {
        var text = new StringBuilder();
        text.Append(string.Create(CultureInfo.InvariantCulture, $$"""
            # The protocol between nodes

            Version {{WireLimits.Major}}.{{WireLimits.Minor}}. This file is generated from the code by a test (`ProtocolSpec`), which fails when it is not what the code says:
            `BTA_APPROVE=1 dotnet test tests/BitTensor.Cluster.Tests --filter ProtocolSpec` writes it anew. Why there are two transports is in [decision 7](decisions/0007-two-transports-between-machines.md).

            - **Links** carry what neurons, ledger and supervisor say: one TCP connection per direction and pair of nodes, TLS inside it when the nodes have certificates.
            - **Akka.Remote** carries membership, heartbeats and the messages of the authority. Its serializer has the number {{WireSerializer.Id}}, its manifests are the names
              below, a message has at most {{WireLimits.ControlBytes:N0}} bytes. No other serializer of ours exists, and Akka's JSON serializer is off.

            All numbers are little-endian. A message that is not in this file has no way onto the wire and none off it.

            ## A connection of a link

            | from | bytes |
            |---|---|
            | who dials | TLS handshake, if the nodes have certificates: both sides show theirs, both from the one authority, and the listening node's carries the name that was dialled |
            | who dials | `{{Encoding.ASCII.GetString(Frame.Magic)}}`, then a frame `{{FrameKind.Hello}}`. The name in it is the one in the certificate |
            | who listens | a frame `{{FrameKind.Welcome}}`: what it has received of this session before; or a frame `{{FrameKind.Refused}}`, and the end |
            | who dials | frames `{{FrameKind.Chunk}}`, those messages first which the other side has not received |
            | who listens | frames `{{FrameKind.Grant}}`, as its actors deal with what came; or a frame `{{FrameKind.Refused}}`, and the end |

            **Versions.** Another major version is refused as `{{WireRefusal.WrongVersion}}`, by the listening node and by the one that dialled, with both versions in the text. Minor versions talk: a field that a node
            does not know is skipped, a message it does not know is counted as `{{WireRefusal.UnknownManifest}}` and skipped.

            **Once, in order.** A sender keeps a message until a welcome or a grant counts it as received, and sends it again on the next connection of its session. A node that starts anew has another session.

            **Without certificates** a name is a claim, which is why a node without them listens at loopback alone. With them it is proven, and a message from a sender that is not placed on the
            sending node is refused as `{{WireRefusal.NotPlaced}}`.

            ### Frames

            A frame is its length without itself (uint32), its kind (uint8) and its content.

            | kind | name | content |
            |---|---|---|

            """));
        foreach (var kind in Enum.GetValues<FrameKind>())
        {
            Row(text, $"{(int)kind}", $"`{kind}`", Summary(kind) + ContentOf(kind));
        }
        text.Append(string.Create(CultureInfo.InvariantCulture, $"""

            A chunk's content begins with {Frame.ChunkHeaderBytes} bytes: size of the whole message (int32), offset of this part (int32), XXH3 of the part's bytes (uint64). Parts of a message follow each other, no other frame
            between them. The message begins with {Frame.EnvelopeBytes} bytes: manifest (uint16), receiver (int32), sender (int32). Then come the size of the body (uint32), the body (Protocol Buffers,
            `src/BitTensor.Protocol/wire.proto`), and for messages with a tensor its payload, to the end.
            Addresses: a neuron is its id, the ledger {Addresses.Ledger}, journal {Addresses.Journal},
            conductor {Addresses.Conductor}, audit {Addresses.Audit}, archive {Addresses.Archive}.

            ### Limits

            Checked before anything is allocated.

            | limit | value | of what |
            |---|---|---|

            """));
        foreach (var (name, value, of) in Limits())
        {
            Row(text, name, value, of);
        }
        text.Append("\n### How a tensor's numbers travel\n\n| number | name | payload |\n|---|---|---|\n");
        foreach (var encoding in Enum.GetValues<TensorEncoding>())
        {
            Row(text, $"{(int)encoding}", $"`{encoding}`", Summary(encoding));
        }
        text.Append("\n## Refusals\n\nWhat a node counts, by name, when bytes from elsewhere are no message. ")
            .Append(
                $"`{WireRefusal.UnknownManifest}`, `{WireRefusal.BadBody}`, `{WireRefusal.BadValue}`, "
                + $"`{WireRefusal.BadPayload}` and `{WireRefusal.NotPlaced}` cost a peer its message, ")
            .Append(
                "the others its connection. None of them changes anything else.\n\n| number | name | when "
                + "|\n|---|---|---|\n");
        Names<WireRefusal>(text);
        text.Append("\n## Messages\n\n")
            .Append("The sender is the party that may say the message; a node refuses it from any other as `")
            .Append($"{WireRefusal.NotTheirs}`. ")
            .Append("The kind is that of the parcel as which the message meets the emulated links.\n\n")
            .Append("| manifest | name | from and to | transport | sender | kind | body | payload |\n")
            .Append("|---|---|---|---|---|---|---|---|\n");
        foreach (var entry in Table.Entries)
        {
            Row(
                text, $"{entry.Manifest}", $"[`{entry.Name}`](#{entry.Name})", Direction(entry.Type),
                ControlCodecs.Remote.Knows(entry.Type) ? "Akka.Remote" : "link",
                entry.Sender.Name, entry.Kind is { } kind ? $"`{kind.Name()}`" : "",
                $"`{entry.BodyName}`", entry.HasPayload ? "tensor" : "");
        }
        foreach (var entry in Table.Entries)
        {
            text.Append($"\n### {entry.Name}\n\n{Summary(entry.Type)}\n");
            Fields(text, entry.BodyName);
            if (entry.Type == typeof(LedgerMessage.SubmitWeights))
            {
                text.Append($"\n{Summary(CanonicalBytes)}\n");
            }
            if (entry.Type == typeof(LedgerMessage.CommitWeights))
            {
                text.Append($"\n{Summary(Commitment)}\n\n{Summary(CommitmentBytes)}\n");
            }
        }
        text.Append("\n## Parts of bodies and of handshakes\n");
        foreach (var body in Bodies().Where(b => Table.Entries.All(e => e.BodyName != b.Name)))
        {
            text.Append($"\n### {body.Name}\n\n{Comments.GetValueOrDefault(body.Name, "")}\n");
            Fields(text, body.Name);
        }
        text.Append("\n## Numbers that stand for names\n");
        Enumeration<ServingRefusal>(text);
        Enumeration<Refusal>(text);
        Enumeration<ParcelKind>(text);
        text.Append(
            "\n## What never crosses machines\n\nThe emulator's own words within one process; the serializer has no "
            + "entry for them.\n\n| message | |\n|---|---|\n");
        foreach (var type in Spoken.Where(t => !Table.Knows(t)))
        {
            Row(text, $"`{type.Name}`", Summary(type));
        }
        return text.ToString();
    }

    static string ContentOf(FrameKind kind) => kind switch
    {
        FrameKind.Hello => " [`HelloBody`](#hellobody)",
        FrameKind.Welcome => " [`WelcomeBody`](#welcomebody)",
        FrameKind.Refused => " [`RefusedBody`](#refusedbody)",
        _ => "",
    };

    static IEnumerable<(string Name, string Value, string Of)> Limits()
    {
        foreach (
            var constant in typeof(WireLimits).GetFields()
                .Where(f => f.Name.EndsWith("Bytes", StringComparison.Ordinal))
                .Concat([typeof(Frame).GetField(nameof(Frame.HandshakeBytes))!]))
        {
            yield return (
                $"`{constant.Name}`", Text(constant.GetRawConstantValue()!),
                Summary($"F:{constant.DeclaringType!.FullName}.{constant.Name}"));
        }
        var defaults = new MeshOptions { Node = "", Session = 0 };
        foreach (
            var option in typeof(MeshOptions).GetProperties()
                .Where(p => p.PropertyType == typeof(int) || p.PropertyType == typeof(TimeSpan))
                .ExceptBy([nameof(WireLimits.WindowBytes)], p => p.Name))
        {
            yield return (
                $"`{option.Name}`", Text(option.GetValue(defaults)!),
                Summary($"P:{option.DeclaringType!.FullName}.{option.Name}"));
        }
    }

    static string Text(object value) => value is TimeSpan time
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{value:N0}");

    static void Fields(StringBuilder text, string body)
    {
        var fields = Bodies().Single(b => b.Name == body).Fields.InFieldNumberOrder();
        if (fields.Count == 0)
        {
            text.Append("\nNo fields.\n");
            return;
        }
        text.Append("\n| field | name | type | |\n|---|---|---|---|\n");
        foreach (var field in fields)
        {
            var type = field.FieldType == FieldType.Message
                ? $"[`{field.MessageType.Name}`](#{field.MessageType.Name.ToLowerInvariant()})"
                : $"{field.FieldType}".ToLowerInvariant();
            Row(
                text, $"{field.FieldNumber}", $"`{field.Name}`", (field.IsRepeated ? "any number of " : "") + type,
                Comments.GetValueOrDefault($"{body}.{field.Name}", ""));
        }
    }

    static void Enumeration<T>(StringBuilder text)
        where T : struct, Enum
    {
        text.Append($"\n### {typeof(T).Name}\n\n{Summary(typeof(T))}\n\n| number | name | |\n|---|---|---|\n");
        Names<T>(text);
    }

    static void Names<T>(StringBuilder text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            Row(text, $"{Convert.ToInt32(value, CultureInfo.InvariantCulture)}", $"`{value}`", Summary(value));
        }
    }

    static void Row(StringBuilder text, params string[] cells) =>
        text.Append($"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");

    static IEnumerable<MessageDescriptor> Bodies() =>
        typeof(WireTable).Assembly.GetTypes().Where(t => t.Namespace == "BitTensor.Protocol.Wire")
            .Select(t => t.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
                .OfType<MessageDescriptor>()
            .OrderBy(b => b.Index);

    /// <summary>"From to To", as every summary of a message begins.</summary>
    static string Direction(Type message)
    {
        var summary = Summary(message);
        var end = summary.IndexOfAny([':', ',']);
        return end > 0
            ? summary[..end]
            : throw new InvalidDataException($"The summary of {message} does not say from whom to whom it goes.");
    }

    static string Summary(Type type) => Summaries.Of(type);

    static string Summary(Enum value) => Summaries.Of(value);

    static string Summary(string member) => Summaries.Of(member);

    /// <summary>Comments of wire.proto by message and by message and field.</summary>
    static Dictionary<string, string> CommentsOf(string[] lines)
    {
        var comments = new Dictionary<string, string>();
        var (message, so) = ("", new List<string>());
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                so.Add(line[2..].Trim());
                continue;
            }
            if (Regex.Match(line, @"^message (\w+) \{$") is { Success: true } opened)
            {
                message = opened.Groups[1].Value;
                comments[message] = string.Join(' ', so);
            }
            else if (Regex.Match(line, @"(\w+) = \d+;$") is { Success: true } field)
            {
                comments[$"{message}.{field.Groups[1].Value}"] = string.Join(' ', so);
            }
            so.Clear();
        }
        return comments;
    }
}
