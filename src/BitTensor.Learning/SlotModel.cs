using BitTensor.Mechanism;
using BitTensor.Scenarios;
using TorchSharp;
using static TorchSharp.torch;

namespace BitTensor.Learning;

/// <summary>
/// The model of one neuron: an encoder f_i(x), which peers receive, and a head F_i over the slots. Both are formulas
/// over their parameters, or modules of user code. Not thread-safe.
/// </summary>
public sealed class SlotModel : IDisposable
{
    readonly ModelShape _shape;
    readonly SlotLayout _layout;
    readonly LearningSettings _settings;
    readonly IModuleFactory? _modules;
    readonly ModelPart _encoder;
    readonly ModelPart _head;
    readonly PeerGate? _gate;
    readonly PeerStudent? _student;
    readonly PeerInput? _peerInput;
    readonly RandomStream _dropout;
    readonly (ulong Seed, int Neuron) _owner;
    long _calls;

    /// <summary>A fresh model; its parameters are drawn from (seed, neuron) alone.</summary>
    /// <param name="shape">Shape.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="neuron">Id.</param>
    /// <param name="modules">Makes modules in the place of formulas; null for none.</param>
    /// <exception cref="ModuleException">A module fails, or its output has another shape.</exception>
    public SlotModel(
        ModelShape shape, LearningSettings settings, ulong seed, int neuron, IModuleFactory? modules = null)
    {
        TorchRuntime.Initialize();
        (_shape, _settings, _modules, _owner) = (shape, settings, modules, (seed, neuron));
        _layout = new SlotLayout(shape);
        var dice = new RandomStream(seed, "parameters", neuron);
        _dropout = new RandomStream(seed, "slot-dropout", neuron);
        _encoder = Part(modules is null ? null : () => modules.Encoder(shape))
            ?? new ModelPart(Layers.EncoderShapes(shape), EncoderFormula.Of(shape).Offsets(shape), settings, dice);
        _head = Part(modules is null ? null : () => modules.Head(shape))
            ?? new ModelPart(Layers.HeadShapes(shape), HeadFormula.Of(shape).Offsets, settings, dice);
        _gate = settings.Gate is null ? null : new PeerGate(shape, settings, seed, neuron);
        _student = settings.Student is null ? null : new PeerStudent(shape, settings, seed, neuron);
        _peerInput = settings.AnswersWithPeers ? new PeerInput(shape, settings, seed, neuron) : null;
        if (HasModules)
        {
            ModuleCheck.Check(shape, _encoder, _head);
        }
    }

    /// <summary>The shape.</summary>
    public ModelShape Shape => _shape;

    bool HasModules => _encoder.IsModule || _head.IsModule;

    /// <summary>f_i(x): batch rows x features to rows x representation.</summary>
    public float[] Represent(float[] batch, int rows) => Computed(() =>
    {
        using var noGradient = no_grad();
        return Copy.Out(Encode(Copy.In(batch, rows, _shape.Features), training: false));
    });

    /// <summary>
    /// An answer: f(x), or f(x) + G(x) A with the answers of the neuron's own peers, and its student in the place of
    /// those that it knows and that did not answer.
    /// </summary>
    /// <param name="batch">x, rows x features.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="slots">Answers of the peers per slot; null where none came.</param>
    public float[] Answer(float[] batch, int rows, IReadOnlyList<float[]?> slots)
    {
        if (_peerInput is not { } peers)
        {
            return Represent(batch, rows);
        }
        var standIns = StandIns(batch, rows, slots, null);
        return Computed(() =>
        {
            using var noGradient = no_grad();
            var own = Encode(Copy.In(batch, rows, _shape.Features), training: false);
            return Copy.Out(peers.Answer(own, peers.Leaf(_layout.Pack(slots, rows), standIns, rows)));
        });
    }

