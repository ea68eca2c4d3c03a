namespace BitTensor.Learning;

/// <summary>Which peers each example of a batch asks.</summary>
/// <param name="Rows">Examples.</param>
/// <param name="Slots">Slots of the neuron, its own among them.</param>
/// <param name="Chosen">True where an example asks a slot, Rows x Slots; the own slot is never asked.</param>
public sealed record GateChoice(int Rows, int Slots, bool[] Chosen)
{
    /// <summary>Noise on the gate's scores, Rows x (Slots - 1); null for none.</summary>
    internal float[]? Noise { get; init; }

    /// <summary>Every example asks the same slots.</summary>
    public static GateChoice Of(bool[] asked, int rows) =>
        new(rows, asked.Length, [.. Enumerable.Repeat(asked, rows).SelectMany(a => a)]);

    /// <summary>The examples that ask a slot, ascending.</summary>
    public int[] RowsOf(int slot) => [.. Enumerable.Range(0, Rows).Where(row => Asks(row, slot))];

    /// <summary>True when an example asks a slot.</summary>
    public bool Asks(int row, int slot) => Chosen[row * Slots + slot];
}
