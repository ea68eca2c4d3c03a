using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>The size that a scenario tells is that of the model that the run makes.</summary>
public sealed class ModelSizeSpec
{
    const int Peers = 20;

    public static TheoryData<string, string> Models
    {
        get
        {
            var models = new TheoryData<string, string>();
            foreach (var head in new[] { "hidden", "linear", "sum", "attention" })
            {
                models.Add("digits", $"{{ kind: mlp, hidden: 96, representation: 8, head: {head} }}");
                models.Add("digits", $"{{ kind: linear, representation: 8, head: {head} }}");
                models.Add("digits", $"{{ kind: conv, channels: 16, representation: 8, head: {head} }}");
                models.Add("text", $"{{ kind: transformer, width: 32, layers: 3, representation: 8, head: {head} }}");
            }
            return models;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_parameters_are_about_as_many_as_the_matrices_hold(string set, string model)
    {
        var text = $"version: 1\nname: size\nseed: 1\nduration: 1 blocks\ndata: {{ set: {set} }}\npopulations:\n"
            + $"  - {{ name: honest, count: {Peers + 1}, model: {model}, student: {{ }},\n"
            + "      gating: { top: 2, by: gate } }\n";
        var read = ScenarioFile.Parse(text, "x.yaml", []);
        var scenario = Assert.IsType<Scenario>(read.Value);
        var population = scenario.Populations[0];
        var examples = set == "text"
            ? new Examples(scenario.Data!.Context, 256, [], [])
            : new Examples(64, 10, [], []) { Image = new ImageSize(8, 8, 1) };
        var shape = ModelShape.Of((ModelSpec.Trained)population.Model, examples, Peers + 1, 0);
        var real = NumbersOf(Layers.EncoderShapes(shape)) + NumbersOf(Layers.HeadShapes(shape))
            + NumbersOf(Layers.EncoderShapes(PeerStudent.ShapeOf(shape))) + NumbersOf(GateFormula.Shapes(shape));
        Assert.InRange(ModelSize.ParametersOf(population, Peers, scenario.Data), 0.9 * real, 1.1 * real);
    }

    static double NumbersOf((int Rows, int Columns)[] shapes) => shapes.Sum(s => (double)s.Rows * s.Columns);
}
