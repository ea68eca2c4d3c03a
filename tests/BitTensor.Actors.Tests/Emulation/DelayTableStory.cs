using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>A run whose latencies come from a file: its folder has what it takes to run again.</summary>
public sealed class DelayTableStory : IDisposable
{
    readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_run_with_a_table_from_a_file_replays_without_the_file()
    {
        var table = _shell.Write("wan.csv", "rtt-ms\n2000\n2500\n3000\n");
        var scenario = _shell.Write("small.yaml", Stage.Small.Replace(
            "network: {",
            "network: { tables: [{ name: wan, file: wan.csv }],", StringComparison.Ordinal));
        string[] latency = ["--set", "network.default.latency={distribution: table, table: wan}"];
        Shell.Bta(["check", scenario, .. latency]).Ends(0);
        // No answer comes within the reply timeout of a second, so the run differs from one without the table.
        Shell.Bta(
            ["run", scenario, "--out", _shell.Path("run"), "--set", "duration=3 blocks", "--set",
                "expect[0]={property: mean answered < 0.1, holds: at end}", .. latency]).Ends(0);
        File.Delete(table);
        Shell.Bta(["check", scenario, .. latency]).Complains(65, "wan.csv", "BTA040");
        Shell.Bta("replay", _shell.Path("run")).Ends(0);
        Shell.Bta("verify", _shell.Path("run")).Ends(0);
    }
}
