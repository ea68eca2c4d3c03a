namespace BitTensor.Learning;

/// <summary>Which peers each example of a batch asks.</summary>
/// <param name="Rows">Examples.</param>
/// <param name="Slots">Slots of the neuron, its own among them.</param>
/// <param name="Chosen">True where an example asks a slot, Rows x Slots; the own slot is never asked.</param>
public sealed record GateChoice(int Rows, int Slots, bool[] Chosen)
{
    /// <summary>Noise on the gate's scores, Rows x (Slots - 1); null for none.</summary>
    internal float[]? Noise { get; init; }

    /// <summary>The gate's scores, noise included, Rows x (Slots - 1); null for none.</summary>
    internal float[]? Scores { get; init; }

    /// <summary>
    /// The examples that ask a slot ask another in its place: the one of the highest score that is free, and none where
    /// none is.
    /// </summary>
    /// <param name="full">The slot.</param>
    /// <param name="free">True for a slot that may be asked.</param>
    /// <returns>The same without scores.</returns>
    public GateChoice Spilled(int full, Predicate<int> free)
    {
        if (Scores is null)
        {
            return this;
        }
        var (chosen, peers) = ((bool[])Chosen.Clone(), Slots - 1);
        foreach (var row in RowsOf(full))
        {
            // The own slot was never asked and has no score: the peers' slots stand in their order.
            var order = PeerSlots.Where(k => !Asks(row, k) && free(k)).OrderByDescending(
                k => Scores[row * peers + (k < OwnSlot ? k : k - 1)]);
            foreach (var next in order.Take(1))
            {
                (chosen[row * Slots + full], chosen[row * Slots + next]) = (false, true);
            }
        }
        return this with { Chosen = chosen };
    }

    /// <summary>The own slot, which is never asked; known to a choice with scores.</summary>
    internal int OwnSlot { get; init; } = -1;

    IEnumerable<int> PeerSlots => Enumerable.Range(0, Slots).Where(k => k != OwnSlot);

    /// <summary>Every example asks the same slots.</summary>
    public static GateChoice Of(bool[] asked, int rows) =>
        new(rows, asked.Length, [.. Enumerable.Repeat(asked, rows).SelectMany(a => a)]);

    /// <summary>The examples that ask a slot, ascending.</summary>
    public int[] RowsOf(int slot) => [.. Enumerable.Range(0, Rows).Where(row => Asks(row, slot))];

    /// <summary>True when an example asks a slot.</summary>
    public bool Asks(int row, int slot) => Chosen[row * Slots + slot];
}
