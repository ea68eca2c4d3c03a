using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitTensor.Actors;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli;

/// <summary><c>bta doctor</c>: tries everything a run needs from the machine.</summary>
sealed class DoctorCommand
{
    readonly Terminal _terminal;
    readonly Option<OutputFormat> _format = new("--format") { Description = "text or json." };

    public DoctorCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command("doctor", "Tries everything a run needs from this machine; 1 when something needed is missing. Example: bta doctor") { _format };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    /// <summary>One thing tried.</summary>
    /// <param name="Name">What.</param>
    /// <param name="Ok">True when it works.</param>
    /// <param name="Needed">False when runs go without it.</param>
    /// <param name="Detail">What was found, or what to do.</param>
    public sealed record Finding(string Name, bool Ok, bool Needed, string Detail);

    int Run(ParseResult parsed)
    {
        IReadOnlyList<Finding> findings =
        [
            new("program", true, true, RunEnvironment.ProgramVersion),
            new("system", true, true, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}"),
            new("processors", true, true, $"{Environment.ProcessorCount}"),
            new("memory", true, true, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1048576} MiB"),
            Try("libtorch", needed: true, () => TorchRuntime.Version),
            Try("short run", needed: true, ShortRun),
            Try("fashion-mnist", needed: false, () => $"{DataSets.FashionMnist(null).Count} images"),
        ];
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(findings, CliJson.Default.IReadOnlyListFinding));
        }
        else
        {
            foreach (var finding in findings)
            {
                _terminal.Out.WriteLine($"{(finding.Ok ? "ok" : finding.Needed ? "MISSING" : "absent"),-8} {finding.Name,-14} {finding.Detail}");
            }
        }
        return findings.All(f => f.Ok || !f.Needed) ? ExitCode.Pass : ExitCode.Fail;
    }

    static Finding Try(string name, bool needed, Func<string> work)
    {
        try
        {
            return new Finding(name, true, needed, work());
        }
#pragma warning disable CA1031 // Finding out what fails, whatever it is, is what this command is for.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new Finding(name, false, needed, failure.GetBaseException().Message is var root && root == failure.Message ? root : $"{failure.Message} ({root})");
        }
    }

    /// <summary>Two blocks of the template, with signatures, ledger, tables and figures, verified and thrown away.</summary>
    static string ShortRun()
    {
        var folder = Directory.CreateTempSubdirectory("bta-doctor-");
        try
        {
            var scenario = ScenarioFile.Parse(ScenarioTemplate.Text("doctor"), "doctor", [new ScenarioOverride("duration=2 blocks")]).Value!;
            var run = EmulationRun.Execute(scenario, new RunOptions { Folder = folder.FullName });
            RunReport.Build(folder.FullName, scenario, run.JournalHash, run.AuditHash, run.Interrupted);
            var ledger = LedgerVerifier.Verify(Path.Combine(folder.FullName, RunFolder.LedgerFile));
            return ledger.Problem is { } problem
                ? throw new InvalidDataException($"the ledger of a short run is wrong: {problem}")
                : $"{run.Blocks} blocks trained, signed, stored, drawn and verified";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
