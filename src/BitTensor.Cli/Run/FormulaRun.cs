using System.CommandLine;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Run;

/// <summary><c>bta run</c> of the paper's formulas, without a network.</summary>
sealed class FormulaRun(Terminal terminal, RunArguments arguments, ParseResult parsed)
{
    const int Indent = 9;

    /// <summary>Evaluates the formulas, writes the result, and returns the exit code.</summary>
    /// <exception cref="CommandException">An option is not for formulas, or lacks another.</exception>
    public int Execute(EquilibriumScenario scenario)
    {
        Check();
        var folder = arguments.Folder.Make(parsed, scenario.Name, scenario.Seed);
        var verdict = new EquilibriumSession(terminal, scenario, parsed.GetValue(arguments.Cores)).Execute(folder);
        if (verdict is not { Interrupted: false })
        {
            var resolved = Path.Combine(folder, RunFolder.ScenarioFile);
            terminal.Error.WriteLine(
                $"ended before the last trial; go on with: bta run {resolved} --out {folder} --resume");
        }
        if (verdict is null)
        {
            return ExitCode.Interrupted;
        }
        if (parsed.GetValue(arguments.Format) == OutputFormat.Json)
        {
            VerdictOutput.WriteJson(terminal, folder, verdict.ToJson());
        }
        else
        {
            WriteText(folder, scenario, verdict);
        }
        return verdict.Interrupted ? ExitCode.Interrupted : (int)verdict.Verdict;
    }

    void Check()
    {
        if (arguments.Cluster.IsAsked(parsed))
        {
            throw new CommandException(ExitCode.Usage, "--cluster is for networks; formulas are computed here");
        }
        if (arguments.NamesTime(parsed))
        {
            throw new CommandException(ExitCode.Usage, "--time is for networks; formulas take no time");
        }
        arguments.Folder.Check(parsed);
    }

    void WriteText(string folder, EquilibriumScenario scenario, EquilibriumVerdict verdict)
    {
        var output = terminal.Out;
        output.WriteLine();
        output.Write(StudyText.Text(scenario.Study, verdict.Summary, terminal.Width));
        output.WriteLine();
        foreach (var property in verdict.Properties)
        {
            terminal.Say($"{OutcomeWords.Of(property.Outcome),-7}  {property.Name}: {property.Detail}", Indent);
        }
        output.WriteLine($"verdict  {OutcomeWords.Of(verdict.Verdict)} over {Counted.Of(verdict.Trials, "trial")}");
        output.WriteLine($"results  {verdict.ResultHash}");
        var figure = EquilibriumReport.FigureOf(scenario.Study);
        terminal.Say(
            $"folder   {folder} ({RunFolder.VerdictFile}, {RunFolder.EquilibriumFile}, {figure}, ...)", Indent);
        if (parsed.GetValue(arguments.Explain))
        {
            terminal.Explain(StudyText.Explained(scenario.Study));
        }
    }
}
