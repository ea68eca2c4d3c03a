using System.Text.RegularExpressions;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>The image's recipe, carried out in an empty folder instead of an engine.</summary>
public sealed partial class ImageSpec : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("bta-image-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void What_the_recipe_copies_is_enough_to_build_and_what_it_builds_works()
    {
        // It builds the whole program once more.
        Skip.IfNot(LongStories.Wanted, LongStories.Reason);
        foreach (var line in Stage("build").Where(l => l.StartsWith("COPY", StringComparison.Ordinal)))
        {
            Copy(Words(line)[1..^1], Words(line)[^1]);
        }
        var build = Stage("build").Single(l => l.StartsWith("RUN", StringComparison.Ordinal))["RUN ".Length..];
        var (code, said) = Tree.Run(
            In("/source"), "/bin/sh", "-euc", build.Replace("/app", In("/app"), StringComparison.Ordinal));
        Assert.True(code == 0, said);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(In("/app"), "*", SearchOption.AllDirectories),
            f => f.EndsWith(".pdb", StringComparison.Ordinal));
        (code, said) = Tree.Run(_root, In("/app/bta"), "doctor");
        Assert.True(
            code == 0 && said.Contains("blocks trained, signed, stored, drawn and verified", StringComparison.Ordinal),
            said);
    }

    [Fact]
    public void The_image_runs_without_root_and_says_how_it_is()
    {
        var last = Stage("");
        Assert.Contains("USER 1654", last);
        var health = last.Single(l => l.StartsWith("HEALTHCHECK", StringComparison.Ordinal));
        Tree.AssertUnderstood(Quoted().Matches(health).Select(m => m.Groups[1].Value).Skip(1));
        Assert.Equal("ENTRYPOINT [\"bta\"]", last.Single(l => l.StartsWith("ENTRYPOINT", StringComparison.Ordinal)));
        // The engine sends nothing that the recipe does not name.
        var sent = File.ReadLines(Tree.File("deploy", "Dockerfile.dockerignore")).Where(l => l.StartsWith('!'))
            .Select(l => l[1..]);
        Assert.Equal(Copied().Order(StringComparer.Ordinal), sent.Order(StringComparer.Ordinal));
        Assert.All(Copied(), path => Assert.True(Path.Exists(Tree.File(path)), path));
    }

    static IEnumerable<string> Copied() =>
        Stage("build").Where(l => l.StartsWith("COPY", StringComparison.Ordinal)).SelectMany(l => Words(l)[1..^1]);

    void Copy(string[] from, string to)
    {
        foreach (var path in from)
        {
            var target = Path.Combine(In("/source"), to == "./" ? path : to);
            if (File.Exists(Tree.File(path)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Tree.File(path), target);
                continue;
            }
            foreach (
                var file in Directory.EnumerateFiles(Tree.File(path), "*", SearchOption.AllDirectories)
                    .Where(f => !Built().IsMatch(f)))
            {
                var copy = Path.Combine(target, Path.GetRelativePath(Tree.File(path), file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }

    string In(string path) => _root + path;

    /// <summary>The instructions of a stage by name; the last stage has none.</summary>
    static List<string> Stage(string name)
    {
        var lines =
            File.ReadLines(Tree.File("deploy", "Dockerfile")).Where(l => l.Length > 0 && !l.StartsWith('#')).ToList();
        var begin = lines.FindLastIndex(l =>
            l.StartsWith("FROM ", StringComparison.Ordinal)
                && l.EndsWith(name.Length == 0 ? "" : $" AS {name}", StringComparison.Ordinal));
        return [.. lines.Skip(begin + 1).TakeWhile(l => !l.StartsWith("FROM ", StringComparison.Ordinal))];
    }

    static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex Built();
}
