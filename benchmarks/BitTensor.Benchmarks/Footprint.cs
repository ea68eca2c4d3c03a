using System.Diagnostics;
using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Scenarios;

namespace BitTensor.Benchmarks;

/// <summary>Memory a living network holds, measured in a process of its own.</summary>
static class Footprint
{
    const string Scenario =
        """
        version: 1
        name: footprint
        seed: 1
        duration: 4 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        populations:
          - { name: honest, count: 2, training: { iteration-interval: 5 s } }
        topology: { kind: random, degree: 8 }
        network: { default: { latency: { distribution: exponential, mean: 50 ms }, loss: 1% } }
        audit: { every: never }
        """;

    /// <summary>
    /// KiB one more neuron costs: the difference of two sizes, in managed heap and in resident memory.
    /// </summary>
    /// <param name="model">Kind of model, mlp or quadratic.</param>
    /// <param name="degree">Peers each neuron asks.</param>
    /// <param name="small">Smaller number of neurons.</param>
    /// <param name="large">Larger number.</param>
    public static (double HeapKiB, double ResidentKiB) PerNeuron(string model, int degree, int small, int large)
    {
        var (a, b) = (InOwnProcess(model, degree, small), InOwnProcess(model, degree, large));
        var more = (large - small) * 1024.0;
        return ((b.Heap - a.Heap) / more, (b.Resident - a.Resident) / more);
    }

    /// <summary>
    /// The other process: runs <c>model degree count</c>, prints heap and resident bytes after the third block.
    /// </summary>
    public static int Print(string model, string degree, string count)
    {
        string[] overrides =
        [
            $"populations.honest.model.kind={model}", $"populations.honest.count={count}", $"topology.degree={degree}",
            .. model == "mlp" ? ["data={set: synthetic, split: iid}"] : Array.Empty<string>(),
        ];
        var read = ScenarioFile.Parse(Scenario, "benchmark.yaml", [.. overrides.Select(o => new ScenarioOverride(o))]);
        var scenario = read.Value ?? throw new InvalidDataException(string.Join('\n', read.Errors));
        EmulationRun.Execute(scenario, new RunOptions { Cores = 1, Progress = PrintAtBlockThree });
        return 0;
    }

    static void PrintAtBlockThree(RunProgress progress)
    {
        if (progress is RunProgress.BlockDone { Block.Height: 3 })
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            var heap = GC.GetTotalMemory(forceFullCollection: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{heap} {Environment.WorkingSet}"));
        }
    }

    static (long Heap, long Resident) InOwnProcess(string model, int degree, int count)
    {
        var program = Environment.ProcessPath!;
        var hosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] arguments = ["footprint", model, $"{degree}", $"{count}"];
        var start = new ProcessStartInfo(
            program, hosted ? [typeof(Footprint).Assembly.Location, .. arguments] : arguments)
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var words = process.StandardOutput.ReadToEnd().Split();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The process that measures memory ended with {process.ExitCode}.");
    }
}
