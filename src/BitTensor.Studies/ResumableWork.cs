using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace BitTensor.Studies;

/// <summary>Computes numbered items on all cores into a store; items already in the store are not repeated.</summary>
public static class ResumableWork
{
    // Chunks end at different times: with several per core, no core waits long for the last one.
    const int ChunksPerCore = 8;

    /// <summary>Computes the items that the store lacks.</summary>
    /// <typeparam name="T">A finished item.</typeparam>
    /// <param name="count">Number of items, numbered from 0.</param>
    /// <param name="numberOf">The number of a finished item.</param>
    /// <param name="groupOf">Group of an item; a chunk holds items of one group.</param>
    /// <param name="work">
    /// Computes some items. Reports each finished item, on one thread, and throws when cancelled.
    /// </param>
    /// <param name="store">Store of finished items.</param>
    /// <param name="cores">Threads, at least 1. Results do not depend on it.</param>
    /// <param name="progress">Receives the number of finished items, one call at a time.</param>
    /// <param name="cancellation">Ends the work; finished items are in the store.</param>
    /// <returns>The items in order; null for items left undone by cancellation.</returns>
    public static T?[] Execute<T>(
        int count, Func<T, int> numberOf, Func<int, long> groupOf,
        Action<IReadOnlyList<int>, Action<T>, CancellationToken> work, TrialStore<T> store,
        int cores, Action<int> progress, CancellationToken cancellation)
        where T : class
    {
        var items = new T?[count];
        foreach (var found in store.Found)
        {
            items[numberOf(found)] = found;
        }
        var pending = Enumerable.Range(0, count).Where(k => items[k] is null).ToArray();
        var finished = count - pending.Length;
        var turn = new Lock();
        progress(finished);
        void Done(T item)
        {
            store.Add(item);
            lock (turn)
            {
                items[numberOf(item)] = item;
                progress(++finished);
            }
        }
        OnAllCores(Chunks(pending, groupOf, cores), cores, chunk => work(chunk, Done, cancellation), cancellation);
        return items;
    }

    /// <summary>
    /// Runs each chunk on the next free core. Ends early when cancelled; rethrows a chunk's failure unchanged.
    /// </summary>
    static void OnAllCores(IEnumerable<int[]> chunks, int cores, Action<int[]> work, CancellationToken cancellation)
    {
        try
        {
            Parallel.ForEach(
                Partitioner.Create(chunks, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = cores, CancellationToken = cancellation },
                work);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Null entries of the result show the missing items.
        }
        catch (AggregateException failures)
        {
            var failure = failures.Flatten().InnerExceptions.FirstOrDefault(f => f is not OperationCanceledException);
            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    /// <summary>Runs of items of one group, short enough that every core gets several.</summary>
    static IEnumerable<int[]> Chunks(int[] pending, Func<int, long> groupOf, int cores)
    {
        var most = Math.Max(1, (pending.Length + cores * ChunksPerCore - 1) / (cores * ChunksPerCore));
        for (var first = 0; first < pending.Length;)
        {
            var last = first + 1;
            while (last < pending.Length && last - first < most && groupOf(pending[last]) == groupOf(pending[first]))
            {
                last++;
            }
            yield return pending[first..last];
            first = last;
        }
    }
}
