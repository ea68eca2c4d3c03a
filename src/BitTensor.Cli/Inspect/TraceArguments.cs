using System.CommandLine;
using System.Globalization;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Inspect;

/// <summary>The arguments of <c>bta trace</c> that choose messages.</summary>
sealed class TraceArguments
{
    readonly Option<string?> _block = new("--block")
    {
        Description = "Blocks that are open: one, or FIRST..LAST; the whole run without it.",
        HelpName = "N..M",
    };
    readonly Option<string?> _seconds = new("--seconds")
    {
        Description = "Emulated seconds since the start, FIRST..LAST.",
        HelpName = "A..B",
    };
    readonly Option<int[]> _neuron = new("--neuron")
    {
        Description = "Messages from or to this neuron. Repeatable.",
        HelpName = "N",
        DefaultValueFactory = _ => [],
    };
    readonly Option<string[]> _kind = new("--kind")
    {
        Description = "Messages of this kind. Repeatable.",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Adds the arguments to a command.</summary>
    public void AddTo(Command command)
    {
        _kind.AcceptOnlyFromAmong([.. ParcelKinds.Names]);
        foreach (var option in new Option[] { _block, _seconds, _neuron, _kind })
        {
            command.Add(option);
        }
    }

    /// <summary>The window that the arguments choose.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="scenario">What ran.</param>
    /// <param name="last">The last block of the run.</param>
    /// <exception cref="CommandException">A range or a neuron is not in the run.</exception>
    public TraceWindow WindowOf(ParseResult parsed, Scenario scenario, int last)
    {
        var (from, to) = BlocksOf(parsed, last);
        var (fromSeconds, toSeconds) = parsed.GetValue(_seconds) is { } seconds
            ? Range(seconds, "--seconds", text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            : (0, double.MaxValue / 1000);
        if (from < 0 || to > last + 1)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"--block wants blocks from 0 to {last}, the last of this run, "
                + $"or {last + 1} for what was sent after it");
        }
        var kinds = parsed.GetRequiredValue(_kind).ToHashSet();
        return new TraceWindow(from, to, NeuronsOf(parsed, scenario), kinds, fromSeconds * 1000, toSeconds * 1000);
    }

    (long From, long To) BlocksOf(ParseResult parsed, int last) =>
        parsed.GetValue(_block) is { } blocks ? Range(blocks, "--block", long.Parse) : (0, last + 1);

    HashSet<int> NeuronsOf(ParseResult parsed, Scenario scenario)
    {
        var (neurons, count) = (parsed.GetRequiredValue(_neuron), scenario.Populations.Sum(p => p.Count));
        return Array.Exists(neurons, n => n < Addresses.Ledger || n >= count)
            ? throw new CommandException(
                ExitCode.Usage, $"--neuron wants an id from 0 to {count - 1}, or -1 for the ledger")
            : [.. neurons];
    }

    static (T From, T To) Range<T>(string text, string option, Func<string, T> read)
        where T : IComparable<T>
    {
        var ends = text.Split("..");
        try
        {
            if (ends.Length <= 2 && (read(ends[0]), read(ends[^1])) is var (from, to) && from.CompareTo(to) <= 0)
            {
                return (from, to);
            }
        }
        catch (FormatException)
        {
            // The message is the one below.
        }
        throw new CommandException(
            ExitCode.Usage,
            $"{option} wants a number, or FIRST..LAST with FIRST not above LAST, not '{text}'");
    }
}
