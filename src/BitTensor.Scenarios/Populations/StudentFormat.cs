namespace BitTensor.Scenarios;

/// <summary>The keys of section <c>student</c>.</summary>
static class StudentFormat
{
    public static readonly Section<PrivateSpec> Private = new Section<PrivateSpec>(
        "private", "private",
        "Data that never leave the neuron (section 1.8): no query holds them. The audit validates the neuron on them "
        + "with its student in the place of all peers.", new PrivateSpec(0.5, true))
        .Key("share", Types.Share, "Share of the neuron's training data.",
            p => p.Share, (p, v) => p with { Share = v })
        .Key("train", Types.Either(("yes", true), ("no", false)), "yes",
            "Whether it also trains on them, over its student alone: a batch in each iteration.",
            p => p.Trains, (p, v) => p with { Trains = v })
        .Check("share", (p, _) => p.Share is <= 0 or >= 1, p => $"{YamlText.Number(p.Share)} is no part of the data",
            _ => "write a share above 0 and below 1");

    public static readonly Section<StudentSpec> Section = new Section<StudentSpec>(
        "student", "student",
        "Distillation (section 1.8): a neuron trains a student that predicts the masked answers of all its peers from "
        + "an example, eq. (11). It has the form and hidden width of the neuron's own encoder. With missing: student "
        + "it stands in for answers that do not come; the audit measures the neuron with it in the place of all peers.")
        .Key("loss", Types.Enum<StudentLoss>(), "mse",
            "mse: squared error on the answers. kl: the KL divergence between the head's distribution over the answers "
            + "and over the student's; squared error of the prediction in a regression. both: their sum.",
            t => t.Loss, (t, v) => t with { Loss = v })
        .Key("inputs", Types.Enum<StudentInputs>(), "own",
            "What it sees. own: the neuron's batches. mixed: mixtures of two own examples. served: inputs of queries "
            + "that the neuron served. Answers to the last two cost queries, which carry no gradients.",
            t => t.Inputs, (t, v) => t with { Inputs = v })
        .Key("every", Types.Whole(1, 1_000_000), "1", "Iterations from one step of the student to the next.",
            t => t.Every, (t, v) => t with { Every = v })
        .Optional("max-age", Types.Whole(1, 1_000_000_000),
            "Iterations since a peer's last answer that the student learned from, after which the student stands in "
            + "for that peer no longer; for ever without it.",
            t => t.MaxAge, (t, v) => t with { MaxAge = v });
}
