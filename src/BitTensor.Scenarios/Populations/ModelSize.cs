namespace BitTensor.Scenarios;

/// <summary>
/// The numbers that a neuron's models hold, as its scenario tells them. What a file alone knows of the data counts as
/// least.
/// </summary>
public static class ModelSize
{
    // Bytes and their embeddings.
    const int Bytes = 256;
    const int Kernel = 9;
    const int Pool = 4;
    const int Pixels = 28 * 28;
    const int DigitPixels = 8 * 8;
    const int Labels = 10;

    /// <summary>Numbers of an example; 0 without data.</summary>
    public static double FeaturesOf(DataSpec? data) => data?.Set switch
    {
        null => 0,
        DataSet.Synthetic => data.Features,
        DataSet.Digits => DigitPixels,
        DataSet.Text => data.Context,
        DataSet.Images when data is { Width: { } width, Height: { } height } =>
            (double)width * height * (data.Color == ImageColor.Rgb ? 3 : 1),
        DataSet.Csv or DataSet.Parquet => Math.Max(1, data.Columns.Length),
        _ => Pixels,
    };

    /// <summary>Parameters of a neuron: its model, its gate and its student.</summary>
    /// <param name="population">Population of the neuron.</param>
    /// <param name="peers">Peers of the neuron.</param>
    /// <param name="data">The data; null without any.</param>
    public static double ParametersOf(PopulationSpec population, double peers, DataSpec? data)
    {
        if (population.Model is ModelSpec.Quadratic quadratic)
        {
            return (quadratic.HessianRank + 1.0) * (peers + 1);
        }
        var (model, features) = ((ModelSpec.Trained)population.Model, FeaturesOf(data));
        return Encoder(model, features, model.Representation) + Head(model, peers, ClassesOf(data))
            + (population.Student is null ? 0 : Encoder(model, features, peers * model.Representation))
            + (population.Gating?.By == GateRule.Gate ? features * peers : 0);
    }

    /// <summary>Numbers that a step on a batch computes with, parameters left out.</summary>
    /// <param name="population">Population of the neuron.</param>
    /// <param name="peers">Peers of the neuron.</param>
    /// <param name="data">The data; null without any.</param>
    public static double BatchOf(PopulationSpec population, double peers, DataSpec? data)
    {
        var features = FeaturesOf(data);
        var example = population.Model switch
        {
            ModelSpec.Trained model => features + model.Hidden + (peers + 1) * model.Representation
                + Inner(model, features),
            _ => peers + 1,
        };
        return population.Training.BatchSize * example;
    }

    /// <summary>Numbers of an example within the encoder.</summary>
    static double Inner(ModelSpec.Trained model, double features) => model switch
    {
        ModelSpec.Conv conv => conv.Channels * features,
        ModelSpec.Transformer t =>
            t.Layers * features * (6.0 * t.Width + t.Hidden + t.Heads * features),
        _ => 0,
    };

    static double Encoder(ModelSpec.Trained model, double features, double width) => model switch
    {
        ModelSpec.Linear => features * width,
        ModelSpec.Conv conv =>
            Kernel * conv.Channels + conv.Channels * features / Pool * conv.Hidden + conv.Hidden * width,
        ModelSpec.Transformer t =>
            (Bytes + features) * t.Width + t.Layers * (4.0 * t.Width * t.Width + 2.0 * t.Width * t.Hidden)
                + t.Width * width,
        _ => (features + width) * model.Hidden,
    };

    static double Head(ModelSpec.Trained model, double peers, double classes)
    {
        var (hidden, slots) = ((double)model.Hidden, (peers + 1) * model.Representation);
        return model.Head switch
        {
            HeadKind.Linear => slots * classes,
            HeadKind.Sum => (2 * model.Representation + classes) * hidden,
            HeadKind.Attention => (4.0 * model.Representation + peers + 1 + classes) * hidden,
            _ => (slots + classes) * hidden,
        };
    }

    static double ClassesOf(DataSpec? data) => data?.Set switch
    {
        DataSet.Synthetic => data.Classes,
        DataSet.Text => Bytes,
        _ => Labels,
    };
}
