namespace BitTensor.Actors.Neurons;

/// <summary>What a neuron sends beyond its own pace, and the numbers that all its queries share.</summary>
sealed class SideTraffic
{
    readonly NeuronState _state;
    // Most neurons need neither.
    QueryRelay? _relay;
    QueryFlood? _flood;

    public SideTraffic(NeuronState state, NeuronTimers timers)
    {
        _state = state;
        Delayed = new DelayedSends(state, timers);
        Student = StudentClient.Of(state, Numbers, timers);
        Onward = OnwardClient.Of(state, Numbers, timers);
    }

    /// <summary>Numbers of queries.</summary>
    public QueryNumbers Numbers { get; } = new();

    /// <summary>Messages that are held back.</summary>
    public DelayedSends Delayed { get; }

    /// <summary>Queries passed on to another neuron.</summary>
    public QueryRelay Relay => _relay ??= new(_state, Numbers);

    /// <summary>Queries whose answers are not needed.</summary>
    public QueryFlood Flood => _flood ??= new(_state, Numbers);

    /// <summary>Queries for the student; null where it sees own batches, or there is none.</summary>
    public StudentClient? Student { get; }

    /// <summary>Queries about the queries of others; null but at depth 2.</summary>
    public OnwardClient? Onward { get; }

    /// <summary>Forgets all; what is held back is not sent.</summary>
    public void Crash()
    {
        _relay?.Clear();
        _flood?.Clear();
        Student?.Crash();
        Onward?.End(_state.Death);
    }
}

/// <summary>Numbers of a neuron's queries, ascending.</summary>
sealed class QueryNumbers
{
    long _next;

    /// <summary>The next number.</summary>
    public long Next() => _next++;

    /// <summary>Goes on from a number.</summary>
    public void From(long number) => _next = number;
}
