using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Parcels;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Benchmarks;

/// <summary>How often a network did each of its three computations.</summary>
/// <param name="Steps">Own train steps: encoder and head, forward and backward.</param>
/// <param name="Answers">Encoder forwards for a caller.</param>
/// <param name="Lessons">Encoder forwards and backwards for a gradient that came back.</param>
sealed record Work(long Steps, long Answers, long Lessons)
{
    public long Total => Steps + Answers + Lessons;
}

/// <summary>
/// A network of honest neurons with the quickstart's data, pace and links, without the audit, which is no work of the
/// network's. It writes its ledger and journal as a run of <c>bta</c> does.
/// </summary>
sealed class LiveNetwork
{
    public const int Neurons = 16;
    public const ulong Seed = 7;

    readonly Scenario _scenario;

    /// <param name="hidden">Width of the hidden layers.</param>
    /// <param name="representation">Width of an answer.</param>
    /// <param name="blocks">Blocks of 10 s, five iterations each.</param>
    public LiveNetwork(int hidden, int representation, int blocks)
    {
        (Hidden, Representation) = (hidden, representation);
        var text = string.Create(CultureInfo.InvariantCulture,
            $$"""
            version: 1
            name: live
            seed: {{Seed}}
            duration: {{blocks}} blocks
            mechanism: { block-interval: 10 s, temperature: 0.1 }
            data: { set: digits, holdout: 50% }
            populations:
              - name: honest
                count: {{Neurons}}
                model: { kind: mlp, hidden: {{hidden}}, representation: {{representation}} }
                training: { learning-rate: 0.001, weight-decay: 0.003 }
            network: { default: { latency: { distribution: lognormal, median: 40 ms, sigma: 0.5 }, loss: 2% } }
            audit: { every: never }
            """);
        var read = ScenarioFile.Parse(text, "benchmark.yaml", []);
        _scenario = read.Value ?? throw new InvalidDataException(string.Join('\n', read.Errors));
    }

    public int Hidden { get; }

    public int Representation { get; }

    public int BatchSize => _scenario.Populations[0].Training.BatchSize;

    /// <summary>Runs on so many cores, start and end included; the seconds it took.</summary>
    public double Seconds(int cores)
    {
        using var folder = new TemporaryFolder();
        return Paired.Seconds(() =>
            EmulationRun.Execute(_scenario, new RunOptions { Cores = cores, Folder = folder.Path }));
    }

    /// <summary>What a run computes, read from its journal. Every run computes the same.</summary>
    public Work Count()
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(_scenario, new RunOptions { Folder = folder.Path });
        long steps = 0, answers = 0, lessons = 0;
        foreach (var record in JournalReader.Read(Path.Combine(folder.Path, RunFolder.JournalFile)))
        {
            steps += record is JournalRecord.NeuronReported report ? report.Iterations : 0;
            if (record is JournalRecord.TrafficCounted { Counted: var counted })
            {
                answers += counted.Is(ParcelOutcome.Answered.Of(ParcelKind.Forward)) ? counted.Count : 0;
                lessons += counted.Is(ParcelOutcome.Trained.Of(ParcelKind.Backward)) ? counted.Count : 0;
            }
        }
        return new Work(steps, answers, lessons);
    }
}

/// <summary>A folder that is gone after use.</summary>
sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bta-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
