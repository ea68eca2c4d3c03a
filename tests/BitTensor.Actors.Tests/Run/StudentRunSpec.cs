using BitTensor.Actors.Context;
using BitTensor.Actors.Neurons;
using BitTensor.Actors.Run;
using BitTensor.Learning;
using BitTensor.Mechanism;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Protocol;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>A network whose neurons train students of their peers.</summary>
public sealed class StudentRunSpec
{
    const string Text =
        """
        version: 1
        name: taught
        seed: 7
        duration: 8 blocks
        mechanism: { block-interval: 10 s, temperature: 0.1 }
        data: { set: digits, examples: 400 }
        populations:
          - { name: a, count: 4, model: { kind: mlp, hidden: 8, representation: 4 }, training: { batch-size: 8 } }
        network: { default: { latency: 20 ms } }
        audit: { every: 8 blocks }

        """;

    [Theory]
    [InlineData(StudentInputs.Own, 0)]
    [InlineData(StudentInputs.Mixed, 0.5)]
    [InlineData(StudentInputs.Served, 0.5)]
    public void Answers_to_other_inputs_than_its_own_cost_queries_and_the_audit_measures_it_alone(
        StudentInputs inputs, double queriesPerQuery)
    {
        var (blocks, _, table) = Run($"populations.a.student={{ inputs: {Word(inputs)}, every: 2 }}");
        var counts = blocks.SelectMany(b => b.Traffic).ToArray();
        long Of(CountName name) => counts.Where(t => t.Counted.Is(name)).Sum(t => t.Count);
        Assert.Equal(
            queriesPerQuery, (double)Of(Happenings.QueryStudied) / Of(Happenings.QueryAsked), 0.05);
        for (var i = 0; i < 4; i++)
        {
            var (student, zero) = (
                table.Neuron("student-held-out-loss", 8, i)!.Value, table.Neuron("zero-held-out-loss", 8, i)!.Value);
            Assert.NotEqual(student, zero, 1e-6);
            Assert.InRange(table.Neuron("student-held-out-accuracy", 8, i)!.Value, 0, 1);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    public void At_depth_1_a_query_ends_at_the_student_and_at_depth_2_at_the_peers_of_the_peer(int depth, double onward)
    {
        var (blocks, _, table) = Run(
            "populations.a.student={ inputs: own }", $"populations.a.depth={depth}",
            "populations.a.training.reply-timeout=900 ms");
        var counts = blocks.SelectMany(b => b.Traffic).ToArray();
        long Of(CountName name) => counts.Where(t => t.Counted.Is(name)).Sum(t => t.Count);
        // Of four neurons a query goes on to all but its caller and the one who is asked.
        Assert.Equal(onward, (double)Of(Happenings.QueryRecursed) / Of(Happenings.QueryAsked), 0.1);
        Assert.Equal(1 + onward, Gradients(counts) / (double)Of(Happenings.QueryAnswered), 0.15);
        Assert.All(Enumerable.Range(0, 4), i => Assert.True(table.Neuron("loss", 8, i) < table.Neuron("loss", 1, i)));
    }

    static long Gradients(JournalRecord.TrafficCounted[] counts) =>
        counts.Where(t => t is { Kind: "backward", Outcome: "sent" }).Sum(t => t.Count);

    [Theory]
    [InlineData("yes")]
    [InlineData("no")]
    public void Private_data_are_never_asked_about_and_the_audit_validates_on_them_over_the_student(string train)
    {
        var seen = Shards("").Concat(Shards(", private: { share: 50% }")).ToArray();
        // Of 400 digits in four shards of 100, 75 are trained on, and 38 of these by queries.
        Assert.Equal((75, 38, 37), (seen[0].Train.Count, seen[4].Train.Count, seen[4].Private!.Count));
        Assert.Equal(seen[0].Train.Inputs, seen[4].Train.Inputs.Concat(seen[4].Private!.Inputs));
        var (_, _, table) = Run(
            "populations.a.student={ inputs: own }", $"populations.a.private={{ share: 50%, train: {train} }}");
        Assert.InRange(table.Neuron("private-accuracy", 8, 0)!.Value, 0, 1);
        Assert.True(double.IsFinite(table.Neuron("private-loss", 8, 0)!.Value));
    }

    [Fact]
    public void Training_on_private_data_over_the_student_lowers_the_loss_on_them()
    {
        double LossWith(string train) => Run(
            "populations.a.student={ inputs: own }", $"populations.a.private={{ share: 50%, train: {train} }}")
            .Table.Neurons("private-loss", 8)!.Average(l => l!.Value);
        Assert.True(LossWith("yes") < LossWith("no"));
    }

    [Fact]
    public void Without_a_student_nothing_is_measured_of_one()
    {
        var (_, audits, table) = Run();
        Assert.All(audits, a => Assert.Null(a.Alone));
        Assert.Null(table.Neuron("student-held-out-loss", 8, 0));
    }

    [Theory]
    [InlineData("missing=student", "add student")]
    [InlineData("student={ inputs: own, max-age: 0 }", "write a whole number, 1 to")]
    [InlineData("private={ share: 10% }", "add student")]
    [InlineData("depth=2", "add student")]
    public void What_cannot_be_is_an_error_with_a_remedy(string key, string says)
    {
        var read = ScenarioFile.Parse(Text, "x.yaml", [new ScenarioOverride($"populations.a.{key}")]);
        Assert.Contains(says, Assert.Single(read.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mixtures_lie_between_two_examples_and_served_inputs_are_those_that_were_served()
    {
        StudentInputSource Source(StudentInputs kind)
        {
            var source = new StudentInputSource(kind, 5, new RandomStream(1, "x"));
            Assert.Null(source.Next());
            source.Show(new Tensor(2, 1, [0f, 1f]));
            return source;
        }
        Assert.All(Source(StudentInputs.Served).Next()!.Values, v => Assert.Contains(v, (float[])[0, 1]));
        var mixed = Source(StudentInputs.Mixed).Next()!.Values;
        Assert.All(mixed, v => Assert.InRange(v, 0, 1));
        Assert.Contains(mixed, v => v is > 0 and < 1);
        var many = Source(StudentInputs.Served);
        for (var k = 0; k < StudentInputSource.Most; k++)
        {
            many.Show(new Tensor(1, 1, [2f]));
        }
        Assert.All(many.Next()!.Values, v => Assert.Equal(2, v));
    }

    static Shard[] Shards(string more)
    {
        var text = Text.Replace("batch-size: 8 }", "batch-size: 8 }, student: {}" + more, StringComparison.Ordinal);
        var scenario = Stage.Read(text);
        var plans = Roster.Draw(scenario);
        var models = new ModelFactory(scenario, plans);
        return [.. plans.Select(models.ShardOf)];
    }

    static string Word(StudentInputs inputs) => inputs.ToString().ToLowerInvariant();

    static (RunBlock[] Blocks, JournalRecord.Audited[] Audits, MetricTable Table) Run(params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(Stage.Read(Text, overrides), new RunOptions { Folder = folder.Path });
        var data = RunData.Load(folder.Path);
        return ([.. data.Blocks()], [.. data.Audits], RunMetrics.Build(data));
    }
}
