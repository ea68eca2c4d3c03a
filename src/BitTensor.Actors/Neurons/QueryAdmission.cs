using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>Which queries a neuron answers, and with which mask. Runs inside the neuron's actor.</summary>
/// <param name="state">The neuron.</param>
/// <param name="callers">What it keeps of its callers.</param>
/// <param name="lane">Where it computes.</param>
sealed class QueryAdmission(NeuronState state, Callers callers, ServerLane lane)
{
    /// <summary>The outcome of a query that came before or is too old; null for a new one.</summary>
    public ParcelOutcome? Repeated(Arrival<QueryMessage.Forward> arrival)
    {
        var query = arrival.Message.Query;
        return query.Caller != arrival.From ? null : callers.NoteAsked(query) switch
        {
            Sight.Fresh => null,
            Sight.Duplicate => ParcelOutcome.Duplicate,
            _ => ParcelOutcome.Stale,
        };
    }

    /// <summary>Why a query is refused; null when it is answered.</summary>
    public ServingRefusal? RefusalOf(int from, QueryId query, Tensor batch) =>
        query.Caller != from ? ServingRefusal.WrongCaller
        : state.View is not { } view ? ServingRefusal.NotReady
        : lane.IsFull ? ServingRefusal.Busy
        : TensorCheck.Judge(batch, null, state.Model.Features) is { } unusable ? unusable
        : state.Strategies.FollowsProtocol ? null
        : state.Strategies.Refuses(query.Caller, view.BidOf(query.Caller));

    /// <summary>m of a caller, eq. (7).</summary>
    public double MaskOf(int caller) => callers.MaskOf(caller, state.View!);
}
