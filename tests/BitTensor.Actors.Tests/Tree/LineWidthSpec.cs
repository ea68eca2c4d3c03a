using System.Text.RegularExpressions;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>A line of C# has at most 120 columns. A scenario or a message quoted in it may be longer.</summary>
public sealed class LineWidthSpec
{
    const int Most = 120;

    // A literal on a line of its own, or the case of a theory.
    const string Quoted = "^\\s*([+] )?[$@]?\"|^\\s*\\[InlineData";

    [Theory]
    [InlineData("src")]
    [InlineData("benchmarks")]
    [InlineData("tests")]
    public void No_line_is_wider_than_120_columns(string top)
    {
        var wide = Directory.EnumerateFiles(
                Path.Combine(SourceTree.Root, top), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Regex.IsMatch(file, "[/\\\\](obj|bin)[/\\\\]"))
            .SelectMany(WideLines)
            .ToList();
        Assert.True(wide.Count == 0, string.Join('\n', wide));
    }

    static IEnumerable<string> WideLines(string file)
    {
        var isRaw = false;
        foreach (var (k, line) in File.ReadLines(file).Index())
        {
            var marks = Regex.Count(line, "\"\"\"");
            if (line.Length > Most && !isRaw && marks == 0 && !Regex.IsMatch(line, Quoted))
            {
                yield return $"{Path.GetRelativePath(SourceTree.Root, file)}:{k + 1}: {line.Length} columns";
            }
            isRaw ^= marks % 2 == 1;
        }
    }
}
