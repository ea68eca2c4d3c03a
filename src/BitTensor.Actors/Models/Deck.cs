using BitTensor.Learning;
using BitTensor.Mechanism;

namespace BitTensor.Actors.Models;

/// <summary>Batches of examples, each example once before any comes again, but for what fills no batch.</summary>
sealed class Deck
{
    readonly Examples _examples;
    readonly int _batchSize;
    readonly RandomStream _order;
    readonly int[] _cards;
    int _next;

    /// <summary>Shuffles when the first batch is drawn.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="batchSize">Examples of a batch; all of them where there are fewer.</param>
    /// <param name="order">Draws the order.</param>
    public Deck(Examples examples, int batchSize, RandomStream order)
    {
        (_examples, _order) = (examples, order);
        _batchSize = Math.Min(batchSize, examples.Count);
        _cards = [.. Enumerable.Range(0, examples.Count)];
        _next = _cards.Length;
    }

    /// <summary>The next batch.</summary>
    public Examples Next()
    {
        if (_next + _batchSize > _cards.Length)
        {
            _order.Shuffle<int>(_cards);
            _next = 0;
        }
        var batch = _examples.Take(_cards.AsSpan(_next, _batchSize));
        _next += _batchSize;
        return batch;
    }
}
