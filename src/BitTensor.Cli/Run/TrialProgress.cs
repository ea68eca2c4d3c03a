using System.Globalization;
using Spectre.Console;

namespace BitTensor.Cli.Run;

/// <summary>
/// Shows the progress of trials and the time left: a bar where the terminal can redraw, else a line per twentieth.
/// </summary>
sealed class TrialProgress(Terminal terminal)
{
    readonly TimeLeft _left = new();
    ProgressTask? _bar;
    int _found = -1;
    int _shown = -1;

    /// <summary>Runs <paramref name="run"/> while showing what it tells.</summary>
    public T Around<T>(Func<Action<int, int>, T> run)
    {
        if (!terminal.Live)
        {
            return run(Note);
        }
        return terminal.WithBar(bar =>
        {
            _bar = bar;
            return run(Note);
        });
    }

    void Note(int done, int count)
    {
        // Trials that an earlier run finished take no time now.
        _found = _found < 0 ? done : _found;
        var state = string.Create(
            CultureInfo.InvariantCulture, $"trial {done}/{count}  {100.0 * done / count:0} %  {Left(done, count)}");
        if (_bar is not null)
        {
            (_bar.MaxValue, _bar.Value, _bar.Description) = (count, done, state);
        }
        else if (done * 20L / count > _shown)
        {
            _shown = (int)(done * 20L / count);
            terminal.Error.WriteLine(state);
        }
    }

    string Left(int done, int count)
    {
        if (done == _found || done == count)
        {
            return done == count ? "done" : _found > 0 ? $"{_found} found" : "starting";
        }
        return _left.Text(done - _found, count - done)!;
    }
}
