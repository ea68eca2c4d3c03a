namespace BitTensor.Actors.Neurons;

/// <summary>
/// Messages that a neuron holds back for a while, as its strategies have it. Runs inside the neuron's actor.
/// </summary>
sealed class DelayedSends(NeuronState state, NeuronTimers timers)
{
    /// <summary>Messages that are held back.</summary>
    public int Held { get; private set; }

    /// <summary>Sends now, or after a time.</summary>
    public void After(TimeSpan wait, Action send)
    {
        if (wait <= TimeSpan.Zero)
        {
            send();
            return;
        }
        Held++;
        timers.After(wait, new Due(state.Life, send));
    }

    /// <summary>The time of a message is over; a message of an earlier life is not sent.</summary>
    public void HandleDue(Due due)
    {
        Held--;
        if (due.Life == state.Life)
        {
            due.Send();
        }
    }

    /// <summary>The time of a message that was held back is over.</summary>
    public sealed record Due(int Life, Action Send);
}
