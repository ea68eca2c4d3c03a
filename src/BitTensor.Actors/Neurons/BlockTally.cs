using BitTensor.Learning;
using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>What the neuron did while a block was open.</summary>
sealed class BlockTally
{
    double _loss;
    double _accuracy;
    int _iterations;
    int _graded;
    // Of the steps before the last crash in this block: they are reported, but the neuron has forgotten them.
    (double Loss, int Iterations) _forgotten;

    public long Queries { get; set; }

    public long Answers { get; set; }

    public void Add(TrainingStep step)
    {
        _iterations++;
        _loss += step.Loss;
        _graded += step.Accuracy is null ? 0 : 1;
        _accuracy += step.Accuracy ?? 0;
    }

    public JournalRecord.NeuronReported Report(long block, int neuron, double mask) => new(
        block, neuron, _iterations, _iterations == 0 ? null : _loss / _iterations,
        _graded == 0 ? null : _accuracy / _graded, Queries, Answers, mask);

    /// <summary>
    /// Mean loss of the block that was reported last, as far as the neuron remembers; null without an iteration.
    /// </summary>
    public double? LossBefore { get; private set; }

    /// <summary>The neuron forgets its steps; they are reported all the same.</summary>
    public void Crash() => _forgotten = (_loss, _iterations);

    public void Clear()
    {
        var (loss, iterations) = (_loss - _forgotten.Loss, _iterations - _forgotten.Iterations);
        LossBefore = iterations == 0 ? null : loss / iterations;
        _forgotten = default;
        (_loss, _accuracy, _iterations, _graded, Queries, Answers) = (0, 0, 0, 0, 0, 0);
    }
}
