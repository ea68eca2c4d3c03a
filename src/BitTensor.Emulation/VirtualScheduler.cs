using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace BitTensor.Emulation;

/// <summary>
/// Akka's scheduler over a <see cref="VirtualKernel"/>: its clocks are the kernel's and its timers are the kernel's.
/// </summary>
public sealed class VirtualScheduler : TimerScheduler
{
    static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Called by Akka. <c>akka.scheduler.virtual-kernel</c> names the kernel.</summary>
    public VirtualScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => Kernel = VirtualKernel.Find(config.GetString("akka.scheduler.virtual-kernel"));

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => Kernel.Now;

    internal VirtualKernel Kernel { get; }

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => Start + Kernel.Now;

    private protected override void Once(TimeSpan delay, IRunnable action, ICancelable? cancelable)
    {
        if (cancelable is null)
        {
            Kernel.Schedule(delay, action);
            return;
        }
        Kernel.Schedule(delay, () =>
        {
            if (!cancelable.IsCancellationRequested)
            {
                action.Run();
            }
        });
    }

    private protected override void Repeatedly(
        TimeSpan delay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Once(delay, new ActionRunnable(() =>
        {
            action.Run();
            Repeatedly(interval, interval, action, cancelable);
        }), cancelable);
}

/// <summary>
/// Akka's executor over a <see cref="VirtualKernel"/>: what a dispatcher wants to run joins the kernel's one queue.
/// </summary>
public sealed class VirtualExecutorConfigurator : ExecutorServiceConfigurator
{
    readonly VirtualKernel _kernel;

    /// <summary>Called by Akka; the kernel is the scheduler's.</summary>
    public VirtualExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _kernel = ((VirtualScheduler)prerequisites.Scheduler).Kernel;

    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new VirtualExecutor(id, _kernel);

    sealed class VirtualExecutor(string id, VirtualKernel kernel) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => kernel.Enqueue(run);

        public override void Shutdown() { }
    }
}
