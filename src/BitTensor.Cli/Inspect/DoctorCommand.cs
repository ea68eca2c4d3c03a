using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cli.Run;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>The result of one trial of <c>bta doctor</c>.</summary>
/// <param name="Name">Name of what was tried.</param>
/// <param name="Ok">True when it works.</param>
/// <param name="Needed">False when runs go without it.</param>
/// <param name="Detail">What was found, or a remedy.</param>
sealed record DoctorFinding(string Name, bool Ok, bool Needed, string Detail);

/// <summary><c>bta doctor</c>: tries everything a run needs from the machine.</summary>
sealed class DoctorCommand
{
    readonly Terminal _terminal;
    readonly Option<OutputFormat> _format = Options.Format();

    public DoctorCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "doctor",
            "Tries everything a run needs from this machine; 1 when something needed is missing. Example: bta doctor")
        {
            _format,
        };
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        IReadOnlyList<DoctorFinding> findings =
        [
            new("program", true, true, HostEnvironment.ProgramVersion),
            new(
                "system", true, true,
                $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
                + RuntimeInformation.FrameworkDescription),
            new("processors", true, true, $"{Environment.ProcessorCount}"),
            new("memory", true, true, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1048576} MiB"),
            Try("libtorch", needed: true, () => TorchRuntime.Version),
            Try("short run", needed: true, ShortRun),
            Try("fashion-mnist", needed: false, () => $"{DataSets.FashionMnist(null).Count} images"),
        ];
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _terminal.Out.WriteLine(JsonSerializer.Serialize(findings, InspectJson.Default.IReadOnlyListDoctorFinding));
        }
        else
        {
            foreach (var finding in findings)
            {
                var word = finding.Ok ? "ok" : finding.Needed ? "MISSING" : "absent";
                _terminal.Out.WriteLine($"{word,-8} {finding.Name,-14} {finding.Detail}");
            }
        }
        return findings.All(f => f.Ok || !f.Needed) ? ExitCode.Pass : ExitCode.Fail;
    }

    static DoctorFinding Try(string name, bool needed, Func<string> work)
    {
        try
        {
            return new DoctorFinding(name, true, needed, work());
        }
#pragma warning disable CA1031 // This command finds failures of every kind.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var root = failure.GetBaseException().Message;
            return new DoctorFinding(
                name, false, needed, root == failure.Message ? root : $"{failure.Message} ({root})");
        }
    }

    /// <summary>Runs and verifies two blocks of the template: signatures, ledger, tables and figures.</summary>
    static string ShortRun()
    {
        var folder = Directory.CreateTempSubdirectory("bta-doctor-");
        try
        {
            var overrides = new[] { new ScenarioOverride("duration=2 blocks") };
            var scenario = ScenarioFile.Parse(ScenarioTemplate.Text("doctor"), "doctor", overrides).Value!;
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
