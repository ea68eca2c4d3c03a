using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;

namespace BitTensor.Emulation;

/// <summary>Something left the deterministic world: an unhandled failure, or work from a foreign thread.</summary>
public sealed class EmulationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Virtual time. One queue of runnables that are ready, one of timers, one thread that drives both. The clock stands
/// still while runnables run and jumps to the next timer when none is left; timers of one instant fire one at a time,
/// in the order in which they were set, and everything a timer causes is run before the next one fires. Same inputs,
/// same order, whatever the machine.
/// </summary>
public sealed class VirtualKernel : IDisposable
{
    static readonly ConcurrentDictionary<string, VirtualKernel> Kernels = new();
    static long _created;

    readonly Queue<IRunnable> _ready = new();
    readonly TimerQueue _timers = new();
    readonly ConcurrentQueue<IRunnable> _foreign = new();
    int _thread = Environment.CurrentManagedThreadId;
    Exception? _failure;
    bool _atOnce;
    volatile bool _closing;

    /// <summary>A kernel driven by the calling thread.</summary>
    public VirtualKernel()
    {
        Id = $"kernel-{Interlocked.Increment(ref _created)}";
        Kernels[Id] = this;
    }

    /// <summary>Name under which the scheduler and executor of an actor system find their kernel.</summary>
    public string Id { get; }

    /// <summary>Emulated time since the start.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Runnables executed so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The kernel of this name.</summary>
    /// <exception cref="EmulationException">
    /// There is none: the configuration names a kernel that is not alive in this process.
    /// </exception>
    public static VirtualKernel Find(string id) =>
        Kernels.TryGetValue(id, out var kernel)
            ? kernel
            : throw new EmulationException($"No virtual kernel '{id}' in this process.");

    /// <summary>From now on the calling thread drives. Only between runs: two threads never drive at once.</summary>
    public void Adopt() => _thread = Environment.CurrentManagedThreadId;

    /// <summary>
    /// Does something, and runs what it makes ready before it returns: for what waits until an actor has started. Only
    /// between runs.
    /// </summary>
    public T AtOnce<T>(Func<T> action)
    {
        Adopt();
        _atOnce = true;
        try
        {
            return action();
        }
        finally
        {
            _atOnce = false;
        }
    }

    /// <summary>
    /// Runs everything that is ready and every timer, until <paramref name="until"/> holds or nothing is left to do.
    /// </summary>
    /// <exception cref="EmulationException">The run failed: see the inner exception.</exception>
    public void Run(Func<bool> until)
    {
        while (true)
        {
            RunReady();
            if (until() || !_timers.TryTake(out var timer, out var ticks))
            {
                return;
            }
            Now = new TimeSpan(ticks);
            Fire(timer);
        }
    }

    /// <summary>
    /// Ends an actor system of this kernel, after a failure too: runs what is ready and what foreign threads bring
    /// until all its actors have stopped. Time stands still; timers that are left never fire.
    /// </summary>
    public void RunDown(ActorSystem system)
    {
        _closing = true;
        var terminated = system.Terminate();
        while (!terminated.IsCompleted)
        {
            RunReady();
            while (_foreign.TryDequeue(out var runnable))
            {
                _ready.Enqueue(runnable);
            }
            Thread.Yield();
        }
    }

    /// <summary>Ends the run with an error at the next step.</summary>
    public void Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null);

    /// <inheritdoc/>
    public void Dispose() => Kernels.TryRemove(Id, out _);

    internal void Enqueue(IRunnable runnable)
    {
        if (Environment.CurrentManagedThreadId == _thread && _atOnce)
        {
            runnable.Run();
        }
        else if (Environment.CurrentManagedThreadId == _thread)
        {
            _ready.Enqueue(runnable);
        }
        else
        {
            // Kept even when it is an error: a mailbox that believes it is scheduled would otherwise never run again,
            // and its actor never stop.
            _foreign.Enqueue(runnable);
            if (!_closing)
            {
                Fail(new EmulationException(
                    $"A foreign thread enqueued {runnable} during a virtual run:\n{Environment.StackTrace}"));
            }
        }
    }

    internal void Schedule(TimeSpan delay, Action action) => Schedule(delay, new ActionRunnable(action));

    internal void Schedule(TimeSpan delay, IRunnable timer)
    {
        if (Environment.CurrentManagedThreadId != _thread && !_closing)
        {
            Fail(new EmulationException(
                $"A foreign thread set a timer during a virtual run:\n{Environment.StackTrace}"));
        }
        var at = Now.Ticks + Math.Max(0, delay.Ticks);
        _timers.Add(at >= 0 ? at : long.MaxValue, timer);
    }

    void Fire(IRunnable timer)
    {
        try
        {
            timer.Run();
        }
        catch (Exception failure) when (failure is not EmulationException)
        {
            throw new EmulationException($"The run failed at emulated time {Now}: {failure.Message}", failure);
        }
    }

    void RunReady()
    {
        while (_ready.TryDequeue(out var runnable))
        {
            Steps++;
            runnable.Run();
            ThrowIfFailed();
        }
        ThrowIfFailed();
    }

    void ThrowIfFailed()
    {
        if (_failure is { } failure && !_closing)
        {
            throw new EmulationException($"The run failed at emulated time {Now}: {failure.Message}", failure);
        }
    }
}

/// <summary>A message that is told when its time comes: most timers are one, so it is one object.</summary>
sealed class TellLater(ICanTell receiver, object message, IActorRef? sender) : IRunnable
{
    public void Run() => receiver.Tell(message, sender);

    public void Execute() => Run();
}
