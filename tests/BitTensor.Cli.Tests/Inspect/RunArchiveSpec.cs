using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>A run folder, opened to look into or to run again.</summary>
public sealed class RunArchiveSpec : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_block_is_the_last_one_closed_of_a_run_that_ended_early()
    {
        Run(endAfter: 2);
        var archive = RunArchive.Open(_folder.Path);
        Assert.Equal(6, archive.Scenario.Value!.Blocks);
        Assert.Equal(2, archive.LastBlock);
    }

    [Fact]
    public void The_last_block_is_the_scenarios_where_an_invariant_ended_the_run_without_a_verdict()
    {
        Run(endAfter: 2);
        File.Delete(PathOf(RunFolder.VerdictFile));
        Assert.Throws<FileNotFoundException>(() => RunArchive.Open(_folder.Path).LastBlock);
        File.WriteAllText(PathOf(RunFolder.ViolationFile), "{}");
        Assert.Equal(6, RunArchive.Open(_folder.Path).LastBlock);
    }

    [Fact]
    public void A_verdict_of_more_blocks_than_the_scenario_has_is_refused()
    {
        Run(endAfter: 2);
        var verdict = File.ReadAllText(PathOf(RunFolder.VerdictFile));
        File.WriteAllText(
            PathOf(RunFolder.VerdictFile), verdict.Replace("\"blocks\": 2", "\"blocks\": 7", StringComparison.Ordinal));
        var refused = Assert.Throws<InvalidDataException>(() => RunArchive.Open(_folder.Path).LastBlock);
        Assert.Contains("7 blocks", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scenario_that_is_wrong_is_refused_with_every_error_in_it()
    {
        File.WriteAllText(
            PathOf(RunFolder.ScenarioFile), Stage.Small.Replace("seed: 11", "sed: 11", StringComparison.Ordinal));
        var refused = Assert.Throws<ArchivedScenarioException>(() => RunArchive.Open(_folder.Path).Scenario);
        Assert.Contains("'sed'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'seed'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_of_a_folder_without_one_is_unknown()
    {
        Assert.Null(RunArchive.Open(_folder.Path).Environment);
        File.WriteAllText(PathOf(RunFolder.EnvironmentFile), "{");
        Assert.Throws<InvalidDataException>(() => RunArchive.Open(_folder.Path).Environment);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused_by_its_name()
    {
        var refused = Assert.Throws<DirectoryNotFoundException>(() => RunArchive.Open(PathOf("nowhere")));
        Assert.Contains("nowhere", refused.Message, StringComparison.Ordinal);
    }

    void Run(int endAfter)
    {
        var scenario = Stage.Read(Stage.Small);
        var run = EmulationRun.Execute(scenario, new RunOptions { Folder = _folder.Path, EndAfter = endAfter });
        File.WriteAllText(PathOf(RunFolder.ScenarioFile), ScenarioWriter.Write(scenario));
        RunReport.Build(_folder.Path, scenario, run.JournalHash, run.AuditHash, run.Interrupted);
    }

    string PathOf(string file) => Path.Combine(_folder.Path, file);
}
