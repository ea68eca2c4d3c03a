using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Neurons;

/// <summary>
/// What a student that sees other inputs than the neuron's own batches sees: mixtures of two own examples, or inputs of
/// queries that the neuron served. Pure but for its dice and what it was shown.
/// </summary>
/// <param name="kind">Mixed or served.</param>
/// <param name="rows">Examples of a query.</param>
/// <param name="dice">Draws.</param>
sealed class StudentInputSource(StudentInputs kind, int rows, RandomStream dice)
{
    /// <summary>Most batches that are remembered; the oldest is forgotten first.</summary>
    public const int Most = 64;

    readonly List<Tensor> _seen = [];
    int _next;

    /// <summary>Keeps a batch to draw from: an own one for mixed inputs, a served one for served inputs.</summary>
    public void Show(Tensor batch)
    {
        if (_seen.Count < Most)
        {
            _seen.Add(batch);
        }
        else
        {
            _seen[_next] = batch;
            _next = (_next + 1) % Most;
        }
    }

    /// <summary>The inputs of the next query, rows x features; null before it has seen a batch.</summary>
    public Tensor? Next()
    {
        if (_seen.Count == 0)
        {
            return null;
        }
        var columns = _seen[0].Columns;
        var values = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            Draw().CopyTo(values.AsSpan(row * columns));
            if (kind == StudentInputs.Mixed)
            {
                Mix(values.AsSpan(row * columns, columns), Draw(), (float)dice.NextDouble());
            }
        }
        return new Tensor(rows, columns, values);
    }

    /// <summary>Forgets what it was shown.</summary>
    public void Clear()
    {
        _seen.Clear();
        _next = 0;
    }

    ReadOnlySpan<float> Draw()
    {
        var batch = _seen[dice.NextInt(_seen.Count)];
        return batch.Values.AsSpan(dice.NextInt(batch.Rows) * batch.Columns, batch.Columns);
    }

    static void Mix(Span<float> into, ReadOnlySpan<float> other, float share)
    {
        for (var c = 0; c < into.Length; c++)
        {
            into[c] = (1 - share) * into[c] + share * other[c];
        }
    }
}
