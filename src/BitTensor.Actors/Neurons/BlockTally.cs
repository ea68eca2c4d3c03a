using System.Collections.Immutable;
using BitTensor.Learning;
using BitTensor.Plans;
using BitTensor.Records;

namespace BitTensor.Actors.Neurons;

/// <summary>What the neuron did while a block was open.</summary>
sealed class BlockTally(NeuronPlan plan)
{
    // Examples asked for by slot, of a neuron that chooses whom it asks.
    readonly long[]? _examples = plan.Population.Gating is null ? null : new long[plan.Slots.Length];
    // Sums over the steps with a trained gate: weight g by slot, entropy, number of steps.
    readonly double[] _importance = plan.Population.Gating is null ? [] : new double[plan.Slots.Length];
    double _loss;
    double _accuracy;
    int _iterations;
    int _graded;
    long _queries;
    long _bytes;
    double _entropy;
    int _gated;
    // Of the steps before the last crash in this block: they are reported, but the neuron has forgotten them.
    (double Loss, int Iterations) _forgotten;

    public long Answers { get; set; }

    /// <summary>Counts a query to the peer of a slot.</summary>
    public void Asked(int slot, int examples, long bytes)
    {
        _queries++;
        _bytes += bytes;
        if (_examples is not null)
        {
            _examples[slot] += examples;
        }
    }

    /// <summary>Counts the bytes of an answer that was used, or of a gradient that was sent.</summary>
    public void Exchanged(long bytes) => _bytes += bytes;

    public void Add(TrainingStep step)
    {
        _iterations++;
        _loss += step.Loss;
        _graded += step.Accuracy is null ? 0 : 1;
        _accuracy += step.Accuracy ?? 0;
        AddGate(step);
    }

    void AddGate(TrainingStep step)
    {
        if (step is { Importance: { } importance, GateEntropy: { } entropy })
        {
            _gated++;
            _entropy += entropy;
            for (var k = 0; k < importance.Length; k++)
            {
                _importance[k] += importance[k];
            }
        }
    }

    public JournalRecord.NeuronReported Report(long block, double mask) => new(
        block, plan.Id, _iterations, _iterations == 0 ? null : _loss / _iterations,
        _graded == 0 ? null : _accuracy / _graded, _queries, Answers, mask)
    {
        Gate = _examples is null ? null : GateOf(_examples),
    };

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
        (_loss, _accuracy, _iterations, _graded, _queries, Answers, _bytes) = (0, 0, 0, 0, 0, 0, 0);
        (_entropy, _gated) = (0, 0);
        Array.Clear(_importance);
        Array.Clear(_examples ?? []);
    }

    GateReport GateOf(long[] examples)
    {
        int[] asked = [.. Enumerable.Range(0, examples.Length).Where(k => examples[k] > 0)];
        return new GateReport(
            [.. asked.Select(k => plan.Slots[k])], [.. asked.Select(k => examples[k])], _bytes)
        {
            Entropy = _gated == 0 ? null : _entropy / _gated,
            Largest = _gated == 0 ? null : _importance.Max() / _gated,
        };
    }
}
