using Akka.Actor;

namespace BitTensor.Actors.Neurons;

/// <summary>The timers of one neuron's actor.</summary>
/// <param name="state">The neuron.</param>
/// <param name="timers">Akka's timers of the actor.</param>
sealed class NeuronTimers(NeuronState state, ITimerScheduler timers)
{
    /// <summary>Sends the neuron a message after an emulated time.</summary>
    public void After(TimeSpan wait, object message) => timers.StartSingleTimer(new object(), message, wait);

    /// <summary>Starts a named timer, in place of an earlier one of this name, by the neuron's own clock.</summary>
    public void Start(string name, object message, TimeSpan span) =>
        timers.StartSingleTimer(name, message, state.Health.Lasts(span));

    /// <summary>Stops a named timer.</summary>
    public void Stop(string name) => timers.Cancel(name);
}
