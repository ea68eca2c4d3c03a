using System.Collections.Immutable;
using BitTensor.Learning;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Which slots the neuron's iterations since the last audit used. It belongs to the emulator: a crash does not clear it.
/// </summary>
/// <param name="ownSlot">The neuron's own slot, which is never empty.</param>
sealed class ServiceLog(int ownSlot)
{
    SortedDictionary<ImmutableArray<int>, int> _iterations = new(SlotOrder.Instance);
    (long Height, ImmutableArray<ServicePattern> Service) _taken = (-1, []);

    /// <summary>Counts an iteration that is computed; null is a slot whose answer it did not use.</summary>
    public void Add(Tensor?[] replies)
    {
        var empty = EmptyOf(replies);
        _iterations[empty] = _iterations.GetValueOrDefault(empty) + 1;
    }

    /// <summary>
    /// Takes the iterations since the audit before that of a block; the same again when it is asked for twice.
    /// </summary>
    public ImmutableArray<ServicePattern> Take(long height)
    {
        if (height != _taken.Height)
        {
            _taken = (height, [.. _iterations.Select(i => new ServicePattern(i.Key, i.Value))]);
            _iterations = new(SlotOrder.Instance);
        }
        return _taken.Service;
    }

    ImmutableArray<int> EmptyOf(Tensor?[] replies)
    {
        var count = 0;
        for (var k = 0; k < replies.Length; k++)
        {
            count += replies[k] is null && k != ownSlot ? 1 : 0;
        }
        if (count == 0)
        {
            return [];
        }
        var empty = ImmutableArray.CreateBuilder<int>(count);
        for (var k = 0; k < replies.Length; k++)
        {
            if (replies[k] is null && k != ownSlot)
            {
                empty.Add(k);
            }
        }
        return empty.MoveToImmutable();
    }

    /// <summary>Orders lists of slots element by element.</summary>
    sealed class SlotOrder : IComparer<ImmutableArray<int>>
    {
        public static readonly SlotOrder Instance = new();

        public int Compare(ImmutableArray<int> x, ImmutableArray<int> y) =>
            x.AsSpan().SequenceCompareTo(y.AsSpan());
    }
}
