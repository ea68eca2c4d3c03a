using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace BitTensor.Emulation;

/// <summary>Akka's six ways to set a timer, made two: a timer that fires once and one that repeats.</summary>
public abstract class TimerScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider
{
    private protected TimerScheduler(Config config, ILoggingAdapter log)
        : base(config, log)
    {
    }

    /// <inheritdoc/>
    public sealed override TimeSpan HighResMonotonicClock => MonotonicClock;

    /// <inheritdoc/>
    protected sealed override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Once(delay, new TellLater(receiver, message, sender), cancelable);

    /// <inheritdoc/>
    protected sealed override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, new TellLater(receiver, message, sender), cancelable);

    /// <inheritdoc/>
    protected sealed override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Once(delay, new ActionRunnable(action), cancelable);

    /// <inheritdoc/>
    protected sealed override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Once(delay, action, cancelable);

    /// <inheritdoc/>
    protected sealed override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, new ActionRunnable(action), cancelable);

    /// <inheritdoc/>
    protected sealed override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, action, cancelable);

    /// <summary>Sets a timer that fires once, unless it is cancelled before.</summary>
    private protected abstract void Once(TimeSpan delay, IRunnable action, ICancelable? cancelable);

    /// <summary>Sets a timer that fires again after each interval until it is cancelled.</summary>
    private protected abstract void Repeatedly(
        TimeSpan delay, TimeSpan interval, IRunnable action, ICancelable? cancelable);
}
