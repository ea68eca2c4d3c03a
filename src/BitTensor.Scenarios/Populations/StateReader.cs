namespace BitTensor.Scenarios;

/// <summary>Checks section <c>state</c> against the populations.</summary>
/// <param name="count">n.</param>
/// <param name="errors">Destination of errors.</param>
sealed class StateReader(int count, ErrorList errors)
{
    /// <summary>Largest distance of a row's sum from 1: a row written with seven digits passes.</summary>
    const double RowTolerance = 1e-6;

    /// <summary>Adds an error for everything that is no state of n neurons.</summary>
    public void Check(SectionReader s, StateSpec state)
    {
        if (state.Stake.IsEmpty && state.Weights.IsEmpty)
        {
            errors.Add(s.At, ErrorCodes.Empty, "the state is empty", "write stake, weights or both, or leave it out");
        }
        CheckStake(s, state);
        CheckWeights(s, state);
    }

    void CheckStake(SectionReader s, StateSpec state)
    {
        var known = new HashSet<int>();
        foreach (var (row, entry) in s.Children("stake").Zip(state.Stake))
        {
            if (IsNeuron(row, "neuron", entry.Neuron) && !known.Add(entry.Neuron))
            {
                errors.Add(
                    row.PlaceOf("neuron"), ErrorCodes.DuplicateName, $"neuron {entry.Neuron} has stake above already",
                    "keep one row of it");
            }
        }
        if (!state.Stake.IsEmpty && known.Count < count && !errors.Any)
        {
            var missing = Enumerable.Range(0, count).First(i => !known.Contains(i));
            errors.Add(
                s.PlaceOf("stake"), ErrorCodes.MissingKey, $"neuron {missing} has no stake",
                $"write a row for each of the {count} neurons; stake may be 0");
        }
    }

    void CheckWeights(SectionReader s, StateSpec state)
    {
        var (sums, first, known) = (new double[count], new SectionReader?[count], new HashSet<(int, int)>());
        foreach (var (row, entry) in s.Children("weights").Zip(state.Weights))
        {
            if (!IsNeuron(row, "from", entry.From) || !IsNeuron(row, "to", entry.To))
            {
                continue;
            }
            if (!known.Add((entry.From, entry.To)))
            {
                errors.Add(
                    row.PlaceOf("to"), ErrorCodes.DuplicateName,
                    $"neuron {entry.From} gives neuron {entry.To} a weight above already", "keep one row of it");
            }
            sums[entry.From] += entry.Weight;
            first[entry.From] ??= row;
        }
        for (var i = 0; i < count; i++)
        {
            if (first[i] is { } row && sums[i] != 0 && !(Math.Abs(sums[i] - 1) <= RowTolerance))
            {
                errors.Add(
                    row.PlaceOf("weight"), ErrorCodes.NotOnSimplex,
                    $"the weights of neuron {i} sum to {YamlText.Number(sums[i])}",
                    "divide them by their sum, or leave them all out: it has not voted");
            }
        }
    }

    bool IsNeuron(SectionReader row, string key, int id)
    {
        if (id < count)
        {
            return true;
        }
        errors.Add(
            row.PlaceOf(key), ErrorCodes.Range, $"there is no neuron {id}",
            $"ids count through the populations from 0 to {count - 1}");
        return false;
    }
}
