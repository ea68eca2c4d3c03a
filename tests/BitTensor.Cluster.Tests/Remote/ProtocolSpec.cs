using System.Reflection;
using Akka.Actor;
using BitTensor.Protocol;
using CsCheck;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// Every word that crosses a machine, found by reflection: it comes back as it was, and docs/PROTOCOL.md says what it
/// is.
/// </summary>
public sealed class ProtocolSpec : IDisposable
{
    readonly ActorSystem _system = ActorSystem.Create("protocol");

    public void Dispose() => _system.Dispose();

    public static TheoryData<string> Messages =>
        [.. ProtocolDocument.Spoken.Where(ProtocolDocument.Table.Knows).Select(t => t.FullName!)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_comes_back_from_the_serializer_as_it_was(string type)
    {
        var serializer = new WireSerializer((ExtendedActorSystem)_system, ProtocolDocument.Table, _ => { });
        ControlSamples.Messages.Of(ProtocolDocument.Spoken.Single(t => t.FullName == type)).Sample(
            message =>
                AnyMessage.Same(
                    message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message))),
            iter: 200);
    }

    [Fact]
    public void The_table_holds_messages_of_the_conversations_and_nothing_else() =>
        Assert.Subset(
            ProtocolDocument.Spoken.ToHashSet(), ProtocolDocument.Table.Entries.Select(e => e.Type).ToHashSet());

    [Fact]
    public void What_is_not_in_the_table_is_not_serialized()
    {
        var serializer = new WireSerializer((ExtendedActorSystem)_system, ProtocolDocument.Table, _ => { });
        foreach (var type in ProtocolDocument.Spoken.Where(t => !ProtocolDocument.Table.Knows(t)))
        {
            var message = ControlSamples.Messages.Of(type).Single();
            Assert.Throws<ArgumentException>(() => serializer.ToBinary(message));
        }
    }

    /// <summary>
    /// The document is generated: <c>BTA_APPROVE=1 dotnet test --filter ProtocolSpec</c> writes it anew, to be read
    /// before it is committed.
    /// </summary>
    [Fact]
    public void The_document_is_what_the_code_says()
    {
        var file = Path.Combine(SourceTree.Root, "docs", "PROTOCOL.md");
        var text = ProtocolDocument.Text();
        if (Environment.GetEnvironmentVariable("BTA_APPROVE") == "1")
        {
            File.WriteAllText(file, text);
        }
        var written = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.True(
            written == text,
            $"docs/PROTOCOL.md is not what the code says, from line {FirstDifference(written, text)}. Write it anew "
            + "and read what changed: "
            + "BTA_APPROVE=1 dotnet test tests/BitTensor.Cluster.Tests --filter ProtocolSpec");
    }

    static int FirstDifference(string a, string b) =>
        1 + a.Split('\n').Zip(b.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count();
}
