using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Cli.Run;
using BitTensor.Learning;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Serilog;

namespace BitTensor.Cli.Inspect;

/// <summary>
/// <c>bta extract</c>: a neuron's trained model as files of its own (section 1.6, step 6). A run folder holds no
/// parameters; the same run again gives the same ones, and the journal's hash shows that it was the same run.
/// </summary>
sealed class ExtractCommand
{
    readonly Terminal _terminal;
    readonly Argument<string> _run = Options.Run("Run folder of a run in virtual time.");
    readonly Option<int> _neuron = Options.Between(0, 999_999, new Option<int>("--neuron")
    {
        Description = "The neuron whose model is written.", HelpName = "N", Required = true,
    });
    readonly Option<string?> _out = Options.Out("Folder of the model; RUN/models/neuron-N without it.");
    readonly Option<int> _cores = Options.Cores();

    public ExtractCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "extract",
            "Runs a run folder's scenario again and writes a neuron's model at its end: safetensors, which Python "
            + "reads, and a card. Example: bta extract latest --neuron 3")
        {
            _run, _neuron, _out, _cores,
        };
        Command.SetAction(Extract);
    }

    public Command Command { get; }

    int Extract(ParseResult parsed)
    {
        var archive = RunArchive.Open(RunFolders.Find(parsed.GetRequiredValue(_run)));
        var scenario = ScenarioOf(archive);
        var neuron = parsed.GetValue(_neuron);
        var most = scenario.Populations.Sum(p => p.Count) - 1;
        if (neuron > most)
        {
            throw new CommandException(ExitCode.Usage, $"--neuron wants a neuron from 0 to {most}, not {neuron}");
        }
        var last = new LastCopies(neuron);
        RunAgain(archive, scenario, new RunOptions { Cores = parsed.GetValue(_cores), Watch = last });
        if (last.Model is not { } copied)
        {
            throw new CommandException(
                ExitCode.Usage, $"neuron {neuron} has a quadratic model, which is not trained: there is none to write");
        }
        var folder = parsed.GetValue(_out) ?? Path.Combine(
            archive.Folder, "models", string.Create(CultureInfo.InvariantCulture, $"neuron-{neuron}"));
        var (model, peers) = (copied.Model, AbsentPeers.Of(copied.Model, copied.Rule));
        var card = CardOf(archive, scenario, last, model.Shape, peers);
        Directory.CreateDirectory(folder);
        StandAloneModel.Save(model, peers, Path.Combine(folder, ModelFolder.TensorFile));
        ModelFolder.Write(folder, card);
        WriteText(folder, card);
        return ExitCode.Pass;
    }

    static Scenario ScenarioOf(RunArchive archive)
    {
        if (archive.Scenario.Value is not { } scenario)
        {
            throw new CommandException(
                ExitCode.Usage, $"{archive.Folder} is the run of an equilibrium scenario, which trains no model");
        }
        Repeatable.Require(archive);
        return scenario;
    }

    /// <summary>The run again, with an audit of its last block and with solo training beside it.</summary>
    void RunAgain(RunArchive archive, Scenario scenario, RunOptions options)
    {
        using var interruption = _terminal.Interruptible("Ending the rerun; no model is written.");
        var audit = scenario.Audit with
        {
            EveryBlocks = scenario.Audit.EveryBlocks > 0 ? scenario.Audit.EveryBlocks : int.MaxValue, Solo = true,
        };
        var again = scenario with { Audit = audit };
        var result = new ProgressView(_terminal, again with { Blocks = archive.LastBlock }, Log.Logger).Around(
            progress => EmulationRun.Execute(
                again,
                options with
                {
                    Progress = progress, EndAfter = archive.LastBlock, Overdue = interruption.Token,
                },
                interruption.Token));
        if (result.Interrupted && result.Blocks < archive.LastBlock)
        {
            throw new CommandException(ExitCode.Interrupted, "the run was interrupted; no model is written");
        }
        if (result.JournalHash != archive.Verdict.JournalHash)
        {
            throw new CommandException(
                ExitCode.Fail,
                $"the run does not repeat here, so its model is not written; bta replay {archive.Folder} says where "
                + "it differs (bits of trained models depend on the processor type)");
        }
    }

    static ModelCard CardOf(
        RunArchive archive, Scenario scenario, LastCopies last, ModelShape shape, AbsentPeers peers)
    {
        var verdict = archive.Verdict;
        var audit = last.Audit!;
        var shards = DataSource.Shards(
            scenario.Data!, [.. scenario.Populations.SelectMany(p => Enumerable.Repeat(p.DataShare, p.Count))],
            scenario.Seed);
        var shard = shards[last.Neuron];
        return new ModelCard(
            scenario.Name, verdict.Run, verdict.Seed, archive.Environment?.Program ?? HostEnvironment.ProgramVersion,
            verdict.JournalHash, verdict.Blocks, last.Neuron, PopulationOf(scenario, last.Neuron),
            new CardData(
                scenario.Data!.Set, scenario.Data.Task, shard.Train.Count, shard.HeldOut.Count,
                DataManifest.Read(archive.Folder).Files),
            shape, peers,
            [.. StandAloneModel.TensorsOf(shape, peers).Select(t => new CardTensor(t.Name, t.Rows, t.Columns))],
            CardValidation.Of(audit));
    }

    static string PopulationOf(Scenario scenario, int neuron) =>
        scenario.Populations.SelectMany(p => Enumerable.Repeat(p.Name, p.Count)).ElementAt(neuron);

    void WriteText(string folder, ModelCard card)
    {
        void Line(string name, HeldOutScore? score)
        {
            if (score is not null)
            {
                var accuracy = score.Accuracy is { } a
                    ? string.Create(CultureInfo.InvariantCulture, $"  accuracy {a:0.0%}")
                    : "";
                _terminal.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name,-27}loss {score.Loss:0.0000}{accuracy}"));
            }
        }
        _terminal.Out.WriteLine($"{"model",-27}{folder}");
        Line("networked", card.Validation.Networked);
        Line("disconnected, with student", card.Validation.WithStudent);
        Line("disconnected, with zeros", card.Validation.WithZeros);
        Line("solo", card.Validation.Solo);
        _terminal.Out.WriteLine($"Try: bta predict {folder} inputs.csv");
    }

    /// <summary>Keeps the newest copy of a neuron's model, and what the audit says of it.</summary>
    sealed class LastCopies(int wanted) : RunObserver
    {
        public int Neuron => wanted;

        public (ModelSnapshot Model, JoinRule Rule)? Model { get; private set; }

        public JournalRecord.Audited? Audit { get; private set; }

        public override void Copied(long block, int neuron, ModelSnapshot model, JoinRule rule)
        {
            if (neuron == wanted)
            {
                Model = (model, rule);
            }
        }

        public override void Audited(ImmutableArray<JournalRecord.Audited> rows) => Audit = rows[wanted];
    }
}
