namespace BitTensor.Learning;

/// <summary>Shape of a neuron's model.</summary>
/// <param name="Features">Columns of a batch.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Representation">Width of f_i(x): columns of an answer, given and received.</param>
/// <param name="Hidden">Width of the hidden layer of encoder and head.</param>
/// <param name="Slots">Inputs of the head: one per neuron of the row, the neuron itself included.</param>
/// <param name="OwnSlot">Index of the neuron's own representation among the slots.</param>
public sealed record ModelShape(int Features, int Classes, int Representation, int Hidden, int Slots, int OwnSlot);
