using System.CommandLine;
using BitTensor.Cli.Run;
using BitTensor.Cli.Scenarios;
using BitTensor.Fuzzing;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Study;

/// <summary><c>bta minimise</c>: a failing scenario made small while it fails in the same way.</summary>
sealed class MinimiseCommand
{
    const int MostRuns = 100_000;

    readonly Terminal _terminal;
    readonly ScenarioArguments _scenario;
    readonly Option<int> _property = Options.Between(1, MostRuns, new Option<int>("--failure")
    {
        Description = "The failure to keep, where there are several: its number in their order.",
        HelpName = "K",
        DefaultValueFactory = _ => 1,
    });
    readonly Option<int> _runs = Options.Between(1, MostRuns, new Option<int>("--runs")
    {
        Description = "Most runs of the search.",
        HelpName = "N",
        DefaultValueFactory = _ => 300,
    });
    readonly Option<string?> _out = Options.Out(
        "File to write, never over another; NAME.min.yaml without it, '-' for standard output.", "FILE");
    readonly Option<int> _cores = Options.Cores();

    public MinimiseCommand(Terminal terminal)
    {
        _terminal = terminal;
        _scenario = new ScenarioArguments(terminal);
        Command = new Command(
            "minimise",
            "Makes a failing scenario small: removes populations, faults, neurons, blocks and keys while the same "
            + "property fails, the same invariant breaks, or the same error comes. A property that holds at end keeps "
            + "the duration. 2 when nothing fails. Example: bta minimise mine.yaml --out small.yaml")
        {
            _property, _runs, _out, _cores,
        };
        _scenario.AddTo(Command);
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var scenario = _scenario.Require(parsed).Value ?? throw new CommandException(
            ExitCode.Usage, "bta minimise is for networks; formulas have nothing to leave out");
        var file = parsed.GetValue(_out) ?? $"{scenario.Name}.min.yaml";
        if (file != "-" && Path.Exists(file))
        {
            throw new CommandException(ExitCode.InputOutput, $"{file} exists; name another file with --out");
        }
        using var interruption = _terminal.Interruptible(
            "Ending with the smallest scenario so far; once more ends at once and writes nothing.");
        var search = new FailureSearch(parsed.GetValue(_cores));
        var failure = Chosen(parsed, search.Of(scenario, interruption.Token));
        _terminal.Note($"fails: {failure.What}{(failure.Holds is { } when ? $", {when}" : "")}: {failure.Text}");
        var shrunk = Shrink(scenario, failure, search, parsed.GetValue(_runs), interruption.Token);
        Write(file, scenario, failure, shrunk);
        return interruption.Token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Pass;
    }

    ScenarioFailure Chosen(ParseResult parsed, IReadOnlyList<ScenarioFailure> failures)
    {
        if (failures.Count == 0)
        {
            throw new CommandException(ExitCode.Unknown, "nothing fails in this scenario: there is nothing to keep");
        }
        var number = parsed.GetValue(_property);
        return number <= failures.Count ? failures[number - 1] : throw new CommandException(
            ExitCode.Usage, $"--failure {number}: only {failures.Count} fail: "
                + string.Join("; ", failures.Select((f, k) => $"{k + 1} {f.What}")));
    }

    Shrunk Shrink(
        Scenario scenario, ScenarioFailure failure, FailureSearch search, int mostRuns, CancellationToken interrupt)
    {
        // Fewer blocks would break what is to hold at the end of learning for no other reason than being early.
        var keepsBlocks = failure.Holds is { } holds && holds == PropertyJudge.TextOf(new Horizon.AtEnd());
        return new TrialProgress(_terminal).Around(progress =>
        {
            var runs = 0;
            return Shrinker.Shrink(scenario, Breaks, mostRuns);

            bool Breaks(Scenario smaller)
            {
                progress(runs++, mostRuns);
                return (!keepsBlocks || smaller.Blocks == scenario.Blocks) && Fails(smaller);
            }
        });

        bool Fails(Scenario smaller)
        {
            try
            {
                return !interrupt.IsCancellationRequested
                    && search.Of(smaller, interrupt).Any(f => f.IsLike(failure));
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    void Write(string file, Scenario scenario, ScenarioFailure failure, Shrunk shrunk)
    {
        var again = file == "-" ? "bta run -" : $"bta run {file}";
        var head = $"{failure.What}{(failure.Holds is { } when ? $", {when}" : "")} fails in {scenario.Name}: "
            + $"{failure.Text}\nmade small in {shrunk.Runs} runs; again: {again}";
        var text = $"# {head.ReplaceLineEndings("\n# ")}\n{shrunk.Text}";
        if (file == "-")
        {
            _terminal.Out.Write(text);
            return;
        }
        using (var writer = new StreamWriter(new FileStream(file, FileMode.CreateNew)))
        {
            writer.Write(text);
        }
        var (before, after) = (Lines(ScenarioWriter.Write(scenario)), Lines(shrunk.Text));
        _terminal.Say($"small    {file}: {after} lines instead of {before}, {shrunk.Runs} runs", 9);
        _terminal.Say($"again    {again}", 9);
    }

    static int Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
