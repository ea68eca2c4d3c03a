using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The input of one slot in an audit: <paramref name="Mask"/> times the encoder's answer, or times a given answer.
/// </summary>
/// <param name="Encoder">
/// Model whose encoder answers; null when <paramref name="Output"/> is given or the slot is empty.
/// </param>
/// <param name="Output">Answer, examples x representation.</param>
/// <param name="Mask">m_ij.</param>
public sealed record SlotInput(ModelSnapshot? Encoder, float[]? Output, double Mask)
{
    /// <summary>
    /// The server's own change of its encoder's answer, examples x representation, before the mask; null for none.
    /// </summary>
    public Func<float[], float[]>? Change { get; init; }
}

/// <summary>One listener's loss on held-out data, and the worth of each slot to it.</summary>
/// <param name="Loss">Mean loss of its data's task.</param>
/// <param name="Accuracy">Share classified correctly, in [0, 1]; null for a regression.</param>
/// <param name="Hessian">
/// dF' H dF per slot, mean over examples, exact. Near a minimum the ablation is half of it.
/// </param>
/// <param name="Fisher">
/// dF' I dF per slot with the Fisher information I over the model's own label distribution, mean over examples.
/// </param>
/// <param name="Ablation">Loss with the slot zeroed minus loss: the true change that (2) approximates.</param>
public sealed record ListenerAudit(double Loss, double? Accuracy, double[] Hessian, double[] Fisher, double[] Ablation)
{
    /// <summary>
    /// dL dF + 1/2 dF' H dF per slot: the second-order Taylor expansion of the ablation. (18) drops the linear term,
    /// which is zero at a minimum; on held-out data it is not.
    /// </summary>
    public required double[] Taylor { get; init; }

    /// <summary>
    /// The integral of dL dF along the path from the slot's input to zero, by Simpson's rule over three gradients: the
    /// ablation, exact where the loss is of fourth order along the path.
    /// </summary>
    public required double[] Path { get; init; }

    /// <summary>
    /// Mean fall of the loss when the slot joins those before it, over orders of the peers; null when not asked for.
    /// </summary>
    public double[]? Shapley { get; init; }
}

/// <summary>What a model does on held-out data.</summary>
/// <param name="Loss">Mean loss of its data's task.</param>
/// <param name="Accuracy">Share classified correctly, in [0, 1]; null for a regression.</param>
public sealed record HeldOutScore(double Loss, double? Accuracy);

