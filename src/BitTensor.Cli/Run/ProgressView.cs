using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Mechanism;
using BitTensor.Records;
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

    /// <summary>The columns of a line of progress.</summary>
    public static IReadOnlyList<(string Head, string Doc)> Explained { get; } =
    [
        ("block K/N", "in a line of progress: the block that has closed, of all"),
        ("rank~ablation", "Pearson's correlation of rank (5) and ablation over all neurons, in [-1, 1]"),
        ("0.0x", "emulated time over the time it took"),
        ("s left", "the time left, if blocks go on as they have gone so far"),
    ];

    readonly int _lineEvery = scenario.Blocks > 30 ? Math.Max(1, scenario.Blocks / 20) : 1;
    readonly SortedDictionary<long, ImmutableArray<double>> _ranks = [];
    readonly SortedDictionary<long, ImmutableArray<JournalRecord.Audited>> _audits = [];
    readonly TimeSpan _start = WallClock.Elapsed;
    readonly TimeLeft _left = new();
    ProgressTask? _bar;
    TimeSpan _lastLine;
    double? _correlation;

    /// <summary>Runs <paramref name="run"/> while showing what it tells.</summary>
    public T Around<T>(Func<Action<RunProgress>, T> run)
    {
        if (!terminal.Live)
        {
            return run(Note);
        }
        return terminal.WithBar(bar =>
        {
            (_bar, bar.MaxValue) = (bar, scenario.Blocks);
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
                _audits[audited.Rows[0].Block] = audited.Rows;
                Correlate(audited.Rows[0].Block);
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
        _ranks[block.Height] = block.Rank;
        Correlate(block.Height);
        var losses = done.Reports.Select(r => r.Loss).OfType<double>().ToArray();
        double? loss = losses.Length > 0 ? losses.Average() : null;
        var speed = block.AtMs / Math.Max(1, (WallClock.Elapsed - _start).TotalMilliseconds);
        log.Information(
            "Block {Block} closed at {AtMs} ms: mean loss {Loss}, hash {Hash}",
            block.Height, block.AtMs, loss, block.Hash);
        var left = _left.Text(block.Height, scenario.Blocks - block.Height);
        if (_bar is not null)
        {
            (_bar.Value, _bar.Description) = (block.Height, State(block, loss, speed, left, isWide: false));
        }
        else if (block.Height % _lineEvery == 0 || block.Height == scenario.Blocks
            || WallClock.Elapsed - _lastLine >= LongestSilence)
        {
            _lastLine = WallClock.Elapsed;
            terminal.Error.WriteLine(State(block, loss, speed, left, isWide: true));
        }
    }

    /// <summary>The state in one line; beside a bar, so short that both fit into 80 columns.</summary>
    string State(JournalRecord.BlockClosed block, double? loss, double speed, string? left, bool isWide)
    {
        var emulated = isWide ? Figure(block.AtMs / 1000, "0") + " s emulated, " : "";
        var ending = left is null || block.Height == scenario.Blocks ? "" : $"  {left}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"block {block.Height}/{scenario.Blocks}  loss {Figure(loss, "G4")}  "
            + $"rank~ablation {Figure(_correlation, "0.00")}  {emulated}{speed:0.0}x{ending}");
    }

    /// <summary>A block and its audit arrive in either order.</summary>
    void Correlate(long height)
    {
        if (_ranks.TryGetValue(height, out var rank) && _audits.TryGetValue(height, out var audit))
        {
            var pearson = BitTensor.Mechanism.Correlation.Pearson(
                [.. audit.Select(a => rank[a.Neuron])], [.. audit.Select(a => a.Ablation ?? double.NaN)]);
            _correlation = double.IsNaN(pearson) ? null : pearson;
            _audits.Remove(height);
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
