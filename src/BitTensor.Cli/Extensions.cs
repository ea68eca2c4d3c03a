using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using System.Security.Cryptography;
using BitTensor.Actors.Context;
using BitTensor.Mechanism;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary>
/// The libraries of one's own that a command line names: their rules are known by name from then on, and their
/// strategies, models and link rules extend every run.
/// </summary>
static class Extensions
{
    static readonly Loaded Nothing = new([], []);

    // Of the command that runs: a process that runs several, such as a test, keeps them apart.
    static readonly AsyncLocal<Loaded?> OfCommand = new();

    static Loaded Now => OfCommand.Value ?? Nothing;

    /// <summary>The libraries, with the hash of each.</summary>
    public static ImmutableArray<ExtensionFile> Files => Now.Files;

    /// <summary><c>--extensions</c>, of every command.</summary>
    public static Option<string[]> Option() => new("--extensions")
    {
        Description = "Libraries of your own (.dll): their rules, strategies, models and link rules. "
            + "Their code runs with your rights.",
        HelpName = "FILE",
        Recursive = true,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Loads libraries; what they have is known from then on.</summary>
    /// <exception cref="CommandException">A file is no library, or has nothing that this program takes.</exception>
    public static void Load(IEnumerable<string> files)
    {
        OfCommand.Value = Nothing;
        foreach (var file in files)
        {
            var path = Path.GetFullPath(file);
            var made = TypesOf(path, file).Select(t => Activator.CreateInstance(t)!).ToArray();
            if (made.Length == 0)
            {
                throw new CommandException(
                    ExitCode.Usage,
                    $"{file} has no public class with a constructor without parameters that is an "
                    + $"{nameof(IRankRule)} or an {nameof(IRunExtension)}");
            }
            Array.ForEach([.. made.OfType<IRankRule>()], rule => Register(rule, file));
            var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
            OfCommand.Value = new Loaded(
                [.. Now.Parts, .. made.OfType<IRunExtension>()],
                Now.Files.Add(new ExtensionFile(Path.GetFileName(path), hash)));
        }
    }

    /// <summary>What the libraries give a run of a scenario.</summary>
    public static RunExtensions Of(Scenario scenario) =>
        Now.Parts.Aggregate(new RunExtensions(), (extensions, part) => part.Extend(extensions, scenario));

    /// <summary>Ends a command that would run a run again without its libraries, or with others.</summary>
    /// <param name="recorded">The libraries of the run.</param>
    /// <exception cref="CommandException">They are not those of this command.</exception>
    public static void Require(IReadOnlyList<ExtensionFile> recorded)
    {
        if (recorded.FirstOrDefault(r => !Files.Contains(r)) is { } missing)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"the run had the library {missing.Name} (sha256 {missing.Sha256}): name it with --extensions FILE");
        }
        if (Files.FirstOrDefault(f => !recorded.Contains(f)) is { } more && !Now.Parts.IsEmpty)
        {
            throw new CommandException(ExitCode.Usage, $"the run had no library {more.Name}: leave it out");
        }
    }

    /// <summary>What a command has loaded.</summary>
    /// <param name="Parts">What extends its runs.</param>
    /// <param name="Files">The libraries.</param>
    sealed record Loaded(ImmutableArray<IRunExtension> Parts, ImmutableArray<ExtensionFile> Files);

    static Type[] TypesOf(string path, string file)
    {
        try
        {
            return [.. Assembly.LoadFrom(path).GetExportedTypes().Where(IsPart)];
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException or TypeLoadException)
        {
            throw new CommandException(ExitCode.InputOutput, $"{file} cannot be loaded: {failure.Message}");
        }
    }

    static bool IsPart(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.GetConstructor(Type.EmptyTypes) is not null
        && (type.IsAssignableTo(typeof(IRankRule)) || type.IsAssignableTo(typeof(IRunExtension)));

    static void Register(IRankRule rule, string file)
    {
        try
        {
            RuleRegistry.Register(rule);
        }
        catch (ArgumentException wrong)
        {
            throw new CommandException(ExitCode.Usage, $"{file}: {wrong.Message}");
        }
    }
}
