using System.Text.RegularExpressions;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The table of docs/PAPER.md names files and tests that are there.</summary>
public sealed class PaperTableSpec
{
    static readonly string Root = SourceTree.Root;

    static IEnumerable<string> Names() =>
        Regex.Matches(File.ReadAllText(Path.Combine(Root, "docs", "PAPER.md")), "`([A-Za-z/.0-9-]+)`")
            .Select(m => m.Groups[1].Value);

    [Fact]
    public void Every_file_is_there()
    {
        var sources = Sources("src").ToList();
        var named = Names().Where(n => n.EndsWith(".cs", StringComparison.Ordinal)).ToList();
        Assert.True(named.Count > 30);
        Assert.All(named, n => Assert.Contains(sources, s => s.EndsWith("/" + n, StringComparison.Ordinal)));
        Assert.All(
            Names().Where(n => n.StartsWith("scenarios/", StringComparison.Ordinal)),
            n => Assert.True(File.Exists(Path.Combine(Root, n)), n));
    }

    [Fact]
    public void Every_test_is_there()
    {
        var tests = Sources("tests").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var named = Names().Where(n => n.EndsWith("Spec", StringComparison.Ordinal)).ToList();
        Assert.True(named.Count > 10);
        Assert.All(named, n => Assert.Contains(n, tests));
    }

    /// <summary>Sources as <c>/Folder/File.cs</c>, a project's folder without its prefix.</summary>
    static IEnumerable<string> Sources(string top) =>
        Directory.EnumerateFiles(Path.Combine(Root, top), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(f => "/" + Path.GetRelativePath(Path.Combine(Root, top), f)
                .Replace('\\', '/').Replace("BitTensor.", "", StringComparison.Ordinal));
}
