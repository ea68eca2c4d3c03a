using BitTensor.Mechanism;

namespace BitTensor.Learning;

/// <summary>Deals examples in batches: shuffled, and shuffled again when too few are left.</summary>
public sealed class BatchDeck
{
    readonly Examples _examples;
    readonly int _size;
    readonly RandomStream _dice;
    readonly int[] _order;
    int _next;

    /// <param name="examples">At least one.</param>
    /// <param name="size">Examples per batch; all of them where there are fewer.</param>
    /// <param name="dice">Draws the order.</param>
    public BatchDeck(Examples examples, int size, RandomStream dice)
    {
        (_examples, _size, _dice) = (examples, Math.Min(size, examples.Count), dice);
        _order = [.. Enumerable.Range(0, examples.Count)];
        _next = _order.Length;
    }

    /// <summary>The next batch.</summary>
    public Examples Next()
    {
        if (_next + _size > _order.Length)
        {
            _dice.Shuffle<int>(_order);
            _next = 0;
        }
        var batch = _examples.Take(_order.AsSpan(_next, _size));
        _next += _size;
        return batch;
    }
}
