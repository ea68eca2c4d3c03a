using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Tests;

/// <summary>The few verbs the stories here are told with.</summary>
static class Stage
{
    /// <summary>Five small neurons on the digits, one of which serves noise; latency and loss on every link.</summary>
    public const string Small =
        """
        version: 1
        name: small
        seed: 11
        duration: 6 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        data: { set: digits, examples: 300 }
        populations:
          - { name: honest, count: 4, model: { kind: mlp, representation: 4, hidden: 8 } }
          - { name: free-riding, count: 1, strategy: free-ride, model: { kind: mlp, representation: 4, hidden: 8 } }
        network: { default: { latency: { distribution: lognormal, median: 40 ms, sigma: 0.5 }, loss: 5% } }
        audit: { every: 3 blocks }
        expect:
          - { property: delivered > 0.8, holds: from block 1 }
        """;

    /// <summary>
    /// Eight quadratic neurons on a perfect network with frozen stake: the formula's own game, live. Its equilibrium is
    /// interior: most weights end between 0 and 1.
    /// </summary>
    public const string Game =
        """
        version: 1
        name: game
        seed: 5
        duration: 800 blocks
        mechanism: { block-interval: 10 s, temperature: 0.05, alpha: 1, step: 0.01, emission: frozen }
        populations:
          - { name: honest, count: 8, model: { kind: quadratic, sigma: 0 }, training: { iteration-interval: 2 s, step-cost: 0 s }, serving: { cost: 0 s } }
        audit: { every: never }
        """;

    public static Scenario Read(string text, params string[] overrides)
    {
        var result = ScenarioFile.Parse(text, "test.yaml", [.. overrides.Select(o => new ScenarioOverride(o))]);
        return result.Value ?? throw new InvalidDataException(string.Join('\n', result.Errors));
    }

    public static RunResult Run(string text, RunOptions? options = null, params string[] overrides) =>
        EmulationRun.Execute(Read(text, overrides), options ?? new RunOptions());
}

/// <summary>A folder that ends with the test.</summary>
sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bta-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Ledger => File(RunFolder.LedgerFile);

    public string Journal => File(RunFolder.JournalFile);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
