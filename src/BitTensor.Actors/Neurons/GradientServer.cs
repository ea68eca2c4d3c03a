using BitTensor.Parcels;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// Learns from the gradients of answered queries (section 1.6, step 4 on the serving side). Runs inside the neuron's
/// actor.
/// </summary>
/// <param name="state">The neuron.</param>
/// <param name="callers">What it keeps of its callers.</param>
/// <param name="lane">Where it computes.</param>
/// <param name="open">Answered queries that wait for their gradients.</param>
sealed class GradientServer(NeuronState state, Callers callers, ServerLane lane, OpenQueries open)
{
    public void HandleBackward(Arrival<QueryMessage.Backward> arrival)
    {
        var (query, gradient) = (arrival.Message.Query, arrival.Message.Gradient);
        if (query.Caller != arrival.From)
        {
            state.Links.End(arrival, ParcelOutcome.Refused(ServingRefusal.WrongCaller));
            return;
        }
        var sight = callers.NoteTaught(query);
        var taken = open.Take(query, state.Now);
        if (taken is { } first)
        {
            state.Ages.Note(state.Steps - first.Step);
        }
        if (taken is not { } answered)
        {
            state.Links.End(arrival, sight == Sight.Duplicate ? ParcelOutcome.Duplicate : ParcelOutcome.Forgotten);
        }
        else if (TensorCheck.Judge(gradient, answered.Batch.Rows, state.Model.Width) is { } refusal)
        {
            state.Links.End(arrival, ParcelOutcome.Refused(refusal));
        }
        else if (!state.Strategies.Learns)
        {
            state.Links.End(arrival, ParcelOutcome.Ignored);
        }
        else
        {
            lane.Run(new LearnJob(state, arrival.From, arrival.Number, answered, gradient));
        }
    }
}
