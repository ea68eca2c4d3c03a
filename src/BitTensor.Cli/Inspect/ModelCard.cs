using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>What a stand-alone model is and where it comes from.</summary>
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
/// <param name="Peers">What the model has in the place of its peers.</param>
/// <param name="Tensors">Names and shapes of its tensors.</param>
/// <param name="Validation">How it does on the neuron's held-out data.</param>
sealed record ModelCard(
    string Scenario, string Run, ulong Seed, string Program, string JournalHash, long Block, int Neuron,
    string Population, CardData Data, ModelShape Shape, AbsentPeers Peers, ImmutableArray<CardTensor> Tensors,
    CardValidation Validation);

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
/// <param name="WithStudent">
/// Disconnected, with its student in the place of its peers: this is the stand-alone model, where there is a student.
/// </param>
/// <param name="WithZeros">
/// Disconnected, with zeros in their place: this is the stand-alone model, where there is no student.
/// </param>
/// <param name="Solo">After as many steps alone.</param>
sealed record CardValidation(
    HeldOutScore? Networked, HeldOutScore? WithStudent, HeldOutScore? WithZeros, HeldOutScore? Solo)
{
    /// <summary>What the audit of the last block says.</summary>
    public static CardValidation Of(JournalRecord.Audited audit)
    {
        static HeldOutScore? Score(double? loss, double? accuracy) =>
            loss is { } value ? new HeldOutScore(value, accuracy) : null;
        var alone = audit.Alone;
        return new CardValidation(
            Score(audit.HeldOutLoss, audit.HeldOutAccuracy), Score(alone?.StudentLoss, alone?.StudentAccuracy),
            Score(alone?.ZeroLoss, alone?.ZeroAccuracy), Score(alone?.SoloLoss, alone?.SoloAccuracy));
    }
}

/// <summary>Serialization of <c>card.json</c>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelCard))]
sealed partial class ModelCardJson : JsonSerializerContext;
