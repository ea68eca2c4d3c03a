using System.Globalization;
using BitTensor.Scenarios;

namespace BitTensor.Learning.Readers;

/// <summary>The classes of a data set by their names: class k is the k-th name.</summary>
static class ClassNames
{
    const int Most = 1000;

    /// <summary>The names, each once: by value where all are numbers, else by their characters.</summary>
    public static List<string> Ordered(IEnumerable<string> names)
    {
        List<string> distinct = [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return distinct.TrueForAll(n => Number(n) is not null) ? [.. distinct.OrderBy(n => Number(n))] : distinct;
    }

    /// <summary>Checks that there are neither too few nor too many.</summary>
    /// <exception cref="DataSetException">There are.</exception>
    public static void Check(string file, int count, string what)
    {
        if (count < 2)
        {
            throw DataFaults.Of(
                file, ErrorCodes.TooFew, $"{what} has {count} class(es)", "a model needs two classes to tell apart");
        }
        if (count > Most)
        {
            throw DataFaults.Of(
                file, ErrorCodes.TooMuch, $"{what} has {count} classes",
                $"use at most {Most} classes, or task: regression for a number");
        }
    }

    static double? Number(string name) =>
        double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