    /// <summary>One step of the student on examples and the answers to them.</summary>
    /// <param name="inputs">Examples, rows x features.</param>
    /// <param name="rows">How many.</param>
    /// <param name="slots">Y_k per slot, rows x representation, masked; null where none came.</param>
    /// <param name="asked">Who was asked about which examples; null for all about all.</param>
    /// <returns>The loss (11) before the step; null where nothing came.</returns>
    public double? TrainStudent(float[] inputs, int rows, IReadOnlyList<float[]?> slots, GateChoice? asked = null)
    {
        float[] peers = _layout.Pack(slots, rows), known = _layout.Known(slots, rows, asked);
        if (Array.TrueForAll(known, k => k == 0))
        {
            return null;
        }
        var loss = Computed(() =>
        {
            var x = Copy.In(inputs, rows, _shape.Features);
            var own = Encode(x, training: false).detach();
            return _student!.Backward(
                x, Copy.In(peers, rows, _layout.Width), known, y => Read(y, own, training: false));
        }, Undo());
        using var scope = NewDisposeScope();
        _student!.Step(known);
        return loss;
    }

    /// <summary>True for a model with a trained gate.</summary>
    public bool Gates => _gate is not null;

    /// <summary>Which peers a batch asks, rows x features, by the trained gate.</summary>
    /// <param name="batch">Own batch.</param>
    /// <param name="all">True to ask all of them.</param>
    public GateChoice Choose(Examples batch, bool all) => _gate!.Choose(batch.Inputs, batch.Count, all);

    /// <summary>
    /// Learns from dL/df, rows x representation. Runs the encoder on the batch again, since its parameters may have
    /// moved since the answer, and steps the encoder.
    /// </summary>
    /// <param name="batch">x, rows x features.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="gradient">dL/df, rows x representation.</param>
    /// <param name="slots">The answers of peers that were in the answer; null for none.</param>
    /// <returns>dL/dY_k of those answers, per slot; null where none came.</returns>
    public float[]?[] Learn(float[] batch, int rows, float[] gradient, IReadOnlyList<float[]?>? slots = null)
    {
        var onward = Backward(batch, rows, gradient, slots);
        using var scope = NewDisposeScope();
        _encoder.Step();
        _peerInput?.Part.Step();
        return onward;
    }

    /// <summary>
    /// The gradient of <see cref="Learn"/> by the parameters of an answer, all in one row. Steps nothing.
    /// </summary>
    public float[] GradientOf(
        float[] batch, int rows, float[] gradient, IReadOnlyList<float[]?>? slots = null)
    {
        Backward(batch, rows, gradient, slots);
        using var scope = NewDisposeScope();
        return _peerInput is null ? _encoder.Gradient() : [.. _encoder.Gradient(), .. _peerInput.Part.Gradient()];
    }

    /// <summary>Steps the parameters of an answer along their gradient.</summary>
    public void Step(float[] gradient)
    {
        using var scope = NewDisposeScope();
        var own = gradient.Length - (_peerInput?.Length ?? 0);
        _encoder.SetGradient(gradient[..own]);
        _encoder.Step();
        _peerInput?.Part.SetGradient(gradient[own..]);
        _peerInput?.Part.Step();
    }

    /// <summary>One training step of encoder and head, of a model of classes.</summary>
    /// <param name="batch">Own batch, rows x features.</param>
    /// <param name="labels">Its labels, one per row.</param>
    /// <param name="slots">
    /// Y_k per slot, rows x representation, masked; null counts as zero. The own slot's entry is not read.
    /// </param>
    /// <param name="labelDice">
    /// When given, also estimates eq. (3), with labels drawn from the model's own distribution.
    /// </param>
    public TrainingStep Train(
        float[] batch, int[] labels, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null) =>
        Train(new Examples(_shape.Features, _shape.Classes, batch, labels), slots, labelDice);

    /// <summary>One training step of encoder and head.</summary>
    /// <param name="batch">Own batch.</param>
    /// <param name="slots">
    /// Y_k per slot, rows x representation, masked; null counts as zero. The own slot's entry is not read.
    /// </param>
    /// <param name="labelDice">
    /// When given, also estimates eq. (3), with labels or targets drawn from the model's own distribution.
    /// </param>
    /// <param name="asked">Who was asked; null for all. Not null for a model with a trained gate.</param>
    /// <param name="measure">How eq. (3) is estimated. A measure by removal needs no dice.</param>
    public TrainingStep Train(
        Examples batch, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null, GateChoice? asked = null,
        WorthMeasure measure = WorthMeasure.Fisher)
    {
        var answers = AnswersOf(batch, slots, asked);
        _student?.Age();
        return Step(new BatchPass(batch, answers, measure, Training: true), labelDice);
    }

