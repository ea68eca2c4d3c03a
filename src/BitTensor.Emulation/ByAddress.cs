using System.Numerics;

namespace BitTensor.Emulation;

/// <summary>
/// Values by address, side by side in one array. A neuron of a large network meets each of its peers so rarely
/// that every part of memory it looks at has left the caches since; a dictionary has five of them that wait for one
/// another, this has one. Open addressing with linear probing; nothing is taken out again. It changes: a field that
/// holds it is not read-only, and nobody copies it.
/// </summary>
/// <typeparam name="T">Value of an address; the default one at first.</typeparam>
public struct ByAddress<T>()
    where T : struct
{
    const int Least = 8;

    (bool Taken, int Address, T Value)[] _slots = new (bool, int, T)[Least];
    // Beside the array and not in it, so that where a slot is does not wait for how many there are.
    int _mask = Least - 1;
    int _shift = 32 - BitOperations.Log2(Least);
    int _count;

    /// <summary>The value of an address; entered now if it is new. Not to be held across another call.</summary>
    /// <param name="address">Any.</param>
    /// <param name="known">False when it is new.</param>
    public ref T Of(int address, out bool known)
    {
        var at = Find(address);
        known = _slots[at].Taken;
        if (!known)
        {
            if (4 * ++_count > 3 * (_mask + 1))
            {
                Grow();
                at = Find(address);
            }
            _slots[at] = (true, address, default);
        }
        return ref _slots[at].Value;
    }

    /// <summary>Forgets every address.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    /// <summary>Where the address is, or would be.</summary>
    readonly int Find(int address)
    {
        // The upper bits of a product with the golden ratio: neighbours are dealt over the array (Knuth, section 6.4).
        var at = (int)(unchecked((uint)address * 2654435769u) >> _shift);
        while (_slots[at].Taken && _slots[at].Address != address)
        {
            at = (at + 1) & _mask;
        }
        return at;
    }

    void Grow()
    {
        var old = _slots;
        _slots = new (bool, int, T)[2 * old.Length];
        _mask = _slots.Length - 1;
        _shift--;
        foreach (var slot in old)
        {
            if (slot.Taken)
            {
                _slots[Find(slot.Address)] = slot;
            }
        }
    }
}
