using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport.DotNetty;
using Akka.Serialization;
using BitTensor.Actors.Run;
using BitTensor.Protocol;
using BitTensor.Transport;

namespace BitTensor.Cluster;

/// <summary>
/// The settings of Akka.Remote on a node: <c>secure.conf</c>, its own certificate and the pinned authority, one
/// serializer on a closed table, and the few paths that other nodes may select.
/// </summary>
static class AkkaRemote
{
    /// <summary>Name of every node's actor system.</summary>
    public const string SystemName = "bta";

    /// <summary>Name of the node's agent.</summary>
    public const string Agent = "node";

    /// <summary>Name of the authority's seat.</summary>
    public const string Authority = "authority";

    /// <summary>
    /// The paths that another node may select: the cluster's own daemons, the singleton's manager, and the agent.
    /// </summary>
    public static ImmutableArray<string> TrustedPaths { get; } =
        ["/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", $"/user/{Authority}", $"/user/{Agent}"];

    /// <summary>The setup of a node's actor system.</summary>
    /// <param name="options">The node.</param>
    /// <param name="outcomes">Counts refused messages and connections.</param>
    public static ActorSystemSetup SetupOf(NodeOptions options, WireOutcomes outcomes)
    {
        void Refused(WireException bad) => outcomes.Note(bad.Reason, $"over Akka.Remote: {bad.Message}");
        var setup = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigOf(options)),
            SerializationSetup.Create(system =>
            [
                SerializerDetails.Create(
                    "bta-wire", new WireSerializer(system, ControlCodecs.Remote, Refused),
                    [.. ControlCodecs.Remote.Entries.Select(e => e.Type)]),
                .. ForbiddenSerializer.Identifiers.Select(
                    id => SerializerDetails.Create($"forbidden{id}", new ForbiddenSerializer(system, id, Refused), [])),
            ]));
        return options.Identity is { } identity ? setup.And(SslOf(identity, outcomes)) : setup;
    }

    /// <summary>Both sides of a connection must show a node's certificate of the pinned authority.</summary>
    static DotNettySslSetup SslOf(NodeIdentity identity, WireOutcomes outcomes)
    {
        bool Judge(X509Certificate2? certificate, string peer)
        {
            var trusted = certificate is not null && identity.Trusts(certificate);
            if (!trusted)
            {
                var shown = certificate?.Subject ?? "no certificate";
                outcomes.Note(WireRefusal.WrongNode, $"{peer} over Akka.Remote: {shown}");
            }
            return trusted;
        }
        return new DotNettySslSetup(
            identity.Certificate, suppressValidation: false, requireMutualAuthentication: true,
            customValidator: (certificate, _, peer, _, _) => Judge(certificate, peer));
    }

    static Config ConfigOf(NodeOptions options)
    {
        var roles = new List<string> { NodeRole.Named(options.Name) };
        if (options.Neurons)
        {
            roles.Add(NodeRole.Neurons);
        }
        if (options.LedgerOf is not null)
        {
            roles.Add(NodeRole.Ledger);
        }
        return ConfigurationFactory.ParseString(
            $$"""
            akka.remote.dot-netty.tcp.hostname = "{{options.Host}}"
            akka.remote.dot-netty.tcp.public-hostname = "{{options.Advertise ?? options.Host.ToString()}}"
            akka.remote.dot-netty.tcp.port = {{options.Port}}
            akka.remote.dot-netty.tcp.enable-ssl = {{(options.Identity is null ? "off" : "on")}}
            akka.remote.trusted-selection-paths = [{{string.Join(", ", TrustedPaths.Select(p => $"\"{p}\""))}}]
            akka.cluster.roles = [{{string.Join(", ", roles.Select(r => $"\"{r}\""))}}]
            """).WithFallback(EmbeddedConfig.Read(typeof(AkkaRemote).Assembly, "secure.conf"));
    }
}
