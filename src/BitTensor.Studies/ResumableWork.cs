using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace BitTensor.Studies;

/// <summary>
/// Numbered items, worked off on all cores into a store; what the store holds already is not done again.
/// </summary>
public static class ResumableWork
{
    // Chunks end a little apart: enough of them that no core waits long for the last one.
    const int ChunksPerCore = 8;

    /// <summary>Works off the items the store lacks.</summary>
    /// <typeparam name="T">A finished item.</typeparam>
    /// <param name="count">How many items there are, numbered from 0.</param>
    /// <param name="numberOf">The number of a finished item.</param>
    /// <param name="groupOf">Items that are handed out together have the same group.</param>
    /// <param name="work">
    /// Does some items: tells each as it is finished, on one thread, and throws when it is cancelled.
    /// </param>
    /// <param name="store">Where finished items are and go.</param>
    /// <param name="cores">Threads, at least 1. Results do not depend on it.</param>
    /// <param name="progress">Told how many are finished, one at a time.</param>
    /// <param name="cancellation">Ends the work; what was finished is in the store.</param>
    /// <returns>The items in order; null for those that cancellation left undone.</returns>
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
    /// Each chunk on the next free core. Ends early when cancelled; a failure of a chunk is thrown as it is.
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
            // What is missing says so.
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
