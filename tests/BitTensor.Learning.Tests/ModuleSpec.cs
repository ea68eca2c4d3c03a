using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace BitTensor.Learning.Tests;

/// <summary>Modules of user code in the place of encoder and head, and the traps that must not reach them.</summary>
public sealed class ModuleSpec
{
    const int Rows = 6;
    static readonly LearningSettings Settings = new(OptimizerKind.Adam, 0.01, 0);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Backward_over_messages_equals_one_monolithic_autograd_graph(bool encoder, bool head)
    {
        var shape = FormsSpec.ShapeOf(EncoderKind.Mlp, HeadKind.Linear, false);
        var settings = new LearningSettings(OptimizerKind.Sgd, 1e-30, 0);
        var user = new Plain { HasEncoder = encoder, HasHead = head };
        var models = Enumerable.Range(0, shape.Slots).Select(k => new SlotModel(shape, settings, 3, k, user)).ToArray();
        var batch = FormsSpec.BatchOf(shape);
        var replies = models.Select((m, k) => k == shape.OwnSlot ? null : m.Represent(batch.Inputs, Rows)).ToArray();
        var step = models[shape.OwnSlot].Train(batch, replies);
        for (var k = 0; k < shape.Slots; k++)
        {
            if (k != shape.OwnSlot)
            {
                models[k].Learn(batch.Inputs, Rows, step.Gradients[k]!);
            }
        }

        using var scope = NewDisposeScope();
        var (f, parameters) = models.Select(m => Function(m.Export(), user.Encoder(shape), encoder: true))
            .ToArray() is var all
            ? (all.Select(a => a.Run).ToArray(), all.Select(a => a.Parameters).ToArray())
            : default;
        var (read, matrices) = Function(models[shape.OwnSlot].Export(), user.Head(shape), encoder: false);
        var x = Copy.In(batch.Inputs, Rows, shape.Features);
        var loss = nn.functional.cross_entropy(read(stack(f.Select(e => e(x)), 1)), Copy.In(batch.Labels));
        loss.backward();
        Assert.Equal(loss.item<float>(), step.Loss, 1e-6);
        FormsSpec.AssertClose(Gradient(matrices), models[shape.OwnSlot].HeadGradient());
        for (var k = 0; k < shape.Slots; k++)
        {
            FormsSpec.AssertClose(Gradient(parameters[k]), models[k].EncoderGradient());
        }
    }

