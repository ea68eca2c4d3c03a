using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using BitTensor.Learning.Readers;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Learning.Tests;

/// <summary>A model on its own: written, read by its format alone, read again, and asked.</summary>
public sealed class StandAloneModelSpec : IDisposable
{
    const int Slots = 3;
    const int Own = 1;

    readonly string _folder = Directory.CreateTempSubdirectory("bta-model-").FullName;
    readonly Examples _examples;
    readonly ModelSnapshot _model;

    public StandAloneModelSpec()
    {
        var (x, labels) = SlotModelSpec.Batch(5);
        _examples = new Examples(5, 3, x, labels);
        using var model = SlotModelSpec.Model(Own, Slots, Own);
        for (var k = 0; k < 20; k++)
        {
            model.Train(x, labels, [null, null, null]);
        }
        _model = model.Export();
    }

    static AbsentPeers Nobody { get; } = new([], false, JoinRule.AsTheyAre);

    string TensorFile => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_file_is_what_the_format_of_safetensors_says()
    {
        StandAloneModel.Save(_model, Nobody, TensorFile);
        var bytes = File.ReadAllBytes(TensorFile);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        var matrices = _model.Encoder.Concat(_model.Head).ToArray();
        foreach (var (k, (name, rows, columns)) in StandAloneModel.TensorsOf(_model.Shape, Nobody).Index())
        {
            var entry = header.RootElement.GetProperty(name);
            Assert.Equal("F32", entry.GetProperty("dtype").GetString());
            Assert.Equal([rows, columns], entry.GetProperty("shape").EnumerateArray().Select(n => n.GetInt32()));
            var start = 8 + length + entry.GetProperty("data_offsets")[0].GetInt32();
            var values = new float[rows * columns];
            Buffer.BlockCopy(bytes, start, values, 0, values.Length * sizeof(float));
            Assert.Equal(matrices[k], values);
        }
    }

    [Fact]
    public void The_formula_of_the_guide_over_the_bytes_of_the_file_gives_the_same_predictions()
    {
        StandAloneModel.Save(_model, Nobody, TensorFile);
        var m = Parsed(TensorFile);
        var predicted = StandAloneModel.Predict(_model, JoinRule.AsTheyAre, _examples.Inputs, _examples.Count);
        foreach (var (row, x) in _examples.Inputs.Select(v => (double)v).Chunk(_examples.Features).Index())
        {
            var inner = Affine(x, m["encoder.0"], m["encoder.1"]).Select(Math.Tanh).ToArray();
            var f = Affine(inner, m["encoder.2"], m["encoder.3"]).Select(Math.Tanh).ToArray();
            var hidden = Affine(f, m["head.1"], m["head.2"]).Select(Math.Tanh).ToArray();
            var logits = Affine(hidden, m["head.3"], m["head.4"]);
            var sum = logits.Sum(Math.Exp);
            Assert.All(logits.Index(), l => Assert.Equal(Math.Exp(l.Item) / sum, predicted[row][l.Index], 1e-9));
        }
    }

    /// <summary>x A + a.</summary>
    static double[] Affine(double[] x, float[] matrix, float[] offset) =>
        [.. offset.Select((o, c) => o + x.Select((v, k) => v * matrix[k * offset.Length + c]).Sum())];

