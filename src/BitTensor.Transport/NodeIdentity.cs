using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BitTensor.Transport;

/// <summary>
/// The identity and trust of a node: its certificate, and the one authority that signs all certificates of the cluster.
/// </summary>
/// <param name="Certificate">The node's certificate with its private key; its common name is the node's name.</param>
/// <param name="Authority">The pinned authority. No other root is trusted, whatever the machine trusts.</param>
public sealed record NodeIdentity(X509Certificate2 Certificate, X509Certificate2 Authority)
{
    /// <summary>The node's name, from its certificate.</summary>
    public string Name => NameIn(Certificate);

    /// <summary>The node a certificate belongs to.</summary>
    public static string NameIn(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>
    /// True when the certificate is valid now, signed by the pinned authority itself, and a node's: it has a name,
    /// serves both sides of TLS, and is no authority.
    /// </summary>
    public bool Trusts(X509Certificate2 certificate)
    {
        if (NameIn(certificate).Length == 0
            || certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority))
        {
            return false;
        }
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(Certificates.ServerUse));
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(Certificates.ClientUse));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }

    /// <summary>TLS options of the listening side.</summary>
    public SslServerAuthenticationOptions ServerOptions() => new()
    {
        ServerCertificate = Certificate,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, peer, _, _) =>
            peer is X509Certificate2 certificate && Trusts(certificate),
    };

    /// <summary>TLS options of the dialling side, which accepts the wanted node only.</summary>
    public SslClientAuthenticationOptions ClientOptions(string node) => new()
    {
        TargetHost = node,
        ClientCertificates = [Certificate],
        RemoteCertificateValidationCallback = (_, peer, _, _) =>
            peer is X509Certificate2 certificate && Trusts(certificate) && NameIn(certificate) == node,
    };
}
