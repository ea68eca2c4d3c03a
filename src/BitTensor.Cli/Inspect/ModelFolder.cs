using System.Text.Json;
using BitTensor.Learning;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>The folder of a stand-alone model: <c>card.json</c> beside its tensors.</summary>
static class ModelFolder
{
    public const string CardFile = "card.json";
    public const string TensorFile = "model.safetensors";

    /// <summary>Writes the card into the model's folder.</summary>
    public static void Write(string folder, ModelCard card) => File.WriteAllText(
        Path.Combine(folder, CardFile), JsonSerializer.Serialize(card, ModelCardJson.Default.ModelCard) + "\n");

    /// <summary>Reads the card of a model's folder.</summary>
    /// <exception cref="InvalidDataException">There is none, or it says nothing that a model can be.</exception>
    public static ModelCard Read(string folder)
    {
        var path = Path.Combine(folder, CardFile);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{folder} holds no {CardFile}: bta extract RUN --neuron N writes a model");
        }
        try
        {
            var card = JsonSerializer.Deserialize(File.ReadAllText(path), ModelCardJson.Default.ModelCard);
            return card is { Shape: { } shape, Peers.Rule: not null } && IsPossible(shape)
                && (!card.Peers.HasStudent || card.Peers.Taught.Length == shape.Slots - 1)
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