    /// <summary>
    /// What <see cref="Train(Examples, IReadOnlyList{float[]}, RandomStream, GateChoice, WorthMeasure)"/> finds before
    /// its step, without slot dropout; steps nothing.
    /// </summary>
    public TrainingStep Measure(
        Examples batch, IReadOnlyList<float[]?> slots, RandomStream? labelDice = null, GateChoice? asked = null,
        WorthMeasure measure = WorthMeasure.Fisher) =>
        Pass(new BatchPass(batch, AnswersOf(batch, slots, asked), measure, Training: false), labelDice);

    /// <summary>
    /// One training step of encoder and head with the student in the place of every peer that it knows: on data that do
    /// not leave the neuron.
    /// </summary>
    /// <param name="batch">Own batch.</param>
    /// <exception cref="InvalidOperationException">The model has no student.</exception>
    public TrainingStep TrainAlone(Examples batch)
    {
        if (_student is null)
        {
            throw new InvalidOperationException("A model without a student cannot learn without its peers.");
        }
        var nobody = new float[]?[_shape.Slots];
        var asked = _gate is null ? null : Choose(batch, all: false);
        var standIns = StandIns(batch.Inputs, batch.Count, nobody, asked);
        var alone = new Answers(nobody, _layout.Pack(nobody, batch.Count), asked, standIns) { Alone = true };
        return Step(new BatchPass(batch, alone, WorthMeasure.Fisher, Training: true), null);
    }

    TrainingStep Step(BatchPass pass, RandomStream? labelDice)
    {
        var step = Pass(pass, labelDice);
        using var scope = NewDisposeScope();
        _encoder.Step();
        _head.Step();
        _gate?.Part.Step();
        return step;
    }

    Answers AnswersOf(Examples batch, IReadOnlyList<float[]?> slots, GateChoice? asked) => new(
        slots, _layout.Pack(slots, batch.Count), asked,
        _settings.Missing == MissingAnswer.Student ? StandIns(batch.Inputs, batch.Count, slots, asked) : null);

    TrainingStep Pass(BatchPass pass, RandomStream? labelDice)
    {
        // What is drawn is drawn once, however often the computing is repeated.
        var rows = pass.Batch.Count;
        var draws = labelDice is null ? null : Criterion.Draws(_shape, rows, labelDice);
        var dropped = pass.Training ? Dropped(rows) : null;
        return Computed(() => Gradients(pass, dropped, draws), Undo());
    }

    TrainingStep Gradients(BatchPass pass, DroppedSlots? dropped, double[]? draws)
    {
        var (batch, answers, training) = (pass.Batch, pass.Answers, pass.Training);
        var rows = batch.Count;
        var input = Copy.In(answers.Peers, rows, _layout.Width).requires_grad_(true);
        _encoder.ZeroGradient();
        _head.ZeroGradient();
        _gate?.Part.ZeroGradient();
        var x = Copy.In(batch.Inputs, rows, _shape.Features);
        var own = Encode(x, training);
        var filled = answers.StandIns is { } standIns
            ? Kept.Plus(input, Copy.In(standIns, rows, _layout.Width))
            : input;
        var (joined, weights, balance) = Join(filled, x, answers);
        var outputs = dropped is null
            ? Read(joined, own, training)
            : Read(joined.mul(dropped.Peers()), own.mul(dropped.Own()), training);
        var scores = Copy.Out(outputs.detach());
        var targets = Criterion.Targets(_shape, batch);
        var significance = pass.Measure != WorthMeasure.Fisher
            ? Removals(pass.Measure, new HeadBatch(joined.detach(), own.detach(), targets))
            : draws is null ? null : Significance(outputs, scores, input, answers.Peers, rows, draws);
        var loss = Criterion.Loss(_shape, outputs, targets, nn.Reduction.Mean);
        (balance is null ? loss : Kept.Plus(loss, balance)).backward();
        var gradient = Copy.Out(input.grad!);
        var shares = _gate is null ? null : Copy.Out(weights!.detach());
        return new TrainingStep(
            loss.item<float>(), Criterion.Accuracy(_shape, scores, batch),
            _layout.Unpack(gradient, answers.Slots, rows),
            _layout.Inner(gradient, answers.Peers, rows), significance)
        {
            Importance = shares is null ? null : _gate!.Importance(shares),
            GateEntropy = shares is null ? null : _gate!.Entropy(shares),
        };
    }

