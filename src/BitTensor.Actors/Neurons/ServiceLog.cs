using System.Collections.Immutable;
using BitTensor.Learning;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Which slots the neuron's iterations since the last audit used. The log belongs to the emulator: a crash does not
/// clear it.
/// </summary>
/// <param name="ownSlot">The neuron's own slot, which is never empty.</param>
sealed class ServiceLog(int ownSlot)
{
    SortedDictionary<Slots, int> _iterations = [];
    (long Height, ImmutableArray<ServicePattern> Service) _taken = (-1, []);

    /// <summary>Counts an iteration that is computed.</summary>
    /// <param name="replies">Null is a slot whose answer it did not use.</param>
    /// <param name="asked">The slots that it asked; null for all.</param>
    public void Add(Tensor?[] replies, bool[]? asked = null)
    {
        bool IsAsked(int slot) => asked is null || asked[slot];
        var used = new Slots(
            Where(replies, k => replies[k] is null && IsAsked(k)),
            asked is null ? [] : Where(replies, k => !asked[k]));
        _iterations[used] = _iterations.GetValueOrDefault(used) + 1;
    }

    /// <summary>
    /// Takes the iterations since the audit before that of a block; the same again when it is asked for twice.
    /// </summary>
    public ImmutableArray<ServicePattern> Take(long height)
    {
        if (height != _taken.Height)
        {
            _taken = (
                height,
                [
                    .. _iterations.Select(
                        i => new ServicePattern(i.Key.Empty, i.Value) { Unasked = i.Key.Unasked }),
                ]);
            _iterations = [];
        }
        return _taken.Service;
    }

    ImmutableArray<int> Where(Tensor?[] replies, Predicate<int> holds)
    {
        var count = 0;
        for (var k = 0; k < replies.Length; k++)
        {
            count += k != ownSlot && holds(k) ? 1 : 0;
        }
        if (count == 0)
        {
            return [];
        }
        var slots = ImmutableArray.CreateBuilder<int>(count);
        for (var k = 0; k < replies.Length; k++)
        {
            if (k != ownSlot && holds(k))
            {
                slots.Add(k);
            }
        }
        return slots.MoveToImmutable();
    }

    /// <summary>The slots that an iteration did not use, by the reason; ordered element by element.</summary>
    readonly record struct Slots(ImmutableArray<int> Empty, ImmutableArray<int> Unasked) : IComparable<Slots>
    {
        public int CompareTo(Slots other)
        {
            var first = Empty.AsSpan().SequenceCompareTo(other.Empty.AsSpan());
            return first != 0 ? first : Unasked.AsSpan().SequenceCompareTo(other.Unasked.AsSpan());
        }
    }
}
