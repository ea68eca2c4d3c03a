using System.Text.Json;
using BitTensor.Cli;
using Xunit;

namespace BitTensor.Operations.Tests;

/// <summary>The log that a run on a cluster leaves, as the command writes it.</summary>
public sealed class LogSpec : IDisposable
{
    const string Scenario =
        """
        version: 1
        name: logged
        seed: 5
        duration: 4 blocks
        mechanism: { block-interval: 200 ms, temperature: 0.05 }
        populations:
          - { name: honest, count: 2, model: { kind: quadratic, sigma: 0 }, training: { iteration-interval: 100 ms, reply-timeout: 80 ms, step-cost: 0 s }, serving: { cost: 0 s } }
        audit: { every: never }
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("bta-ops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_line_says_its_node_and_as_soon_as_they_are_known_run_epoch_and_block()
    {
        var file = Path.Combine(_folder, "logged.yaml");
        File.WriteAllText(file, Scenario);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new CommandLine(new Terminal(output, error, Live: false, Color: false)).Invoke(
            [
                "run", file, "--cluster", "--name", "lab", "--control", Path.Combine(_folder, "lab.sock"), "--out",
                Path.Combine(_folder, "run"),
            ]);
        // Without an expectation nothing is known to hold.
        Assert.True(code is 0 or 2, error.ToString());
        var lines = File.ReadLines(Path.Combine(_folder, "run", "log.clef"))
            .Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var first = lines.FindIndex(l => l.TryGetProperty("Node", out _));
        Assert.InRange(first, 0, 1);
        Assert.All(lines.Skip(first), l => Assert.Equal("lab", l.GetProperty("Node").GetString()));
        var begun = lines.FindIndex(l => l.TryGetProperty("Run", out _));
        Assert.True(begun >= 0, "no line names the run");
        var blocks = lines.Where(l => l.GetProperty("@mt").GetString()!.Contains("closed at", StringComparison.Ordinal))
            .ToList();
        Assert.Equal([0, 1, 2, 3, 4], blocks.Select(l => l.GetProperty("Block").GetInt64()));
        Assert.All(
            blocks, l => Assert.StartsWith("logged-5-", l.GetProperty("Run").GetString(), StringComparison.Ordinal));
        Assert.All(blocks, l => Assert.Equal(2, l.GetProperty("Epoch").GetInt64()));
    }
}