/// <summary>
/// The terms of the sum in eq. (2): the worth of every slot to one listener. dF is zero outside the slot and minus the
/// slot's input inside; H is the Hessian of the listener's loss with respect to its inputs. Works in float64 on copies.
/// </summary>
public static class IdealRank
{
    /// <summary>Measures one listener twice: with every slot filled, and as it was served.</summary>
    /// <param name="listener">Its model.</param>
    /// <param name="inputs">One per slot.</param>
    /// <param name="heldOut">Its held-out examples.</param>
    /// <param name="service">Its iterations by the slots they used; none for a listener that did not iterate.</param>
    /// <param name="rule">How it joins answers; null where they go into the head as they are.</param>
    /// <param name="orders">
    /// Orders of the peers' slots for <see cref="ListenerAudit.Shapley"/>; none without it.
    /// </param>
    /// <returns>
    /// With every slot filled; and the mean over the iterations, null without one. The two are the same bits where
    /// every iteration used every slot.
    /// </returns>
    public static (ListenerAudit Potential, ListenerAudit? Served) Measure(
        ModelSnapshot listener, IReadOnlyList<SlotInput> inputs, Examples heldOut,
        IReadOnlyList<ServicePattern> service, JoinRule? rule = null, IReadOnlyList<int[]>? orders = null)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        var shape = listener.Shape;
        var x = Copy.In(heldOut.Inputs, heldOut.Count, shape.Features).to(ScalarType.Float64);
        var targets = Criterion.Targets(shape, heldOut).to(shape.IsRegression ? ScalarType.Float64 : ScalarType.Int64);
        var slots = stack(inputs.Select((i, k) => Answer(i, x, shape, k == shape.OwnSlot)), dim: 1);
        orders ??= [];
        var join = new JoinedSlots(listener, rule ?? JoinRule.AsTheyAre);
        var potential = Estimate(join.Of(slots, x, null, null), targets, null, listener, orders);
        if (service.All(p => p.Empty.IsEmpty && (p.Unasked.IsEmpty || join.Gates)))
        {
            return (potential, service.Count > 0 ? potential : null);
        }
        var rows = new ServedRows(service, heldOut.Count);
        var example = from_array(rows.Examples);
        using var nothing = 0.ToScalar();
        var (missing, unasked) = (
            EmptySlots(p => p.Empty, service, rows, shape.Slots),
            EmptySlots(p => join.Gates ? [] : p.Unasked, service, rows, shape.Slots));
        bool[] either = [.. missing.Zip(unasked, (m, u) => m || u)];
        var empty = from_array(either).view(rows.Patterns.Length, shape.Slots, 1);
        var served = join.Of(
            slots.index_select(0, example).masked_fill(empty, nothing), x.index_select(0, example), missing, unasked);
        return (
            potential,
            Estimate(served, targets.index_select(0, example), from_array(rows.Weights), listener, orders));
    }

    /// <summary>
    /// Measures a listener without its peers: with its student in the place of those that it knows, or with zeros.
    /// </summary>
    /// <param name="listener">Its model.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="rule">How it joins what its student predicts; null for zeros.</param>
    public static HeldOutScore Disconnected(ModelSnapshot listener, Examples examples, JoinRule? rule)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var shape = listener.Shape;
        var targets = Criterion.Targets(shape, examples)
            .to(shape.IsRegression ? ScalarType.Float64 : ScalarType.Int64);
        return SnapshotFunctions.Alone(
            listener, examples.Inputs, examples.Count, rule,
            outputs => new HeldOutScore(
                Loss(shape, outputs, targets, null).item<double>(), AccuracyOf(shape, outputs, targets, null)));
    }

    /// <summary>The estimators over rows of inputs, means by weight; without weights all count alike.</summary>
    static ListenerAudit Estimate(
        Tensor inputs, Tensor targets, Tensor? weights, ModelSnapshot listener, IReadOnlyList<int[]> orders) =>
        SnapshotFunctions.WithHead(
            listener, head => Estimate(inputs, targets, weights, listener.Shape, head, orders));

    static ListenerAudit Estimate(
        Tensor inputs, Tensor targets, Tensor? weights, ModelShape shape, Func<Tensor, Tensor> head,
        IReadOnlyList<int[]> orders)
    {
        Tensor LossOf(Tensor filled) => Loss(shape, head(filled), targets, weights);
        var slots = inputs.detach().requires_grad_(true);
        var outputs = head(slots);
        var loss = Loss(shape, outputs, targets, weights);
        var (linear, hessian) = Derivatives(loss, slots, shape.Slots);
        var fisher = Fisher(shape, outputs, slots, weights);
        var value = loss.item<double>();
        var accuracy = AccuracyOf(shape, outputs, targets, weights);
        var filled = slots.detach();
        return new ListenerAudit(value, accuracy, hessian, fisher, SlotRemoval.Ablate(LossOf, filled, value))
        {
            Taylor = [.. linear.Zip(hessian, (first, second) => first + second / 2)],
            Path = SlotRemoval.AlongPath(LossOf, filled, linear),
            Shapley = orders.Count == 0
                ? null
                : SlotRemoval.Shapley(LossOf, filled, new ShapleyGame(shape.OwnSlot, orders, value)),
        };
    }

    static Tensor Loss(ModelShape shape, Tensor outputs, Tensor targets, Tensor? weights) => weights is null
        ? Criterion.Loss(shape, outputs, targets, nn.Reduction.Mean)
        : Mean(Criterion.Loss(shape, outputs, targets, nn.Reduction.None).flatten(), weights);

    static double? AccuracyOf(ModelShape shape, Tensor outputs, Tensor targets, Tensor? weights) => shape.IsRegression
        ? null
        : Mean(outputs.argmax(1).eq(targets).to(ScalarType.Float64), weights).item<double>();

    static Tensor Mean(Tensor rows, Tensor? weights) => weights is null ? rows.mean() : (rows * weights).sum();

    /// <summary>True where a slot is on the list of a row's iteration, rows x slots.</summary>
    static bool[] EmptySlots(
        Func<ServicePattern, ImmutableArray<int>> list, IReadOnlyList<ServicePattern> service, ServedRows rows,
        int slots)
    {
        var empty = new bool[rows.Patterns.Length * slots];
        for (var row = 0; row < rows.Patterns.Length; row++)
        {
            foreach (var slot in list(service[rows.Patterns[row]]))
            {
                empty[row * slots + slot] = true;
            }
        }
        return empty;
    }

    /// <summary>dL dF and dF' H dF of each slot.</summary>
    static (double[] Linear, double[] Hessian) Derivatives(Tensor loss, Tensor slots, int count)
    {
        var gradient = autograd.grad([loss], [slots], retain_graph: true, create_graph: true)[0];
        var (linear, hessian) = (new double[count], new double[count]);
        for (var k = 0; k < count; k++)
        {
            var removed = SlotRemoval.Removed(slots, k);
            var along = (gradient * removed).sum();
            var product = autograd.grad([along], [slots], retain_graph: true)[0];
            (linear[k], hessian[k]) = (along.item<double>(), (product * removed).sum().item<double>());
        }
        return (linear, hessian);
    }

    /// <summary>
    /// Fisher information along dF: per example the variance, under the model's own distribution, of the directional
    /// score. With u, the directional derivative of the outputs, it is the variance of u over the classes, or 2 u^2 for
    /// a regression. u = J dF comes from differentiating J'w, which is linear in w, along dF.
    /// </summary>
    static double[] Fisher(ModelShape shape, Tensor outputs, Tensor slots, Tensor? weights)
    {
        var w = zeros_like(outputs).requires_grad_(true);
        var pulled = autograd.grad([outputs], [slots], [w], retain_graph: true, create_graph: true)[0];
        var p = nn.functional.softmax(outputs.detach(), 1);
        return [.. Enumerable.Range(0, shape.Slots).Select(k =>
        {
            var u = autograd.grad([(pulled * SlotRemoval.Removed(slots, k)).sum()], [w], retain_graph: true)[0];
            if (shape.IsRegression)
            {
                return 2 * Mean((u * u).sum(1), weights).item<double>();
            }
            var mean = (p * u).sum(1, keepdim: true);
            var distance = u - mean;
            return Mean((p * distance * distance).sum(1), weights).item<double>();
        })];
    }

    static Tensor Answer(SlotInput input, Tensor x, ModelShape shape, bool own)
    {
        using var noGradient = no_grad();
        // Disposed after the call, for the reason StepRule gives.
        using var mask = input.Mask.ToScalar();
        if (input.Output is { } given)
        {
            return Copy.In(given, (int)x.shape[0], shape.Representation).to(ScalarType.Float64).mul(mask);
        }
        if (input.Encoder is not { } encoder)
        {
            return zeros(x.shape[0], shape.Representation, ScalarType.Float64);
        }
        // What the listener's own head reads is f(x); what others get may hold the server's peer input.
        var output = own ? SnapshotFunctions.Encode(encoder, x) : PeerInput.OfSnapshot(encoder, x);
        return Changed(output, input.Change).mul(mask);
    }

    static Tensor Changed(Tensor output, Func<float[], float[]>? change) => change is null
        ? output
        : Copy.In(change(Copy.Out(output.to(ScalarType.Float32))), (int)output.shape[0], (int)output.shape[1])
            .to(ScalarType.Float64);
}
