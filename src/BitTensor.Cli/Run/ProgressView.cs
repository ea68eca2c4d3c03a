using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Serilog;
using Spectre.Console;

namespace BitTensor.Cli.Run;

/// <summary>
/// Shows how a run goes: a bar where the terminal can redraw. Elsewhere a line per block or per twentieth of the run,
/// and one at least every second while blocks close.
/// </summary>
sealed class ProgressView(Terminal terminal, Scenario scenario, ILogger log)
{
    static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    readonly int _lineEvery = scenario.Blocks > 30 ? Math.Max(1, scenario.Blocks / 20) : 1;
    readonly SortedDictionary<long, double[]> _ranks = [];
    readonly SortedDictionary<long, double[]> _ablations = [];
    readonly TimeSpan _start = WallClock.Elapsed;
    ProgressTask? _bar;
    TimeSpan _lastLine;
    double? _correlation;
    string _state = "first block";

    /// <summary>Runs <paramref name="run"/> while showing what it tells.</summary>
    public T Around<T>(Func<Action<RunProgress>, T> run)
    {
        if (!terminal.Live)
        {
            return run(Note);
        }
        return terminal.Redrawing().Progress()
            .Columns(
                new SpinnerColumn(), new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                _bar = context.AddTask("starting", maxValue: scenario.Blocks);
                return run(Note);
            });
    }

    void Note(RunProgress happened)
    {
        switch (happened)
        {
            case RunProgress.BlockDone done:
                NoteBlock(done);
                break;
            case RunProgress.Happened turn:
                NoteEvent(HappenedEvent.Of(turn.Event).Text());
                break;
            case RunProgress.Audited audited:
                Match(_ablations, audited.Rows[0].Block, [.. audited.Rows.Select(r => r.Ablation ?? double.NaN)]);
                break;
            default:
                break;
        }
    }

    void NoteEvent(string text)
    {
        log.Information("Timeline: {Event}", text);
        if (_bar is null)
        {
            terminal.Error.WriteLine(text);
        }
    }

    void NoteBlock(RunProgress.BlockDone done)
    {
        var block = done.Block;
        Match(_ranks, block.Height, [.. block.Rank]);
        var losses = done.Reports.Select(r => r.Loss).OfType<double>().ToArray();
        double? loss = losses.Length > 0 ? losses.Average() : null;
        var speed = block.AtMs / Math.Max(1, (WallClock.Elapsed - _start).TotalMilliseconds);
        log.Information(
            "Block {Block} closed at {AtMs} ms: mean loss {Loss}, hash {Hash}",
            block.Height, block.AtMs, loss, block.Hash);
        _state = string.Create(
            CultureInfo.InvariantCulture,
            $"block {block.Height}/{scenario.Blocks}  loss {Figure(loss, "0.0000")}  "
            + $"rank~ablation {Figure(_correlation, "0.00")}  {block.AtMs / 1000:0} s emulated, {speed:0.0}x");
        if (_bar is not null)
        {
            _bar.Value = block.Height;
            _bar.Description = _state;
        }
        else if (block.Height % _lineEvery == 0 || block.Height == scenario.Blocks
            || WallClock.Elapsed - _lastLine >= LongestSilence)
        {
            _lastLine = WallClock.Elapsed;
            terminal.Error.WriteLine(_state);
        }
    }

    /// <summary>A block and its audit arrive in either order.</summary>
    void Match(SortedDictionary<long, double[]> side, long height, double[] values)
    {
        side[height] = values;
        if (_ranks.TryGetValue(height, out var rank) && _ablations.TryGetValue(height, out var ablation))
        {
            var pearson = BitTensor.Mechanism.Correlation.Pearson(rank, ablation);
            _correlation = double.IsNaN(pearson) ? null : pearson;
            _ablations.Remove(height);
            log.Information("Block {Block} audited: Pearson of rank and ablation {Correlation}", height, _correlation);
        }
        // An audit is done before the block after next is.
        while (_ranks.Count > 2)
        {
            _ranks.Remove(_ranks.First().Key);
        }
    }

    /// <summary>A missing value is a dash; one that is not finite says so.</summary>
    static string Figure(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
