using BitTensor.Actors.View;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// The newest evidence from data that the neuron keeps aside: of as many iterations as it takes to cover a number of
/// examples.
/// </summary>
/// <param name="average">The number of examples.</param>
sealed class EvidenceWindow(int average)
{
    readonly Queue<(int Examples, SlotEvidence Evidence)> _recent = [];
    int _examples;

    /// <summary>Adds what one iteration showed and forgets what is no longer needed.</summary>
    public void Add(int examples, SlotEvidence evidence)
    {
        _recent.Enqueue((examples, evidence));
        _examples += examples;
        while (_examples - _recent.Peek().Examples >= average)
        {
            _examples -= _recent.Dequeue().Examples;
        }
    }

    /// <summary>Puts the evidence of all its iterations in the place of another.</summary>
    public void CopyTo(SlotEvidence evidence)
    {
        evidence.Clear();
        foreach (var (_, one) in _recent)
        {
            evidence.AddAll(one);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _recent.Clear();
        _examples = 0;
    }
}
