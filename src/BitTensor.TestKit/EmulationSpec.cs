using BitTensor.Scenarios;
using Xunit.Abstractions;

namespace BitTensor.TestKit;

/// <summary>
/// Base of a test class that tells stories about the emulated network:
/// <c>await using var run = await Run("network/flapping.yaml", seed: 7)</c>. Runs are in virtual time: the same story
/// is the same run on every machine.
/// </summary>
/// <param name="output">
/// Where to say which scenario, seed and block a test was about and how to run it again; xunit shows it when a test
/// fails.
/// </param>
public abstract class EmulationSpec(ITestOutputHelper? output = null)
{
    /// <summary>Where scenario files are looked for: the folder <c>scenarios</c> beside the tests.</summary>
    protected virtual string ScenarioFolder => Path.Combine(AppContext.BaseDirectory, "scenarios");

    /// <summary>A run of a scenario file at its first moment.</summary>
    /// <param name="scenario">A path from <see cref="ScenarioFolder"/>, or a path of its own.</param>
    /// <param name="seed">In the place of the file's.</param>
    /// <param name="setup">What the test brings.</param>
    /// <param name="changes">Values that replace those of the file, each <c>PATH=VALUE</c>.</param>
    /// <exception cref="ScenarioException">The file, or what replaces parts of it, is no scenario.</exception>
    /// <exception cref="ArgumentException">What the test brings does not fit the scenario.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    protected Task<TestRun> Run(
        string scenario, ulong? seed = null, Action<TestSetup>? setup = null, params string[] changes)
    {
        var path = Path.Combine(ScenarioFolder, scenario);
        return Run(ScenarioFile.Load(path, Overrides(seed, changes)), setup);
    }

    /// <summary>A run of a scenario written in the test.</summary>
    /// <param name="yaml">The scenario.</param>
    /// <param name="seed">In the place of its own.</param>
    /// <param name="setup">What the test brings.</param>
    /// <param name="changes">Values that replace its own, each <c>PATH=VALUE</c>.</param>
    /// <exception cref="ScenarioException">It is no scenario.</exception>
    /// <exception cref="ArgumentException">What the test brings does not fit it.</exception>
    protected Task<TestRun> RunText(
        string yaml, ulong? seed = null, Action<TestSetup>? setup = null, params string[] changes) =>
        Run(ScenarioFile.Parse(yaml, "scenario", Overrides(seed, changes)), setup);

    Task<TestRun> Run(ScenarioResult read, Action<TestSetup>? setup)
    {
        var prepared = new TestSetup();
        setup?.Invoke(prepared);
        return Task.FromResult(new TestRun(ScenarioException.Require(read), prepared, output));
    }

    static List<ScenarioOverride> Overrides(ulong? seed, string[] changes) =>
        [
            .. changes.Select(c => new ScenarioOverride(c)),
            .. seed is { } s ? [new ScenarioOverride($"seed={s}")] : Array.Empty<ScenarioOverride>(),
        ];
}
