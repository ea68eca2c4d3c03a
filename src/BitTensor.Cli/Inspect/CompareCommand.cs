using System.CommandLine;
using BitTensor.Reports.Compare;

namespace BitTensor.Cli.Inspect;

/// <summary><c>bta compare</c>: runs side by side, and what changed for whom.</summary>
sealed class CompareCommand
{
    readonly Terminal _terminal;
    readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Two run folders of networks or more, the reference first; latest is the newest one in runs/, "
            + "latest~1 the one before it.",
        Arity = new ArgumentArity(1, RunComparison.MostRuns),
    };
    readonly Option<string?> _html = new("--html")
    {
        Description = "Writes the comparison with overlaid curves as one HTML page that loads nothing.",
        HelpName = "FILE",
    };
    readonly Option<OutputFormat> _format = Options.Format();
    readonly Option<bool> _explain = Options.Explain();

    public CompareCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "compare",
            "Says what changed for whom between runs: verdicts, what their scenarios change, populations and "
            + "properties side by side, and the first block of difference where seeds agree. 0 when every outcome is "
            + "the same, 1 when one differs. Example: bta compare latest~1 latest --html compare.html")
        {
            _runs, _html, _format, _explain,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var names = parsed.GetRequiredValue(_runs);
        if (names.Length < 2)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"one run, {names[0]}, cannot be compared; name two or more, the reference first: "
                + "bta compare latest~1 latest");
        }
        ComparedRun[] runs = [
            .. names.Select(name => ComparedRun.Open(RunFolders.Find(name))),
        ];
        var comparison = RunComparison.Of(runs);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.Write(comparison.ToJson());
        }
        else
        {
            _terminal.Out.Write(new ComparisonText(comparison, _terminal.Width).Whole());
        }
        if (parsed.GetValue(_explain))
        {
            _terminal.Explain(ComparedQuantity.All.Select(q => (q.Name, q.Doc)));
        }
        if (parsed.GetValue(_html) is { } file)
        {
            File.WriteAllText(file, new ComparisonPage(comparison, runs).Html());
            _terminal.Error.WriteLine($"page     {Path.GetFullPath(file)}");
        }
        return comparison.IsSameOutcome ? ExitCode.Pass : ExitCode.Fail;
    }
}
