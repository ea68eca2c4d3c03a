using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>What the neuron did while a block was open.</summary>
sealed class BlockTally
{
    double _loss;
    double _accuracy;
    int _iterations;
    int _graded;
    // Of the lessons since it last crashed in this block: the neuron's own memory, where the others are what is measured of it.
    (double Loss, int Iterations) _remembered;

    public long Queries { get; set; }

    public long Answers { get; set; }

    public void Add(Lesson lesson)
    {
        _iterations++;
        _loss += lesson.Loss;
        _remembered = (_remembered.Loss + lesson.Loss, _remembered.Iterations + 1);
        _graded += lesson.Accuracy is null ? 0 : 1;
        _accuracy += lesson.Accuracy ?? 0;
    }

    public JournalRecord.NeuronReported Report(long block, int neuron, double mask) => new(
        block, neuron, _iterations, _iterations == 0 ? null : _loss / _iterations,
        _graded == 0 ? null : _accuracy / _graded, Queries, Answers, mask);

    /// <summary>Mean loss of the block that was reported last, as far as the neuron remembers; null without an iteration.</summary>
    public double? LossBefore { get; private set; }

    /// <summary>The neuron forgets its lessons; what it did is reported all the same.</summary>
    public void Crash() => _remembered = default;

    public void Clear()
    {
        LossBefore = _remembered.Iterations == 0 ? null : _remembered.Loss / _remembered.Iterations;
        _remembered = default;
        (_loss, _accuracy, _iterations, _graded, Queries, Answers) = (0, 0, 0, 0, 0, 0);
    }
}
