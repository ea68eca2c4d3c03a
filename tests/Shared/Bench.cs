using System.Text.Json;
using BitTensor.Cli;
using BitTensor.Scenarios;
using BitTensor.Studies;

namespace BitTensor.Tests;

/// <summary>A folder to work in, and the command as a user types it.</summary>
sealed class Bench : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("studies-").FullName;

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>Runs the command; its exit code.</summary>
    public int Bta(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = new CommandLine(new Terminal(output, errors, Live: false, Color: false)).Invoke(args);
        (Output, Errors) = (output.ToString(), errors.ToString());
        return code;
    }

    /// <summary>equilibrium.json of a run.</summary>
    public JsonElement Results(string run) =>
        JsonDocument.Parse(File.ReadAllText(At(run, "equilibrium.json"))).RootElement;

    public static EquilibriumScenario Read(string text)
    {
        var result = ScenarioFile.Parse(text, "x.yaml", []);
        Xunit.Assert.Empty(result.Errors);
        return result.Equilibrium!;
    }

    /// <summary>Runs a scenario into a store of the given name; null when it was ended early.</summary>
    public StudyResult? Run(
        EquilibriumScenario scenario, string store, int cores = 1, Action<int, int>? progress = null,
        CancellationToken cancellation = default) =>
        StudyRun.Execute(scenario, At(store), cores, progress ?? ((_, _) => { }), () => { }, cancellation);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
