using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>What a stand-alone model is and where it comes from: <c>card.json</c> beside its tensors.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Run">Id of the run.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Program">Version and commit of the program that trained it.</param>
/// <param name="JournalHash">Hash of the run's journal: the run again gives the same model.</param>
/// <param name="Block">Last block of the run.</param>
/// <param name="Neuron">Id.</param>
/// <param name="Population">Its population.</param>
/// <param name="Data">What it learned from.</param>
/// <param name="Shape">Shape of the model: how its tensors are read.</param>
/// <param name="Tensors">Names and shapes of its tensors.</param>
/// <param name="Validation">How it does on the neuron's held-out data.</param>
sealed record ModelCard(
    string Scenario, string Run, ulong Seed, string Program, string JournalHash, long Block, int Neuron,
    string Population, CardData Data, ModelShape Shape, ImmutableArray<CardTensor> Tensors, CardValidation Validation)
{
    public const string File = "card.json";
    public const string TensorFile = "model.safetensors";

    /// <summary>Writes the card into the model's folder.</summary>
    public void Write(string folder) => System.IO.File.WriteAllText(
        Path.Combine(folder, File), JsonSerializer.Serialize(this, ModelCardJson.Default.ModelCard) + "\n");

    /// <summary>Reads the card of a model's folder.</summary>
    /// <exception cref="InvalidDataException">There is none, or it says nothing that a model can be.</exception>
    public static ModelCard Read(string folder)
    {
        var path = Path.Combine(folder, File);
        if (!System.IO.File.Exists(path))
        {
            throw new InvalidDataException($"{folder} holds no {File}: bta extract RUN --neuron N writes a model");
        }
        try
        {
            var card = JsonSerializer.Deserialize(System.IO.File.ReadAllText(path), ModelCardJson.Default.ModelCard);
            return card?.Shape is { } shape && IsPossible(shape)
                ? card
                : throw new InvalidDataException($"{path} has no shape that a model can have");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"{path} cannot be read: {damage.Message}", damage);
        }
    }

    static bool IsPossible(ModelShape s) =>
        ModelShape.FromNumbers(s.ToNumbers()) is not null && s.Features > 0 && s.Representation > 0 && s.Hidden > 0
        && s.Slots > 0 && s.OwnSlot < s.Slots && (s.Encoder != EncoderKind.Conv || s.Image is not null)
        && (s.Encoder != EncoderKind.Transformer || s is { Heads: > 0, Width: > 0 });
}

/// <summary>What a model learned from.</summary>
/// <param name="Set">The set of section <c>data</c>.</param>
/// <param name="Task">Classes or regression.</param>
/// <param name="Training">Examples that the neuron trained on.</param>
/// <param name="HeldOut">Examples that it did not see, of which the validation uses up to the audit's number.</param>
/// <param name="Files">Files of the data and their hashes; empty for a set that is built in or drawn.</param>
sealed record CardData(DataSet Set, DataTask Task, int Training, int HeldOut, ImmutableArray<DataFile> Files);

/// <summary>A tensor of float32 numbers.</summary>
sealed record CardTensor(string Name, int Rows, int Columns);

/// <summary>The neuron on its held-out data, as the audit of the last block measures it.</summary>
/// <param name="Networked">
/// With the answers that reached it; null where it did not iterate since the audit before.
/// </param>
/// <param name="Disconnected">Without its peers: this is the stand-alone model.</param>
/// <param name="Solo">After as many steps alone.</param>
sealed record CardValidation(HeldOutMeasure? Networked, HeldOutMeasure? Disconnected, HeldOutMeasure? Solo);

/// <summary>Serialization of <c>card.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelCard))]
sealed partial class ModelCardJson : JsonSerializerContext;
