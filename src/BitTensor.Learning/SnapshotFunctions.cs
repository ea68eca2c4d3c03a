using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>The functions of a copied model, in float64. Modules of user code compute in float32.</summary>
static class SnapshotFunctions
{
    static readonly LearningSettings Untrained = new(OptimizerKind.Sgd, 0, 0);

    /// <summary>f(x), rows x representation.</summary>
    public static Tensor Encode(ModelSnapshot model, Tensor x)
    {
        using var part = PartOf(model.Modules is { } own ? own.Encoder : null, model.Shape, model.Encoder);
        if (part is null)
        {
            return Layers.Encode(model.Shape, x, Matrices(model.Encoder, Layers.EncoderShapes(model.Shape)));
        }
        var output = ModuleCall.Run(0, () =>
        {
            using var scope = NewDisposeScope();
            return Copy.Out(part.Call(x.to(ScalarType.Float32), training: false));
        });
        return Copy.In(output, (int)x.shape[0], model.Shape.Representation).to(ScalarType.Float64);
    }

    /// <summary>What a computation with the model's head gives; the head takes slots, rows x slots x width.</summary>
    public static T WithHead<T>(ModelSnapshot model, Func<Func<Tensor, Tensor>, T> compute)
    {
        using var part = PartOf(model.Modules is { } own ? own.Head : null, model.Shape, model.Head);
        if (part is null)
        {
            var matrices = Matrices(model.Head, Layers.HeadShapes(model.Shape));
            return compute(slots => Read(slots, model.Shape, matrices));
        }
        return ModuleCall.Run(0, () =>
        {
            using var scope = NewDisposeScope();
            return compute(slots => part.Call(slots.to(ScalarType.Float32), false).to(ScalarType.Float64));
        });
    }

    /// <summary>
    /// What a computation with F without the peers gives, rows x outputs: with the student in the place of those that
    /// it knows, joined by the rule; with zeros where there is no rule or no student.
    /// </summary>
    public static T Alone<T>(
        ModelSnapshot model, float[] inputs, int rows, JoinRule? rule, Func<Tensor, T> compute)
    {
        var shape = model.Shape;
        var x = Copy.In(inputs, rows, shape.Features).to(ScalarType.Float64);
        var slots = zeros(rows, shape.Slots, shape.Representation, ScalarType.Float64);
        slots.select(1, shape.OwnSlot).copy_(Encode(model, x));
        var filled = rule is not null && model.Student.Length > 0
            ? new JoinedSlots(model, rule).WithStudent(slots, x)
            : slots;
        return WithHead(model, head => compute(head(filled)));
    }

    static ModelPart? PartOf(
        Func<ModelShape, nn.Module<Tensor, Tensor>?>? make, ModelShape shape, float[][] values)
    {
        if (make is null || ModuleCall.Run(0, () => make(shape)) is not { } module)
        {
            return null;
        }
        var part = new ModelPart(module, Untrained);
        part.Import(values);
        return part;
    }

    static Tensor Read(Tensor slots, ModelShape shape, Tensor[] head)
    {
        var own = slots.select(1, shape.OwnSlot);
        var before = slots.narrow(1, 0, shape.OwnSlot);
        var after = slots.narrow(1, shape.OwnSlot + 1, shape.Slots - shape.OwnSlot - 1);
        return Layers.Read(shape, cat([before, after], 1).flatten(1), own, head);
    }

    /// <summary>The matrices of a copied part, in float64.</summary>
    public static Tensor[] Matrices(float[][] values, (int Rows, int Columns)[] shapes) =>
        [.. values.Select((v, k) => Copy.In(v, shapes[k].Rows, shapes[k].Columns).to(ScalarType.Float64))];
}
