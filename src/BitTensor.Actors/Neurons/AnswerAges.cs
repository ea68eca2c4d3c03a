namespace BitTensor.Actors.Neurons;

/// <summary>
/// How many steps a neuron's model made between an answer and the arrival of its gradient: how stale gradients are.
/// </summary>
sealed class AnswerAges
{
    long _steps;
    int _count;

    /// <summary>Notes the age of an answer, steps.</summary>
    public void Note(int steps)
    {
        _steps += steps;
        _count++;
    }

    /// <summary>Mean age since it was taken last, steps; null where no gradient came.</summary>
    public double? Take()
    {
        var mean = _count == 0 ? (double?)null : (double)_steps / _count;
        (_steps, _count) = (0, 0);
        return mean;
    }
}
