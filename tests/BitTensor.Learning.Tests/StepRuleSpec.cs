using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

/// <summary>The steps against TorchSharp's own optimizers.</summary>
public sealed class StepRuleSpec
{
    const int Count = 37;

    [Theory]
    [InlineData(OptimizerKind.Adam, 0)]
    [InlineData(OptimizerKind.Adam, 0.01)]
    [InlineData(OptimizerKind.Sgd, 0)]
    [InlineData(OptimizerKind.Sgd, 0.01)]
    public void A_rule_steps_to_the_bits_TorchSharp_steps_to(OptimizerKind kind, double decay)
    {
        using var scope = NewDisposeScope();
        using var rule = StepRule.Of(new LearningSettings(kind, 0.003, decay), Count);
        var dice = new RandomStream(3, "steps");
        var start = Draw(dice);
        var values = tensor(start);
        using var parameter = new Parameter(tensor(start));
        using optim.Optimizer theirs = kind == OptimizerKind.Adam
            ? optim.Adam([parameter], 0.003, weight_decay: decay)
            : optim.SGD([parameter], 0.003, weight_decay: decay);
        for (var k = 0; k < 50; k++)
        {
            var gradient = tensor(Draw(dice));
            rule.Step(values, gradient);
            parameter.grad = gradient;
            theirs.step();
            Assert.Equal(Copy.Out(parameter.detach()), Copy.Out(values));
        }
    }

    static float[] Draw(RandomStream dice) => [.. Enumerable.Range(0, Count).Select(_ => (float)dice.NextNormal())];
}
