using BitTensor.Actors.Run;
using BitTensor.Studies;
using BitTensor.TestKit;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The folders of <c>BitTensor.Actors</c> have an order, and a run in one process needs no cluster.</summary>
public sealed class FolderSpec
{
    const string Root = "BitTensor.Actors";

    /// <summary>From low to high: a folder knows only folders before it.</summary>
    static readonly string[] Folders =
        ["View", "Strategies", "Models", "Context", "Coalition", "Neurons", "Ledger", "Run"];

    readonly TypeGraph _types = TypeGraph.Of(typeof(EmulationRun).Assembly.Location);

    [Fact]
    public void The_graph_sees_what_a_folder_knows()
    {
        // A blind graph would find no arrow at all. These references are in a base type, in a field, in the code of a
        // method and in the code of a lambda.
        Assert.Contains(
            $"{Root}.Coalition.AdversaryActor -> {Root}.Context.AddressedActor", From("Coalition", "Context"));
        Assert.Contains($"{Root}.Coalition.AdversaryActor -> {Root}.Context.RunContext", From("Coalition", "Context"));
        Assert.Contains($"{Root}.Run.EmulationRun -> {Root}.Ledger.LedgerStart", From("Run", "Ledger"));
        Assert.Contains($"{Root}.Run.AuditActor -> {Root}.Context.RunContext", From("Run", "Context"));
    }

    [Fact]
    public void Every_type_is_in_a_folder_of_the_order() => Assert.DoesNotContain(
        _types.Types, t => t.StartsWith("BitTensor.", StringComparison.Ordinal) && !Folders.Contains(FolderOf(t)));

    [Fact]
    public void No_folder_knows_a_folder_above_it() => Assert.Empty(
        from low in Enumerable.Range(0, Folders.Length)
        from high in Enumerable.Range(low + 1, Folders.Length - low - 1)
        from arrow in From(Folders[low], Folders[high])
        select arrow);

    [Fact]
    public void A_run_in_one_process_needs_no_cluster()
    {
        Type[] free = [typeof(EmulationRun), typeof(EmulationSpec), typeof(AttackNetwork)];
        string[] cluster = [
            "BitTensor.Cluster", "BitTensor.Transport", "Akka.Cluster", "Akka.Remote", "Google.Protobuf",
        ];
        var known = from type in free
                    from name in type.Assembly.GetReferencedAssemblies()
                    where cluster.Any(c => name.Name!.StartsWith(c, StringComparison.Ordinal))
                    select $"{type.Assembly.GetName().Name} -> {name.Name}";
        Assert.Empty(known);
    }

    /// <summary>The folder of a type, by its namespace; null for a type without a folder.</summary>
    static string? FolderOf(string type) =>
        type.Split('.') is ["BitTensor", "Actors", var folder, _] ? folder : null;

    IEnumerable<string> From(string folder, string other) => _types.Between(FolderOf, folder, other);
}
