using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Serialization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Actor;
using BitTensor.Actors.Context;
using BitTensor.Cluster;
using BitTensor.Protocol;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// Strangers at the two ports of a node of a real cluster, and what they do with the best certificate they can get.
/// </summary>
public sealed class AkkaRemoteSpec(RemoteStage stage) : IClassFixture<RemoteStage>
{
    [Theory]
    [InlineData("of a node", true)]
    [InlineData("none", false)]
    [InlineData("of another authority", false)]
    [InlineData("of its own", false)]
    [InlineData("expired", false)]
    [InlineData("for another use", false)]
    [InlineData("the authority's own", false)]
    public async Task Only_a_certificate_that_the_authority_made_for_a_node_reaches_anything(
        string certificate, bool reaches)
    {
        await using var stranger = new Stranger(stage.Node, Certificate(certificate));
        Assert.Equal(reaches, await stranger.Reaches(stage.System));
        await stage.NobodyNoticed();
        Assert.False(stranger.HeardMore());
    }

    [Fact]
    public async Task A_client_of_TLS_without_a_certificate_gets_no_word()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(stage.RemotePort);
#pragma warning disable CA5359 // It is the client that the node must not trust here.
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await tls.AuthenticateAsClientAsync("alpha");
            await tls.WriteAsync(new byte[100]);
            Assert.True(await tls.ReadAsync(new byte[100]) > 0, "closed");
        });
        await stage.NobodyNoticed();
    }

    static readonly string[] Victims = ["/user/canary", "/user/node", "/user/authority", "/system/cluster/core/daemon"];

    [Theory]
    [InlineData("stop")]
    [InlineData("suspend")]
    [InlineData("watch")]
    [InlineData("deploy")]
    public async Task Whoever_has_a_certificate_and_sends_a_word_of_Akkas_own_loses_the_connection(string word)
    {
        await using var stranger = new Stranger(stage.Node, stage.Certificates.Of("gamma").Certificate);
        Assert.True(await stranger.Reaches());
        var before = stage.Node.Outcomes[WireRefusal.ForbiddenSerializer];
        foreach (var victim in Victims.Select(p => (IInternalActorRef)stranger.At(p)))
        {
            switch (word)
            {
                case "stop":
                    victim.Stop();
                    break;
                case "suspend":
                    victim.Suspend();
                    break;
                case "deploy":
                    stranger.System.ActorOf(
                        Props.Create<Deployed>().WithDeploy(new Deploy(new RemoteScope(stranger.Target))));
                    break;
                default:
                    victim.SendSystemMessage(new Akka.Dispatch.SysMsg.Watch(victim, (IInternalActorRef)stranger.Self));
                    break;
            }
        }
        // Some of these go out when Akka's own watcher gets to it.
        while (await stranger.Reaches())
        {
        }
        Assert.InRange(stage.Node.Outcomes[WireRefusal.ForbiddenSerializer], before + 1, before + 100);
        Assert.False(stage.Canary.Stopped || Deployed.Lives);
        await stage.NobodyNoticed();
    }

    [Fact]
    public async Task Whoever_has_a_certificate_still_kills_and_selects_nothing()
    {
        await using var stranger = new Stranger(stage.Node, stage.Certificates.Of("gamma").Certificate);
        Assert.True(await stranger.Reaches());
        foreach (var path in Victims)
        {
            stranger.At(path).Tell(PoisonPill.Instance, stranger.Self);
            stranger.At(path).Tell(Kill.Instance, stranger.Self);
            stranger.System.ActorSelection(stranger.Target + path).Tell(PoisonPill.Instance, stranger.Self);
            stranger.System.ActorSelection(stranger.Target + path).Tell(Kill.Instance, stranger.Self);
        }
        foreach (
            var path in (string[])[
                "/user/*", "/user/canary", "/user/authority/*", "/system/*", "/user/node/*", "/user/../user/canary",
            ])
        {
            stranger.System.ActorSelection(stranger.Target + path).Tell(new Identify(path), stranger.Self);
        }
        // An association keeps its order: the answer to this says that all of the above has been looked at.
        Assert.True(await stranger.Reaches());
        Assert.False(stage.Canary.Stopped);
        Assert.Empty(stage.Canary.Heard);
        Assert.Empty(stranger.Noticed);
        await stage.NobodyNoticed();
    }

    [Theory]
    [InlineData("gadget", 1)]
    [InlineData("exception", 16)]
    [InlineData("text", 17)]
    [InlineData("bytes", 4)]
    public async Task A_message_of_a_closed_serializer_is_refused_before_anything_of_it_is_made(
        string what, int serializer)
    {
        await using var stranger = new Stranger(stage.Node, stage.Certificates.Of("gamma").Certificate);
        object message = what switch
        {
            "gadget" => new Gadget(),
            "exception" => new Status.Failure(new GadgetException("boo")),
            "text" => "hello",
            _ => new byte[] { 1, 2, 3 },
        };
        Assert.Equal(serializer, stranger.System.Serialization.FindSerializerFor(message).Identifier);
        await Refused(stranger, message, WireRefusal.ForbiddenSerializer);
    }

    [Fact]
    public async Task A_message_that_is_not_in_this_roads_table_is_refused()
    {
        await using var stranger = new Stranger(stage.Node, stage.Certificates.Of("gamma").Certificate);
        await Refused(stranger, new ControlMessage.EndAtNextBlock(), WireRefusal.UnknownManifest);
    }

    async Task Refused(Stranger stranger, object message, WireRefusal refusal)
    {
        var before = stage.Node.Outcomes[refusal];
        Gadget.Ran = GadgetException.Ran = false;
        stranger.At("/user/node").Tell(message, stranger.Self);
        stranger.At("/user/canary").Tell(message, stranger.Self);
        Assert.True(await stranger.Reaches());
        Assert.False(Gadget.Ran || GadgetException.Ran);
        Assert.Equal(before + 2, stage.Node.Outcomes[refusal]);
        Assert.Empty(stage.Canary.Heard);
        await stage.NobodyNoticed();
    }

    [Theory]
    [InlineData("HTTP", "remote")]
    [InlineData("HTTP", "links")]
    [InlineData("random bytes", "remote")]
    [InlineData("random bytes", "links")]
    [InlineData("an endless first word", "remote")]
    [InlineData("an endless first word", "links")]
    public async Task Bytes_that_are_no_handshake_end_their_connection(string what, string port)
    {
        var bytes = what switch
        {
            "HTTP" => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: node\r\n\r\n"),
            "random bytes" => [.. Enumerable.Range(0, 4096).Select(k => (byte)(k * 31 % 251))],
            _ => [0x16, 0x03, 0x01, 0x40, 0x00, .. new byte[200]],
        };
        using var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(port == "links" ? stage.LinkPort : stage.RemotePort);
        await stranger.SendAsync(bytes);
        if (what != "an endless first word" || port == "links")
        {
            await EndOf(stranger);
        }
        await stage.NobodyNoticed();
    }

    [Theory]
    [InlineData("remote")]
    [InlineData("links")]
    public async Task A_thousand_connections_that_say_nothing_or_a_byte_at_a_time_keep_nobody_out(string port)
    {
        var crowd = new List<Socket>();
        for (var k = 0; k < 1000; k++)
        {
            var one = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await one.ConnectAsync(port == "links" ? stage.LinkPort : stage.RemotePort);
            crowd.Add(one);
        }
        await stage.NobodyNoticed();
        foreach (var one in crowd.Take(100))
        {
            try
            {
                await one.SendAsync(new byte[] { 0x16 });
            }
            catch (SocketException)
            {
                // Its time was up.
            }
        }
        // Another node still gets in: over the port that is besieged.
        await using var late = NodeHost.Start(
            new NodeOptions
            {
                Name = "gamma",
                Identity = stage.Certificates.Of("gamma"),
                Join = [stage.Node.Address],
                Neurons = false,
                Cores = 1,
            });
        await stage.IsJoinedBy(late);
        await stage.NobodyNoticed();
        await late.LeaveAsync();
        crowd.ForEach(s => s.Dispose());
    }

    static async Task EndOf(Socket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (await socket.ReceiveAsync(new byte[1000], patience.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
        }
    }

    X509Certificate2? Certificate(string kind)
    {
        var now = DateTimeOffset.UtcNow;
        switch (kind)
        {
            case "none":
                return null;
            case "of a node":
                return stage.Certificates.Of("gamma").Certificate;
            case "of another authority":
                using (var others = new WireCertificates("alpha"))
                {
                    return others.Of("alpha").Certificate;
                }
            case "the authority's own":
                var folder = stage.Certificates.Folder;
            return Usable(X509Certificate2.CreateFromPemFile(
                Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca.key")));
            case "of its own":
                return Made(null, now, Both);
            case "expired":
                return Made(Authority(), now - TimeSpan.FromHours(2), Both);
            default:
                return Made(Authority(), now, [new Oid("1.3.6.1.5.5.7.3.3")]);
        }
    }

    static Oid[] Both => [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")];

    X509Certificate2 Authority() =>
        X509Certificate2.CreateFromPemFile(
            Path.Combine(stage.Certificates.Folder, "ca.pem"), Path.Combine(stage.Certificates.Folder, "ca.key"));

    static X509Certificate2 Made(X509Certificate2? authority, DateTimeOffset from, Oid[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=gamma", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. uses], false));
        var (start, end) = (from - TimeSpan.FromMinutes(4), from + TimeSpan.FromHours(1));
        return Usable(authority is null
            ? request.CreateSelfSigned(start, end)
            : request.Create(authority, start, end, [1, 2, 3, 4]).CopyWithPrivateKey(key));
    }

    static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}

/// <summary>An actor that nobody should be able to start elsewhere.</summary>
public sealed class Deployed : ReceiveActor
{
    public Deployed()
    {
        Lives = true;
        ReceiveAny(_ => { });
    }

    public static bool Lives { get; private set; }
}

/// <summary>A type whose setter does something, as a message of the JSON serializer would have it run.</summary>
public sealed class Gadget
{
    public static bool Ran { get; set; }

    public string Command
    {
        get => "run";
        set => Ran = value == "run";
    }
}

/// <summary>An exception with a constructor for serialization that does something.</summary>
[Serializable]
public sealed class GadgetException : Exception
{
    public GadgetException(string message)
        : base(message)
    {
    }

#pragma warning disable SYSLIB0051 // What is tested is whether this is called.
    GadgetException(SerializationInfo info, StreamingContext context)
        : base(info, context) => Ran = true;
#pragma warning restore SYSLIB0051

    public static bool Ran { get; set; }
}
