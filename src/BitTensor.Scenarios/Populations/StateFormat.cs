namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>state</c>.</summary>
static class StateFormat
{
    static readonly IntegerType<int> Id = Types.Whole(0, 999_999);

    static readonly Section<StakeEntry> Stake = new Section<StakeEntry>("stake", "state stake", "Stake of a neuron.")
        .Required("neuron", Id, "Its id.", e => e.Neuron, (e, v) => e with { Neuron = v })
        .Required("stake", StakeType.Amount, "Its stake.", e => e.Stake, (e, v) => e with { Stake = v });

    static readonly Section<WeightEntry> Weight = new Section<WeightEntry>(
        "weights", "state weights", "A weight of W_0.")
        .Required("from", Id, "Id of the neuron that gives it.", e => e.From, (e, v) => e with { From = v })
        .Required("to", Id, "Id of the neuron that gets it.", e => e.To, (e, v) => e with { To = v })
        .Required("weight", Types.Share, "The weight.", e => e.Weight, (e, v) => e with { Weight = v });

    public static readonly Section<StateSpec> Section = new Section<StateSpec>(
        "state", "state", "The market that the run begins with, in place of `stake` and `initial-weights` of the "
        + "populations.")
        .Key("stake", Types.List(Stake), null, "Stake of every neuron.", s => s.Stake, (s, v) => s with { Stake = v })
        .Key("weights", Types.List(Weight), null,
            "W_0 by its entries. The weights of a neuron sum to 1 within 1e-6, and it may query whom they name; a "
            + "neuron without any has not voted.",
            s => s.Weights, (s, v) => s with { Weights = v });
}