    [Fact]
    public void The_audit_measures_a_listener_with_modules()
    {
        var shape = FormsSpec.ShapeOf(EncoderKind.Mlp, HeadKind.Hidden, false);
        var user = new Plain { HasEncoder = true, HasHead = true };
        var models = Enumerable.Range(0, shape.Slots).Select(k => new SlotModel(shape, Settings, 3, k, user)).ToArray();
        var batch = FormsSpec.BatchOf(shape);
        var measured = IdealRank.Measure(
            models[1].Export(), [.. models.Select(m => new SlotInput(m.Export(), null, 1))], batch, []).Potential;
        var replies = models.Select((m, k) => k == 1 ? null : m.Represent(batch.Inputs, Rows)).ToArray();
        var step = models[1].Train(batch, replies);
        Assert.Equal(step.Loss, measured.Loss, 1e-5);
        Assert.Equal(step.Accuracy, measured.Accuracy);
        Assert.All(measured.Fisher, v => Assert.True(v > 0));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_whatever_others_draw()
    {
        float[] Trained(bool disturbed)
        {
            using var model = new SlotModel(ShapeOfOne, Settings, 9, 4, new Noisy());
            var batch = FormsSpec.BatchOf(ShapeOfOne);
            for (var k = 0; k < 5; k++)
            {
                if (disturbed)
                {
                    rand(k + 1).Dispose();
                }
                model.Train(batch, [null]);
            }
            return [.. model.Represent(batch.Inputs, Rows), .. model.Export().Head.SelectMany(m => m)];
        }
        Assert.Equal(Trained(false), Trained(true));
        using var other = new SlotModel(ShapeOfOne, Settings, 10, 4, new Noisy());
        using var same = new SlotModel(ShapeOfOne, Settings, 9, 4, new Noisy());
        Assert.NotEqual(other.Export().Encoder[0], same.Export().Encoder[0]);
    }

    /// <summary>
    /// The module hands libtorch numbers without holding them. A second thread collects garbage all the time: without
    /// the repetition of disturbed calls a step fails, or uses another number.
    /// </summary>
    [Fact]
    public void The_collector_changes_no_bit_of_a_module_that_uses_numbers()
    {
        float[] Trained()
        {
            using var model = new SlotModel(ShapeOfOne, Settings, 9, 4, new Numbers());
            var batch = FormsSpec.BatchOf(ShapeOfOne);
            for (var k = 0; k < 60; k++)
            {
                model.Train(batch, [null]);
            }
            return model.Represent(batch.Inputs, Rows);
        }
        var quiet = Trained();
        var before = ModuleCall.Repeated;
        using var end = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        var disturbed = Trained();
        end.Cancel();
        collector.Join();
        Assert.Equal(quiet, disturbed);
        Assert.True(ModuleCall.Repeated > before, "the collector never ran during a call, so nothing was shown");
    }

    [Fact]
    public void Buffers_are_saved_and_frozen_parameters_stay()
    {
        using var lived = new SlotModel(ShapeOfOne, Settings with { WeightDecay = 0.1 }, 9, 4, new Normed());
        using var revived = new SlotModel(ShapeOfOne, Settings with { WeightDecay = 0.1 }, 8, 4, new Normed());
        var batch = FormsSpec.BatchOf(ShapeOfOne);
        var (start, fresh) = (lived.Export().Encoder, revived.Represent(batch.Inputs, Rows));
        for (var k = 0; k < 5; k++)
        {
            lived.Train(batch, [null]);
        }
        revived.Load(lived.Save());
        Assert.Equal(lived.Represent(batch.Inputs, Rows), revived.Represent(batch.Inputs, Rows));
        Assert.NotEqual(fresh, revived.Represent(batch.Inputs, Rows));
        var end = lived.Export().Encoder;
        // Parameters that learn, then frozen ones, then the buffers of the normalisation.
        Assert.NotEqual(start[0], end[0]);
        Assert.Equal(start[4], end[4]);
        Assert.NotEqual(start[^1], end[^1]);
    }

    [Fact]
    public void A_module_of_another_shape_or_one_that_fails_is_an_error_that_says_so()
    {
        var wrong = Assert.Throws<ModuleException>(() => new SlotModel(ShapeOfOne, Settings, 1, 0, new Wrong(null)));
        Assert.Contains("Float32 [2, 9]", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 4]", wrong.Message, StringComparison.Ordinal);
        var fails = Assert.Throws<ModuleException>(() =>
            new SlotModel(ShapeOfOne, Settings, 1, 0, new Wrong("no luck")));
        Assert.Contains("no luck", fails.Message, StringComparison.Ordinal);
    }

    static ModelShape ShapeOfOne =>
        FormsSpec.ShapeOf(EncoderKind.Mlp, HeadKind.Hidden, false) with { Slots = 1, OwnSlot = 0 };

    /// <summary>A part as a function of leaves: a module with copied parameters, or the formula.</summary>
    static (Func<Tensor, Tensor> Run, Tensor[] Parameters) Function(
        ModelSnapshot model, nn.Module<Tensor, Tensor>? module, bool encoder)
    {
        var values = encoder ? model.Encoder : model.Head;
        if (module is not null)
        {
            Tensor[] parameters = [.. module.parameters()];
            using (no_grad())
            {
                foreach (var (parameter, value) in parameters.Zip(values))
                {
                    parameter.copy_(from_array(value).view(parameter.shape));
                }
            }
            return (module.call, parameters);
        }
        var s = model.Shape;
        var shapes = encoder ? Layers.EncoderShapes(s) : Layers.HeadShapes(s);
        Tensor[] leaves = [.. values.Select((v, k) =>
            Copy.In(v, shapes[k].Rows, shapes[k].Columns).requires_grad_(true))];
        Tensor Read(Tensor slots) => Layers.Read(
            s, cat([slots.narrow(1, 0, s.OwnSlot), slots.narrow(1, s.OwnSlot + 1, s.Slots - s.OwnSlot - 1)], 1)
                .flatten(1),
            slots.select(1, s.OwnSlot), leaves);
        return (encoder ? x => Layers.Encode(s, x, leaves) : Read, leaves);
    }

    static float[] Gradient(Tensor[] leaves) => [.. leaves.SelectMany(l => Copy.Out(l.grad!))];

    sealed class Plain : IModuleFactory
    {
        public bool HasEncoder { get; init; }

        public bool HasHead { get; init; }

        public nn.Module<Tensor, Tensor>? Encoder(ModelShape shape) => HasEncoder
            ? nn.Sequential(nn.Linear(shape.Features, 9), nn.Tanh(), nn.Linear(9, shape.Representation))
            : null;

        public nn.Module<Tensor, Tensor>? Head(ModelShape shape) => HasHead
            ? nn.Sequential(nn.Flatten(), nn.Linear(shape.Slots * shape.Representation, shape.Outputs))
            : null;
    }

    sealed class Noisy : IModuleFactory
    {
        public nn.Module<Tensor, Tensor> Encoder(ModelShape shape) => nn.Sequential(
            nn.Linear(shape.Features, 9), nn.Dropout(0.5), nn.Linear(9, shape.Representation));
    }

    sealed class Numbers : IModuleFactory
    {
        public nn.Module<Tensor, Tensor> Encoder(ModelShape shape) => new Body(shape);

        // Exactly what the house forbids itself: user code may do it. The base class disposes of what is registered.
#pragma warning disable RS0030, CA2213
        sealed class Body : nn.Module<Tensor, Tensor>
        {
            readonly TorchSharp.Modules.Linear _linear;

            public Body(ModelShape shape)
                : base("body")
            {
                _linear = nn.Linear(shape.Features, shape.Representation);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                var x = _linear.call(input);
                for (var k = 0; k < 20; k++)
                {
                    x = x * 1.5 + 0.25;
                    x = (x - 0.25) / 1.5;
                }
                return x;
            }
        }
#pragma warning restore RS0030, CA2213
    }

    sealed class Normed : IModuleFactory
    {
        public nn.Module<Tensor, Tensor> Encoder(ModelShape shape)
        {
            var frozen = nn.Linear(shape.Features, 9);
            foreach (var parameter in frozen.parameters())
            {
                parameter.requires_grad = false;
            }
            return nn.Sequential(frozen, nn.BatchNorm1d(9), nn.Linear(9, shape.Representation));
        }
    }

    sealed class Wrong(string? failure) : IModuleFactory
    {
        public nn.Module<Tensor, Tensor> Encoder(ModelShape shape) =>
            failure is null ? nn.Linear(shape.Features, 9) : throw new InvalidOperationException(failure);
    }
}