    /// <summary>
    /// What the student puts in the place of answers that were asked for and did not come, zeros elsewhere; null where
    /// it puts nothing.
    /// </summary>
    float[]? StandIns(float[] inputs, int rows, IReadOnlyList<float[]?> slots, GateChoice? asked)
    {
        if (_student is null)
        {
            return null;
        }
        bool StandsIn(int row, int slot) =>
            slots[slot] is null && _student.Knows(_layout.PeerOf(slot)) && asked?.Asks(row, slot) != false;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        float[]? predicted = null;
        var standIns = new float[rows * _layout.Width];
        _layout.ForEachSlotRow(rows, (slot, at, width) =>
        {
            if (StandsIn(at / _layout.Width, slot))
            {
                predicted ??= Copy.Out(_student.Predict(Copy.In(inputs, rows, _shape.Features)));
                predicted.AsSpan(at, width).CopyTo(standIns.AsSpan(at));
            }
        });
        return predicted is null ? null : standIns;
    }

    /// <summary>The peers' slots as the head reads them: weighted by the gate, or scaled up.</summary>
    (Tensor Joined, Tensor? Weights, Tensor? Balance) Join(Tensor input, Tensor x, Answers answers)
    {
        bool Answered(int slot) => answers.Alone || answers.Slots[slot] is not null;
        if (_gate is not null)
        {
            var (weights, balance) = _gate.Weigh(x, answers.Asked!, Answered);
            return (GateFormula.Join(_shape, input, weights), weights, balance);
        }
        var rows = (int)x.shape[0];
        return _settings.Missing == MissingAnswer.Renormalise
            && Survivors.Factors(_shape, rows, answers.Asked, Answered) is { } factors
            ? (GateFormula.Join(_shape, input, Copy.In(factors, rows, _shape.Slots - 1)), null, null)
            : (input, null, null);
    }

    /// <summary>A copy of the parameters; changes nothing.</summary>
    public ModelSnapshot Export()
    {
        using var scope = NewDisposeScope();
        return new ModelSnapshot(_shape, _encoder.Export(), _head.Export())
        {
            Modules = _modules, Gate = _gate?.Part.Export() ?? [], Answer = _peerInput?.Part.Export() ?? [],
            Student = _student?.Part.Export() ?? [],
            Taught = _student is null ? [] : [.. Enumerable.Range(0, _shape.Slots - 1).Select(_student.Knows)],
        };
    }

    /// <summary>Parameters and optimizer state as bytes, for <see cref="Load"/>.</summary>
    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        _encoder.Save(writer);
        _head.Save(writer);
        _gate?.Part.Save(writer);
        _student?.Save(writer);
        _peerInput?.Part.Save(writer);
        if (HasModules)
        {
            writer.Write(_calls);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Restores the state that a model of the same shape and settings saved.</summary>
    /// <exception cref="EndOfStreamException">The bytes come from another model.</exception>
    public void Load(byte[] saved)
    {
        using var reader = new BinaryReader(new MemoryStream(saved));
        _encoder.Load(reader);
        _head.Load(reader);
        _gate?.Part.Load(reader);
        _student?.Load(reader);
        _peerInput?.Part.Load(reader);
        _calls = HasModules ? reader.ReadInt64() : 0;
    }

    /// <summary>Gradient of the encoder's parameters as the last call left it, all in one row.</summary>
    internal float[] EncoderGradient() => _encoder.Gradient();

    /// <summary>Gradient of the head's parameters as the last call left it, all in one row.</summary>
    internal float[] HeadGradient() => _head.Gradient();

    /// <summary>Gradient of the gate's parameters as the last call left it, all in one row.</summary>
    internal float[] GateGradient() => _gate!.Part.Gradient();

    /// <summary>Gradient of the matrix of the peer input as the last call left it, all in one row.</summary>
    internal float[] PeerInputGradient() => _peerInput!.Part.Gradient();

    /// <summary>Gradient of the student's parameters as the last call left it, all in one row.</summary>
    internal float[] StudentGradient() => _student!.Part.Gradient();

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        _head.Dispose();
        _gate?.Dispose();
        _student?.Dispose();
        _peerInput?.Dispose();
    }

    Tensor Encode(Tensor x, bool training) => _encoder.IsModule
        ? _encoder.Call(x, training)
        : Layers.Encode(_shape, x, _encoder.Views);

