using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>What the neuron did while a block was open.</summary>
sealed class BlockTally
{
    double _loss;
    double _accuracy;
    int _iterations;
    int _graded;

    public long Queries { get; set; }

    public long Answers { get; set; }

    public void Add(Lesson lesson)
    {
        _iterations++;
        _loss += lesson.Loss;
        _graded += lesson.Accuracy is null ? 0 : 1;
        _accuracy += lesson.Accuracy ?? 0;
    }

    public JournalRecord.NeuronReported Report(long block, int neuron, double mask) => new(
        block, neuron, _iterations, _iterations == 0 ? null : _loss / _iterations,
        _graded == 0 ? null : _accuracy / _graded, Queries, Answers, mask);

    /// <summary>Mean loss of the block that was reported last; null without an iteration.</summary>
    public double? LossBefore { get; private set; }

    /// <summary>Forgets the lessons, but not what was asked and answered.</summary>
    public void DropLessons() => (_loss, _accuracy, _iterations, _graded) = (0, 0, 0, 0);

    public void Clear()
    {
        LossBefore = _iterations == 0 ? null : _loss / _iterations;
        DropLessons();
        (Queries, Answers) = (0, 0);
    }
}
