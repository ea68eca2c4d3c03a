using Akka.Actor;

namespace BitTensor.Actors.Neurons;

/// <summary>The timers of one neuron's actor.</summary>
sealed class NeuronTimers(NeuronState state)
{
    /// <summary>Akka's timers of the actor; set before its first message.</summary>
    public ITimerScheduler Scheduler { get; set; } = null!;

    /// <summary>Sends the neuron a message after an emulated time.</summary>
    public void After(TimeSpan wait, object message) => Scheduler.StartSingleTimer(new object(), message, wait);

    /// <summary>Starts a named timer, in place of an earlier one of this name, by the neuron's own clock.</summary>
    public void Start(string name, object message, TimeSpan span) => Scheduler.StartSingleTimer(name, message, state.Health.Lasts(span));

    /// <summary>Stops a named timer.</summary>
    public void Stop(string name) => Scheduler.Cancel(name);
}