    Tensor Read(Tensor peers, Tensor own, bool training) => _head.IsModule
        ? _head.Call(ModuleCheck.SideBySide(_shape, peers, own), training)
        : Layers.Read(_shape, peers, own, _head.Views);

    float[]?[] Backward(float[] batch, int rows, float[] gradient, IReadOnlyList<float[]?>? slots)
    {
        var answers = slots ?? new float[]?[_shape.Slots];
        var standIns = _peerInput is null ? null : StandIns(batch, rows, answers, null);
        return Computed(() =>
        {
            _encoder.ZeroGradient();
            _peerInput?.Part.ZeroGradient();
            var own = Encode(Copy.In(batch, rows, _shape.Features), training: false);
            var input = _peerInput?.Leaf(_layout.Pack(answers, rows), standIns, rows);
            var output = input is null ? own : _peerInput!.Answer(own, input);
            output.backward([Aligned(Copy.In(gradient, rows, _shape.Representation))]);
            return input is null || slots is null ? [] : _layout.Unpack(Copy.Out(input.grad!), slots, rows);
        }, Undo());
    }

    /// <summary>The result of a computation; its tensors do not outlive it.</summary>
    T Computed<T>(Func<T> compute, Action? undo = null)
    {
        return HasModules ? ModuleCall.Run(SeedOfCall(), Scoped, undo) : Scoped();

        T Scoped()
        {
            using var scope = NewDisposeScope();
            return compute();
        }
    }

    /// <summary>A module takes a gradient in libtorch's own memory, for the reason that its input is.</summary>
    Tensor Aligned(Tensor gradient) => _encoder.IsModule ? gradient.clone() : gradient;

    ulong SeedOfCall() => new RandomStream(_owner.Seed, "module", _owner.Neuron, ++_calls).NextUInt64();

    Action? Undo() => HasModules ? _encoder.Undo() + _head.Undo() : null;

    ModelPart? Part(Func<nn.Module<Tensor, Tensor>?>? make)
    {
        var module = make is null ? null : ModuleCall.Run(SeedOfCall(), make);
        return module is null ? null : new ModelPart(module, _settings);
    }

    DroppedSlots? Dropped(int rows) => _settings is { SlotDropout: 0, OwnDropout: 0 }
        ? null
        : new DroppedSlots(_shape, rows, _settings, _dropout);

    /// <summary>
    /// Eq. (3) by Fisher information on the neuron's own batch: the mean square, over examples, of the directional
    /// score of the slot, for a label drawn from the model's own distribution.
    /// </summary>
    double[] Significance(Tensor outputs, float[] scores, Tensor input, float[] peers, int rows, double[] draws)
    {
        var likelihood = Criterion.Likelihood(_shape, outputs, scores, draws);
        var score = Copy.Out(autograd.grad([likelihood], [input], retain_graph: true)[0]);
        var significance = new double[_shape.Slots];
        _layout.ForEachSlotRow(rows, (slot, at, r) =>
        {
            double directional = 0;
            for (var c = at; c < at + r; c++)
            {
                directional += (double)score[c] * peers[c];
            }
            significance[slot] += directional * directional / rows;
        });
        return significance;
    }

    /// <summary>Eq. (3) by removal on the neuron's own batch: one number per slot, 0 of the own one.</summary>
    double[] Removals(WorthMeasure measure, HeadBatch batch)
    {
        var peers = new RemovalWorth(_shape, batch, (p, own) => Read(p, own, training: false)).Measure(measure);
        return [.. Enumerable.Range(0, _shape.Slots).Select(k => k == _shape.OwnSlot ? 0 : peers[_layout.PeerOf(k)])];
    }

    /// <summary>The answers to one batch.</summary>
    /// <param name="Slots">Per slot; null where none came.</param>
    /// <param name="Peers">The same side by side, zeros where none came, rows x (slots - 1) representation.</param>
    /// <param name="Asked">Who was asked; null for all.</param>
    /// <param name="StandIns">What the student puts where none came; null for nothing.</param>
    sealed record Answers(
        IReadOnlyList<float[]?> Slots, float[] Peers, GateChoice? Asked, float[]? StandIns)
    {
        /// <summary>True where nobody was asked, so that nothing is missing.</summary>
        public bool Alone { get; init; }
    }

    /// <summary>One pass forward and backward over a batch of the neuron's own.</summary>
    sealed record BatchPass(Examples Batch, Answers Answers, WorthMeasure Measure, bool Training);
}
