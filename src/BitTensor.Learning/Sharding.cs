using BitTensor.Mechanism;
using BitTensor.Scenarios;

namespace BitTensor.Learning;

/// <summary>
/// Divides examples among neurons: indices per neuron, every example used at most once, at least two per neuron.
/// </summary>
public static class Sharding
{
    /// <summary>Shuffled, in equal shards.</summary>
    /// <exception cref="TooFewExamplesException">Too few examples.</exception>
    public static int[][] Iid(Examples examples, int neurons, ulong seed)
    {
        var equal = new double[neurons];
        Array.Fill(equal, 1);
        return Sizes(examples, equal, seed);
    }

    /// <summary>Shuffled, in shards whose sizes are proportional to <paramref name="shares"/>.</summary>
    /// <exception cref="TooFewExamplesException">Too few examples, or a share below two examples.</exception>
    public static int[][] Sizes(Examples examples, IReadOnlyList<double> shares, ulong seed)
    {
        CheckEnough(examples, shares.Count);
        var order = Shuffled(examples.Count, new RandomStream(seed, "sharding"));
        var start = 0;
        var dealt = new int[shares.Count][];
        foreach (var (i, size) in DataSpec.SizesOf(order.Length, shares).Index())
        {
            dealt[i] = order[start..(start + size)];
            start += size;
        }
        return Checked(dealt);
    }

    /// <summary>
    /// Unequal classes: each neuron draws its class proportions from a Dirichlet distribution and takes an equal number
    /// of examples by them, from the examples left of each class. Small <paramref name="concentration"/> is more
    /// unequal.
    /// </summary>
    /// <exception cref="TooFewExamplesException">Too few examples.</exception>
    public static int[][] Dirichlet(Examples examples, int neurons, double concentration, ulong seed)
    {
        CheckEnough(examples, neurons);
        var dice = new RandomStream(seed, "sharding");
        var left = ByClass(examples, dice);
        var dealt = new int[neurons][];
        for (var i = 0; i < neurons; i++)
        {
            var proportions = left.Select(_ => dice.NextGamma(concentration)).ToArray();
            dealt[i] = new int[examples.Count / neurons];
            for (var k = 0; k < dealt[i].Length; k++)
            {
                dealt[i][k] = left[DrawClass(left, proportions, dice)].Pop();
            }
        }
        return dealt;
    }

    /// <summary>Each neuron gets examples of <paramref name="labelsPerNeuron"/> classes only.</summary>
    /// <exception cref="TooFewExamplesException">Too few examples.</exception>
    public static int[][] ByLabel(Examples examples, int neurons, int labelsPerNeuron, ulong seed)
    {
        CheckEnough(examples, neurons * labelsPerNeuron);
        if (labelsPerNeuron > examples.Classes)
        {
            throw new DataSetException(
                $"{labelsPerNeuron} labels per neuron but {examples.Classes} classes; use at most as many labels as "
                + "classes.");
        }
        var dice = new RandomStream(seed, "sharding");
        var classes = ByClass(examples, dice);
        // Neurons take the classes in turn, so about as many neurons share each class.
        var takers = classes.Select(_ => new List<int>()).ToArray();
        var order = Shuffled(classes.Length, dice);
        for (var k = 0; k < neurons * labelsPerNeuron; k++)
        {
            takers[order[k % classes.Length]].Add(k / labelsPerNeuron);
        }
        var dealt = Enumerable.Range(0, neurons).Select(_ => new List<int>()).ToArray();
        for (var c = 0; c < classes.Length; c++)
        {
            var each = takers[c].Count == 0 ? 0 : classes[c].Count / takers[c].Count;
            foreach (var neuron in takers[c])
            {
                dealt[neuron].AddRange(Enumerable.Range(0, each).Select(_ => classes[c].Pop()));
            }
        }
        return Checked([.. dealt.Select(d => d.ToArray())]);
    }

    internal static int[] Shuffled(int count, RandomStream dice)
    {
        var order = Enumerable.Range(0, count).ToArray();
        dice.Shuffle<int>(order);
        return order;
    }

    static Stack<int>[] ByClass(Examples examples, RandomStream dice)
    {
        var classes = Enumerable.Range(0, examples.Classes).Select(_ => new Stack<int>()).ToArray();
        foreach (var index in Shuffled(examples.Count, dice))
        {
            classes[examples.Labels[index]].Push(index);
        }
        return classes;
    }

    /// <summary>
    /// Draws a class that has examples left, by proportion; when all wanted classes are used up, by the number left.
    /// </summary>
    static int DrawClass(Stack<int>[] left, double[] proportions, RandomStream dice)
    {
        var weights = left.Select((stack, c) => stack.Count > 0 ? proportions[c] : 0).ToArray();
        if (weights.Sum() <= 0)
        {
            weights = [.. left.Select(stack => (double)stack.Count)];
        }
        var at = dice.NextDouble() * weights.Sum();
        var drawn = Array.FindIndex(weights, w => (at -= w) < 0);
        return drawn >= 0 ? drawn : Array.FindLastIndex(weights, w => w > 0);
    }

    static void CheckEnough(Examples examples, int shards)
    {
        if (examples.Count < (long)shards * DataSpec.FewestExamples)
        {
            throw new TooFewExamplesException(
                $"{examples.Count} examples are too few for {shards} shards of at least {DataSpec.FewestExamples}; "
                + "use a larger set or fewer neurons.");
        }
    }

    static int[][] Checked(int[][] dealt)
    {
        var poor = Array.FindIndex(dealt, d => d.Length < DataSpec.FewestExamples);
        return poor < 0 ? dealt : throw new TooFewExamplesException(
            $"Neuron {poor} would get {dealt[poor].Length} examples; every neuron needs at least "
            + $"{DataSpec.FewestExamples}. Use a larger set, or a milder split.");
    }
}
