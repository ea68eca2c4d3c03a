using System.Buffers.Binary;
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

    string TensorFile => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_file_is_what_the_format_of_safetensors_says()
    {
        StandAloneModel.Save(_model, TensorFile);
        var bytes = File.ReadAllBytes(TensorFile);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        var matrices = _model.Encoder.Concat(_model.Head).ToArray();
        foreach (var ((name, rows, columns), k) in StandAloneModel.TensorsOf(_model.Shape).Select((t, k) => (t, k)))
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
    public void What_is_read_again_predicts_what_the_neuron_does_without_peers()
    {
        StandAloneModel.Save(_model, TensorFile);
        var read = StandAloneModel.Load(_model.Shape, TensorFile);
        Assert.Equal(_model.Encoder.Concat(_model.Head), read.Encoder.Concat(read.Head));
        var predicted = StandAloneModel.Predict(read, _examples.Inputs, _examples.Count);
        var score = IdealRank.Disconnected(_model, _examples);
        var loss = predicted.Select((p, row) => -Math.Log(p[_examples.Labels[row]])).Average();
        Assert.Equal(score.Loss, loss, 1e-9);
        var right = predicted.Select((p, row) => Array.IndexOf(p, p.Max()) == _examples.Labels[row]).Count(r => r);
        Assert.Equal(score.Accuracy!.Value, (double)right / _examples.Count, 1e-12);
        Assert.All(predicted, p => Assert.Equal(1, p.Sum(), 1e-9));
    }

    [Fact]
    public void Disconnected_is_the_head_with_the_peers_slots_at_zero()
    {
        var inputs = Enumerable.Range(0, Slots).Select(
            k => k == Own ? new SlotInput(_model, null, 1) : new SlotInput(null, null, 1)).ToArray();
        var measured = IdealRank.Measure(_model, inputs, _examples, []).Potential;
        var score = IdealRank.Disconnected(_model, _examples);
        Assert.Equal((measured.Loss, measured.Accuracy), (score.Loss, score.Accuracy));
    }

    [Fact]
    public void A_damaged_file_and_one_of_another_shape_are_errors_that_name_it()
    {
        StandAloneModel.Save(_model, TensorFile);
        var other = _model.Shape with { Hidden = _model.Shape.Hidden + 1 };
        Assert.Contains(
            "encoder.0", Assert.Throws<InvalidDataException>(() => StandAloneModel.Load(other, TensorFile)).Message);
        foreach (var size in new[] { 0, 4, 60, (int)new FileInfo(TensorFile).Length - 5 })
        {
            var damaged = Path.Combine(_folder, $"damaged-{size}");
            File.WriteAllBytes(damaged, File.ReadAllBytes(TensorFile)[..size]);
            var failure = Assert.Throws<InvalidDataException>(() => StandAloneModel.Load(_model.Shape, damaged));
            Assert.Contains(damaged, failure.Message);
        }
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", null)]
    [InlineData("1;2\n3;4", null)]
    [InlineData("1,2\n3\n", "2:1:BTA")]
    [InlineData("1,2\n3,x\n", "2:2:BTA")]
    [InlineData("1,2\n3,NaN\n", "2:2:BTA")]
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
