using System.CommandLine;
using System.Globalization;
using BitTensor.Learning;
using BitTensor.Learning.Readers;

namespace BitTensor.Cli.Inspect;

/// <summary><c>bta predict</c>: a stand-alone model on a file of inputs, without any network.</summary>
sealed class PredictCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _model = new("MODEL") { Description = "Folder that bta extract wrote." };
    readonly Argument<string> _file = new("FILE")
    {
        Description = "CSV file: a row per example, a column per feature, no label; a header is skipped.",
    };

    public PredictCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "predict",
            "Writes what an extracted model predicts, as CSV: a row per example with the class and the probability of "
            + "each class, or with the value of a regression. Example: bta predict models/neuron-3 inputs.csv")
        {
            _model, _file,
        };
        Command.SetAction(Predict);
    }

    public Command Command { get; }

    int Predict(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_model);
        var card = ModelFolder.Read(folder);
        var shape = card.Shape;
        var model = StandAloneModel.Load(shape, card.Peers, Path.Combine(folder, ModelFolder.TensorFile));
        var inputs = InputTable.Read(parsed.GetRequiredValue(_file), shape.Features);
        var rows = StandAloneModel.Predict(model, card.Peers.Rule, inputs, inputs.Length / shape.Features);
        _terminal.Out.WriteLine(shape.IsRegression
            ? "value"
            : $"class,{string.Join(',', Enumerable.Range(0, shape.Classes).Select(c => $"p{c}"))}");
        foreach (var row in rows)
        {
            var numbers = string.Join(',', row.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
            _terminal.Out.WriteLine(shape.IsRegression ? numbers : $"{Array.IndexOf(row, row.Max())},{numbers}");
        }
        return ExitCode.Pass;
    }
}
