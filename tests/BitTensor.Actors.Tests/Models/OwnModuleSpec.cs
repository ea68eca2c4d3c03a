using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Learning;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The example of the guide: a module of user code in a network.</summary>
public sealed class OwnModuleSpec
{
    const string Network =
        """
        version: 1
        name: residual
        seed: 11
        duration: 6 blocks
        data: { set: digits, examples: 300 }
        populations:
          - { name: honest, count: 3, model: { kind: mlp, representation: 4, hidden: 8, head: attention } }
          - { name: others, count: 2, model: { kind: conv, channels: 2, representation: 4, hidden: 8, head: sum } }
        network: { default: { latency: 40 ms } }
        audit: { every: 3 blocks }
        """;

    [Fact]
    public void The_example_of_the_guide_is_this_code_and_has_thirty_lines_at_most()
    {
        var file = Path.Combine(SourceTree.Root, "tests/BitTensor.Actors.Tests/Models/ResidualFactory.cs");
        var code = CodeOf(File.ReadAllText(file));
        var guide = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/guide/6-your-own-data-and-models.md"));
        Assert.Contains($"```csharp\n{code}\n```", guide, StringComparison.Ordinal);
        Assert.InRange(code.Split('\n').Length, 20, 30);
    }

    [Fact]
    public void A_run_with_the_module_learns_and_repeats_on_any_number_of_cores()
    {
        var losses = new List<double>();
        void Note(RunProgress progress)
        {
            if (progress is RunProgress.BlockDone { Block.Height: > 0, Reports: var neurons })
            {
                losses.Add(neurons.Where(n => n.Neuron < 3).Average(n => n.Loss ?? double.NaN));
            }
        }
        var extensions = new RunExtensions { Modules = RunExtensions.NoModules.Add("honest", new ResidualFactory()) };
        var scenario = Stage.Read(Network);
        var one = EmulationRun.Execute(
            scenario, new RunOptions { Cores = 1, Extensions = extensions, Progress = Note });
        var shown = ResidualFactory.Run(scenario);
        Assert.Equal((one.JournalHash, one.AuditHash), (shown.JournalHash, shown.AuditHash));
        Assert.NotEqual(Stage.Run(Network).JournalHash, one.JournalHash);
        Assert.True(losses[^1] < losses[0], string.Join(' ', losses));
    }

    [Fact]
    public void Modules_of_a_population_that_is_not_there_or_trains_nothing_are_refused()
    {
        var none = Assert.Throws<ArgumentException>(() => ResidualFactory.Run(Stage.Read(
            Network.Replace("name: honest", "name: some", StringComparison.Ordinal))));
        Assert.Contains("No population is called 'honest'", none.Message, StringComparison.Ordinal);
        var quadratic = Assert.Throws<ArgumentException>(() => ResidualFactory.Run(Stage.Read(Stage.Game)));
        Assert.Contains("quadratic", quadratic.Message, StringComparison.Ordinal);
    }

    static string CodeOf(string file)
    {
        var from = file.IndexOf("sealed class ResidualFactory", StringComparison.Ordinal);
        return file[from..file.IndexOf("\n#pragma warning restore", StringComparison.Ordinal)];
    }
}
