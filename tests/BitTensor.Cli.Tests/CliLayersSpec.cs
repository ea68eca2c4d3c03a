using BitTensor.Cli;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>The folders of the command <c>bta</c> have an order, and so have its types.</summary>
public sealed class CliLayersSpec
{
    const string Root = "BitTensor.Cli";

    readonly TypeGraph _types = TypeGraph.Of(typeof(CommandLine).Assembly.Location);

    [Fact]
    public void The_graph_sees_what_a_command_knows()
    {
        // A blind graph would have no circles at all. These references are in a field, in the code of a method, in
        // the code of a lambda and in generated code.
        Assert.Contains($"{Root}.Run.RunCommand -> {Root}.Run.RunArguments", From("Run.RunCommand"));
        Assert.Contains($"{Root}.Run.RunCommand -> {Root}.Run.FormulaRun", From("Run.RunCommand"));
        Assert.Contains($"{Root}.Inspect.ReplayCommand -> {Root}.Inspect.Rerun", From("Inspect.ReplayCommand"));
        Assert.Contains($"{Root}.Inspect.InspectJson -> {Root}.Inspect.TraceResult", From("Inspect.InspectJson"));
    }

    [Fact]
    public void No_folder_knows_a_folder_that_knows_it() => Assert.Empty(_types.Circles(FolderOf));

    [Fact]
    public void No_type_knows_a_type_that_knows_it() => Assert.Empty(_types.Circles(type => type));

    /// <summary>The folder of a type, by its namespace. A type beside the folders counts as a folder.</summary>
    static string? FolderOf(string type) => type.Split('.') switch
    {
        [_, "Cli", var folder, _] => folder,
        [_, "Cli", var file] => file,
        _ => null,
    };

    IEnumerable<string> From(string type) =>
        _types.Types.SelectMany(known => _types.Between(t => t, $"{Root}.{type}", known));
}
