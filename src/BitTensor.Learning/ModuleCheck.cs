using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>Modules of user code against the shape they are to have.</summary>
static class ModuleCheck
{
    const int Rows = 2;

    /// <summary>Calls each module once, on zeros.</summary>
    /// <exception cref="ModuleException">A module fails, or its output has another shape or type.</exception>
    public static void Check(ModelShape shape, ModelPart encoder, ModelPart head)
    {
        if (encoder.IsModule)
        {
            Check("encoder", encoder, [Rows, shape.Features], [Rows, shape.Representation]);
        }
        if (head.IsModule)
        {
            Check("head", head, [Rows, shape.Slots, shape.Representation], [Rows, shape.Outputs]);
        }
    }

    /// <summary>The slots in their order: rows x slots x representation.</summary>
    /// <param name="s">Shape.</param>
    /// <param name="peers">The peers' slots side by side.</param>
    /// <param name="own">The own slot.</param>
    public static Tensor SideBySide(ModelShape s, Tensor peers, Tensor own)
    {
        var each = peers.view(peers.shape[0], s.Slots - 1, s.Representation);
        return cat([
            each.narrow(1, 0, s.OwnSlot), own.unsqueeze(1), each.narrow(1, s.OwnSlot, s.Slots - 1 - s.OwnSlot)], 1);
    }

    static void Check(string name, ModelPart part, long[] input, long[] wanted)
    {
        foreach (var parameter in part.Views.Where(v => v.dtype != ScalarType.Float32))
        {
            throw new ModuleException($"a parameter of the {name} is {parameter.dtype}: make all of them float32");
        }
        var (shape, type) = ModuleCall.Run(
            0,
            () =>
            {
                using var noGradient = no_grad();
                var output = part.Call(zeros(input), training: false);
                return (output.shape, output.dtype);
            });
        if (!shape.SequenceEqual(wanted) || type != ScalarType.Float32)
        {
            throw new ModuleException(
                $"the {name} made {type} [{string.Join(", ", shape)}] of float32 [{string.Join(", ", input)}], and "
                + $"float32 [{string.Join(", ", wanted)}] is needed");
        }
    }
}
