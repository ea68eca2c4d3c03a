namespace BitTensor.Learning;

/// <summary>
/// The peers' slots side by side: rows x (slots - 1) representation, the own slot left out.
/// </summary>
sealed class SlotLayout(ModelShape shape)
{
    /// <summary>Columns.</summary>
    public int Width => (shape.Slots - 1) * shape.Representation;

    /// <summary>Position of a slot among the peers'.</summary>
    public int PeerOf(int slot) => slot < shape.OwnSlot ? slot : slot - 1;

    /// <summary>Answers side by side, zeros where none came.</summary>
    public float[] Pack(IReadOnlyList<float[]?> slots, int rows)
    {
        var packed = new float[rows * Width];
        for (var k = 0; k < slots.Count; k++)
        {
            if (k != shape.OwnSlot && slots[k] is { } reply)
            {
                for (var row = 0; row < rows; row++)
                {
                    reply.AsSpan(row * shape.Representation, shape.Representation)
                        .CopyTo(packed.AsSpan(row * Width + PeerOf(k) * shape.Representation));
                }
            }
        }
        return packed;
    }

    /// <summary>Each slot's part, rows x representation; null where no answer came.</summary>
    public float[]?[] Unpack(float[] packed, IReadOnlyList<float[]?> slots, int rows)
    {
        var r = shape.Representation;
        var unpacked = new float[]?[shape.Slots];
        for (var k = 0; k < unpacked.Length; k++)
        {
            if (k == shape.OwnSlot || slots[k] is null)
            {
                continue;
            }
            var mine = unpacked[k] = new float[rows * r];
            for (var row = 0; row < rows; row++)
            {
                packed.AsSpan(row * Width + PeerOf(k) * r, r).CopyTo(mine.AsSpan(row * r));
            }
        }
        return unpacked;
    }

    /// <summary>1 where an answer came, 0 elsewhere.</summary>
    public float[] Known(IReadOnlyList<float[]?> slots, int rows, GateChoice? asked)
    {
        var known = new float[rows * Width];
        ForEachSlotRow(rows, (slot, at, r) =>
        {
            var came = slots[slot] is not null && asked?.Asks(at / Width, slot) != false;
            known.AsSpan(at, r).Fill(came ? 1 : 0);
        });
        return known;
    }

    /// <summary>Per slot, the inner product of two packed tensors.</summary>
    public double[] Inner(float[] a, float[] b, int rows)
    {
        var sums = new double[shape.Slots];
        ForEachSlotRow(rows, (slot, at, r) =>
        {
            for (var c = at; c < at + r; c++)
            {
                sums[slot] += (double)a[c] * b[c];
            }
        });
        return sums;
    }

    /// <summary>Visits the place of each peer's slot in each row: slot, position, and length.</summary>
    public void ForEachSlotRow(int rows, Action<int, int, int> visit)
    {
        for (var k = 0; k < shape.Slots; k++)
        {
            for (var row = 0; k != shape.OwnSlot && row < rows; row++)
            {
                visit(k, row * Width + PeerOf(k) * shape.Representation, shape.Representation);
            }
        }
    }
}
