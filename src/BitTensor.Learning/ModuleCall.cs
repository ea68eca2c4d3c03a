using System.Runtime;
using TorchSharp;

namespace BitTensor.Learning;

/// <summary>
/// Calls of modules that user code wrote. Two traps of TorchSharp 0.107 end here. Its random numbers come from one
/// generator of the process: calls take turns, and each seeds the generator first. Its numbers (Scalar) may be freed
/// while libtorch reads them when the garbage collector runs during the call: a call during which it ran is repeated.
/// </summary>
static class ModuleCall
{
    // A short call succeeds at once or twice. A long one is made with the collector held off; each try asks anew.
    const int FreeTries = 3;
    const int MostTries = 50;
    const long HeldBytes = 200L << 20;

    static readonly Lock Turn = new();

    /// <summary>Number of calls of this process that were repeated.</summary>
    public static long Repeated { get; private set; }

    /// <summary>The result of a computation that calls modules.</summary>
    /// <param name="seed">Seed of torch's generator during the call.</param>
    /// <param name="compute">Computes. It may run several times; a run's changes are undone before the next.</param>
    /// <param name="undo">Undoes what a run changed; null for nothing.</param>
    /// <exception cref="ModuleException">The module fails, or the collector runs in every try.</exception>
    public static T Run<T>(ulong seed, Func<T> compute, Action? undo = null)
    {
        lock (Turn)
        {
            for (var k = 0; k < MostTries; k++)
            {
                if (k > 0)
                {
                    Repeated++;
                    undo?.Invoke();
                }
                if (Try(seed, compute, hold: k >= FreeTries, out var result))
                {
                    return result;
                }
            }
        }
        throw new ModuleException(
            $"the garbage collector ran during each of {MostTries} calls of a module: use a smaller batch or module, or "
            + "fewer cores");
    }

    static bool Try<T>(ulong seed, Func<T> compute, bool hold, out T result)
    {
        var held = hold && Hold();
        try
        {
            using var generator = torch.random.manual_seed(unchecked((long)seed));
            var before = GC.CollectionCount(0);
            try
            {
                result = compute();
            }
            // Any failure may come of a number that was freed.
#pragma warning disable CA1031
            catch (Exception failure)
#pragma warning restore CA1031
            {
                result = default!;
                return GC.CollectionCount(0) != before
                    ? false
                    : throw new ModuleException($"a module failed: {failure.Message}", failure);
            }
            return GC.CollectionCount(0) == before;
        }
        finally
        {
            if (held)
            {
                Release();
            }
        }
    }

    static bool Hold()
    {
        try
        {
            return GC.TryStartNoGCRegion(HeldBytes);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    static void Release()
    {
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
        catch (InvalidOperationException)
        {
            // Others allocated more than was set aside: the collector has run, and the call is repeated.
        }
    }
}
