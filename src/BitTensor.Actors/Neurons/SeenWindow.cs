using System.Runtime.InteropServices;
using BitTensor.Emulation;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>Whether something that is numbered has come before.</summary>
enum Sight
{
    /// <summary>It is new.</summary>
    Fresh,

    /// <summary>It came before.</summary>
    Duplicate,

    /// <summary>It is so far behind the newest that nobody remembers.</summary>
    Stale,
}

/// <summary>
/// Which of the last 64 numbers of one sender have been seen. Numbers grow, come in any order, and may leave gaps; one
/// that is 64 or more behind the highest is stale. A value.
/// </summary>
readonly record struct SeenWindow(long Highest, ulong Seen)
{
    const int Width = 64;

    /// <summary>Nothing has been seen.</summary>
    public static SeenWindow Empty => default;

    /// <summary>Notes in a window that a number has come now, and tells whether it had before.</summary>
    public static Sight Note(ref SeenWindow window, long number)
    {
        var sight = window.Look(number);
        window = window.With(number);
        return sight;
    }

    /// <summary>What is known of a number.</summary>
    public Sight Look(long number) =>
        Seen == 0 || number > Highest ? Sight.Fresh
        : BehindHighest(number) >= Width ? Sight.Stale
        : (Seen >> (int)BehindHighest(number) & 1) != 0 ? Sight.Duplicate
        : Sight.Fresh;

    /// <summary>The window with this number seen; a stale one changes nothing.</summary>
    public SeenWindow With(long number)
    {
        if (Seen == 0)
        {
            return new SeenWindow(number, 1);
        }
        if (number > Highest)
        {
            var ahead = unchecked((ulong)number - (ulong)Highest);
            return new SeenWindow(number, (ahead >= Width ? 0 : Seen << (int)ahead) | 1);
        }
        return BehindHighest(number) >= Width ? this : this with { Seen = Seen | (1UL << (int)BehindHighest(number)) };
    }

    ulong BehindHighest(long number) => unchecked((ulong)Highest - (ulong)number);
}

/// <summary>A window per sender.</summary>
sealed class SeenNumbers
{
    readonly Dictionary<int, SeenWindow> _windows = [];

    /// <summary>Forgets everything.</summary>
    public void Clear() => _windows.Clear();

    /// <summary>Notes that it has now, and tells whether it had before.</summary>
    public Sight Note(int sender, long number) =>
        SeenWindow.Note(ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, sender, out _), number);
}
