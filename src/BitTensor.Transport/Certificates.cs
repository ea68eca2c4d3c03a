using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BitTensor.Transport;

/// <summary>A file of the folder of certificates is missing, unreadable or unfit.</summary>
public sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A cluster's own authority and its nodes' certificates, as PEM files: <c>ca.pem</c> and <c>ca.key</c>,
/// <c>NODE.pem</c> and <c>NODE.key</c>. Keys are P-256 and readable by their owner alone. A node needs its own two
/// files and <c>ca.pem</c>, never <c>ca.key</c>.
/// </summary>
public static class Certificates
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    internal const string ServerUse = "1.3.6.1.5.5.7.3.1";
    internal const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Makes an authority in <paramref name="folder"/>.</summary>
    /// <param name="folder">Folder; created if missing.</param>
    /// <param name="now">Begin of validity.</param>
    /// <param name="lifetime">Length of validity.</param>
    /// <exception cref="CertificateException">The folder holds an authority already.</exception>
    public static void MakeAuthority(string folder, DateTimeOffset now, TimeSpan lifetime)
    {
        if (File.Exists(Path.Combine(folder, "ca.key")))
        {
            throw new CertificateException($"{folder} has an authority already; it is never written over.");
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=BitTensor.Actors cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var certificate = request.CreateSelfSigned(now - TimeSpan.FromMinutes(5), now + lifetime);
        Write(folder, "ca", certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Makes the certificate of one node, signed by the folder's authority.</summary>
    /// <param name="folder">Folder of the authority.</param>
    /// <param name="node">Name of the node that the certificate proves.</param>
    /// <param name="hosts">Host names and addresses of the node.</param>
    /// <param name="now">Begin of validity.</param>
    /// <param name="lifetime">Length of validity; at most the authority's.</param>
    /// <exception cref="CertificateException">
    /// The folder lacks an authority, or the node has a certificate already.
    /// </exception>
    public static void MakeNode(
        string folder, string node, IEnumerable<string> hosts, DateTimeOffset now, TimeSpan lifetime)
    {
        if (File.Exists(Path.Combine(folder, node + ".key")))
        {
            throw new CertificateException(
                $"{folder} has a certificate of node '{node}' already; it is never written over.");
        }
        using var authority = Read(folder, "ca", withKey: true);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN=\"{node}\""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerUse), new Oid(ClientUse)], false));
        request.CertificateExtensions.Add(Names(node, hosts));
        var until = now + lifetime < authority.NotAfter ? now + lifetime : authority.NotAfter;
        using var certificate = request.Create(
            authority, now - TimeSpan.FromMinutes(4), until, RandomNumberGenerator.GetBytes(16));
        Write(folder, node, certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The identity of a node from a folder with <c>ca.pem</c>, <c>NODE.pem</c> and <c>NODE.key</c>.</summary>
    /// <exception cref="CertificateException">
    /// A file is missing, cannot be read, or is readable by others than its owner.
    /// </exception>
    public static NodeIdentity Load(string folder, string node)
    {
        var key = Path.Combine(folder, node + ".key");
        if (!OperatingSystem.IsWindows() && File.Exists(key) && (File.GetUnixFileMode(key) & ~OwnerOnly) != 0)
        {
            throw new CertificateException($"{key} is readable by others than its owner: chmod 600 it.");
        }
        using var own = Read(folder, node, withKey: true);
        // Through PKCS #12: some TLS stacks do not take a key that only lives in memory.
        var usable = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
#pragma warning disable CA2000 // An identity lives as long as its process.
        var identity = new NodeIdentity(usable, Read(folder, "ca", withKey: false));
#pragma warning restore CA2000
        return identity.Trusts(usable)
            ? identity
            : throw new CertificateException(
                $"{Path.Combine(folder, node + ".pem")} is expired or not from the authority in ca.pem: make it again "
                + "with `bta certs`.");
    }

    static X509Extension Names(string node, IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(node);
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }
        return names.Build();
    }

    static X509Certificate2 Read(string folder, string name, bool withKey)
    {
        var (certificate, key) = (Path.Combine(folder, name + ".pem"), Path.Combine(folder, name + ".key"));
        try
        {
            return withKey
                ? X509Certificate2.CreateFromPemFile(certificate, key)
                : X509CertificateLoader.LoadCertificateFromFile(certificate);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CertificateException(
                $"The certificate of '{name}' cannot be read from {folder}: {failure.Message} Make it with `bta "
                + "certs`.",
                failure);
        }
    }

    static void Write(string folder, string name, string certificate, string key)
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        using (var file = new StreamWriter(Path.Combine(folder, name + ".key"), options))
        {
            file.Write(key);
        }
        File.WriteAllText(Path.Combine(folder, name + ".pem"), certificate);
    }
}
