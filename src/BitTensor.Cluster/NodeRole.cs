using Akka.Cluster;

namespace BitTensor.Cluster;

/// <summary>
/// The roles of a node in its cluster, and its name. Every member knows them of every other once it joins.
/// </summary>
static class NodeRole
{
    /// <summary>It can seat the authority: it reaches the ledger's store.</summary>
    public const string Ledger = "ledger";

    /// <summary>Neurons may live on it.</summary>
    public const string Neurons = "neurons";

    const string Name = "name:";

    /// <summary>True for a valid name of a node in roles, files and certificates.</summary>
    public static bool CanName(string node) =>
        node.Length is > 0 and <= 64 && node[0] != '.'
        && node.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>The role that says a node's name.</summary>
    public static string Named(string node) => Name + node;

    /// <summary>Name of a member; its address when it says none.</summary>
    public static string NameOf(Member member) =>
        member.Roles.FirstOrDefault(r => r.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..]
        ?? $"{member.Address.Host}:{member.Address.Port}";

    /// <summary>True for a role that is not a name.</summary>
    public static bool IsPlain(string role) => !role.StartsWith(Name, StringComparison.Ordinal);
}