    /// <summary>The tensors of a file by its format: 8 bytes of length, a JSON header, the numbers.</summary>
    static Dictionary<string, float[]> Parsed(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        float[] Numbers(JsonElement entry)
        {
            var offsets = entry.GetProperty("data_offsets");
            var (from, to) = (offsets[0].GetInt32(), offsets[1].GetInt32());
            return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + length + from, to - from)).ToArray();
        }
        return header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__")
            .ToDictionary(e => e.Name, e => Numbers(e.Value));
    }

    [Fact]
    public void What_is_read_again_predicts_what_the_neuron_does_without_peers()
    {
        StandAloneModel.Save(_model, Nobody, TensorFile);
        var read = StandAloneModel.Load(_model.Shape, Nobody, TensorFile);
        Assert.Equal(_model.Encoder.Concat(_model.Head), read.Encoder.Concat(read.Head));
        var predicted = StandAloneModel.Predict(read, JoinRule.AsTheyAre, _examples.Inputs, _examples.Count);
        var score = IdealRank.Disconnected(_model, _examples, null);
        var loss = predicted.Select((p, row) => -Math.Log(p[_examples.Labels[row]])).Average();
        Assert.Equal(score.Loss, loss, 1e-9);
        var right = predicted.Select((p, row) => Array.IndexOf(p, p.Max()) == _examples.Labels[row]).Count(r => r);
        Assert.Equal(score.Accuracy!.Value, (double)right / _examples.Count, 1e-12);
        Assert.All(predicted, p => Assert.Equal(1, p.Sum(), 1e-9));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_student_and_a_gate_go_with_the_model_and_stand_in_for_the_peers(bool gated)
    {
        var settings = new LearningSettings(OptimizerKind.Adam, 0.05, 0)
        {
            Student = StudentSpec.Default, Missing = MissingAnswer.Student,
            Gate = gated ? GatingSpec.Asking(1, GateRule.Gate) : null,
        };
        using var model = new SlotModel(_model.Shape, settings, 3, Own);
        // Of the two peers one has answered, so the student stands in for that one.
        float[]?[] slots = [new float[_examples.Count * _model.Shape.Representation], null, null];
        Array.Fill(slots[0]!, 0.7f);
        for (var k = 0; k < 5; k++)
        {
            var asked = gated ? model.Choose(_examples, all: true) : null;
            model.Train(_examples, slots, null, asked);
            model.TrainStudent(_examples.Inputs, _examples.Count, slots, asked);
        }
        var snapshot = model.Export();
        var rule = new JoinRule(MissingAnswer.Student, 1, GateScope.Example);
        var peers = AbsentPeers.Of(snapshot, rule);
        Assert.Equal([true, false], peers.Taught.AsEnumerable());
        Assert.Equal(gated, peers.Gated);
        StandAloneModel.Save(snapshot, peers, TensorFile);
        var read = StandAloneModel.Load(_model.Shape, peers, TensorFile);
        var loss = StandAloneModel.Predict(read, rule, _examples.Inputs, _examples.Count)
            .Select((p, row) => -Math.Log(p[_examples.Labels[row]])).Average();
        Assert.Equal(IdealRank.Disconnected(snapshot, _examples, rule).Loss, loss, 1e-9);
        Assert.NotEqual(IdealRank.Disconnected(snapshot, _examples, null).Loss, loss, 1e-4);
    }

    [Fact]
    public void Disconnected_is_the_head_with_the_peers_slots_at_zero()
    {
        var inputs = Enumerable.Range(0, Slots).Select(
            k => k == Own ? new SlotInput(_model, null, 1) : new SlotInput(null, null, 1)).ToArray();
        var measured = IdealRank.Measure(_model, inputs, _examples, []).Potential;
        var score = IdealRank.Disconnected(_model, _examples, null);
        Assert.Equal((measured.Loss, measured.Accuracy), (score.Loss, score.Accuracy));
    }

    [Fact]
    public void A_damaged_file_and_one_of_another_shape_are_errors_that_name_it()
    {
        StandAloneModel.Save(_model, Nobody, TensorFile);
        var other = _model.Shape with { Hidden = _model.Shape.Hidden + 1 };
        Assert.Contains(
            "encoder.0",
            Assert.Throws<InvalidDataException>(() => StandAloneModel.Load(other, Nobody, TensorFile)).Message);
        foreach (var size in new[] { 0, 4, 60, (int)new FileInfo(TensorFile).Length - 5 })
        {
            var damaged = Path.Combine(_folder, $"damaged-{size}");
            File.WriteAllBytes(damaged, File.ReadAllBytes(TensorFile)[..size]);
            var failure = Assert.Throws<InvalidDataException>(
                () => StandAloneModel.Load(_model.Shape, Nobody, damaged));
            Assert.Contains(damaged, failure.Message);
        }
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", null)]
    [InlineData("1;2\n3;4", null)]
    [InlineData("1,2\n3\n", "2:1: error BTA")]
    [InlineData("1,2\n3,x\n", "2:2: error BTA")]
    [InlineData("1,2\n3,NaN\n", "2:2: error BTA")]
    [InlineData("a,b\n", "BTA")]
    [InlineData("", "BTA")]
    public void Inputs_are_rows_of_numbers_and_every_fault_has_its_place(string text, string? fault)
    {
        var file = Path.Combine(_folder, "inputs.csv");
        File.WriteAllText(file, text);
        if (fault is null)
        {
            Assert.Equal([1, 2, 3, 4], InputTable.Read(file, 2));
        }
        else
        {
            Assert.Contains(fault, Assert.Throws<DataSetException>(() => InputTable.Read(file, 2)).Message);
        }
    }
}
