using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace BitTensor.Emulation;

/// <summary>
/// Akka's scheduler over a <see cref="VirtualKernel"/>: its clocks are the kernel's and its timers are the kernel's.
/// </summary>
public sealed class VirtualScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider
{
    static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Called by Akka. <c>akka.scheduler.virtual-kernel</c> names the kernel.</summary>
    public VirtualScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => Kernel = VirtualKernel.Find(config.GetString("akka.scheduler.virtual-kernel"));

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => Kernel.Now;

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => Kernel.Now;

    internal VirtualKernel Kernel { get; }

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => Start + Kernel.Now;

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Once(delay, new TellLater(receiver, message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Once(delay, new ActionRunnable(action), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Once(delay, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, action.Run, cancelable);

    void Once(TimeSpan delay, IRunnable action, ICancelable? cancelable)
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

    void Repeatedly(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Once(delay, new ActionRunnable(() =>
        {
            action();
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
