using System.Diagnostics;
using System.Reflection;
using BitTensor.Cli;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>The checkout these tests were built from, and what can be tried with its files.</summary>
static class Tree
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Tree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!);

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Fails unless the command line of this program understands the arguments.</summary>
    public static void AssertUnderstood(IEnumerable<string> arguments)
    {
        var line = arguments.ToArray();
        var parsed = new CommandLine(new Terminal(TextWriter.Null, TextWriter.Null, Live: false, Color: false)).Tree()
            .Parse(line);
        Assert.True(parsed.Errors.Count == 0, $"bta {string.Join(' ', line)}: {string.Join("; ", parsed.Errors)}");
    }

    /// <summary>Runs a program; returns its exit code and all it said.</summary>
    public static (int Code, string Said) Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    /// <summary>
    /// The value of an option in a list of arguments, <c>--name value</c> or <c>--name=value</c>; null without it.
    /// </summary>
    public static string? Option(IReadOnlyList<string> arguments, string name)
    {
        for (var k = 0; k < arguments.Count; k++)
        {
            if (arguments[k] == name)
            {
                return arguments[k + 1];
            }
            if (arguments[k].StartsWith(name + "=", StringComparison.Ordinal))
            {
                return arguments[k][(name.Length + 1)..];
            }
        }
        return null;
    }
}
