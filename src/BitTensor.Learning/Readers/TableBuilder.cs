using System.Globalization;
using BitTensor.Scenarios;

namespace BitTensor.Learning.Readers;

/// <summary>Rows of a table to examples: picks the columns, reads numbers and classes, and scales.</summary>
/// <param name="data">Which columns, and what they mean.</param>
/// <param name="file">File, for faults.</param>
sealed class TableBuilder(DataSpec data, string file)
{
    readonly List<float> _inputs = [];
    readonly List<string> _classes = [];
    readonly List<float> _targets = [];
    int[] _columns = [];
    int _target;
    string[] _names = [];

    /// <summary>What is wrong so far.</summary>
    public DataFaults Faults { get; } = new();

    /// <summary>Columns that are read, the target among them.</summary>
    public IEnumerable<int> Columns => _columns.Append(_target);

    /// <summary>True for the column whose values are classes.</summary>
    public bool IsClass(int column) => column == _target && data.Task == DataTask.Classes;

    /// <summary>Finds the columns by their names.</summary>
    /// <exception cref="DataSetException">A name is there twice, or a column is not there.</exception>
    public void Begin(string[] names)
    {
        _names = names;
        for (var k = 0; k < names.Length; k++)
        {
            if (Array.IndexOf(names, names[k]) is var first && first < k)
            {
                Faults.Add(
                    file, (1, k + 1), ErrorCodes.DuplicateName,
                    $"columns {first + 1} and {k + 1} are both called '{names[k]}'", "give each column its own name");
            }
        }
        _target = data.Target is { } target ? Find(target, "target") : names.Length - 1;
        _columns = data.Columns.IsEmpty
            ? [.. Enumerable.Range(0, names.Length).Where(k => k != _target)]
            : [.. data.Columns.Select(c => Find(c, "columns"))];
        if (_columns.Contains(_target))
        {
            Faults.Add(
                file, (1, _target + 1), ErrorCodes.Contradiction,
                $"column '{names[_target]}' is both input and target", "take it from data.columns");
        }
        if (_columns.Length == 0)
        {
            Faults.Add(
                file, (1, 1), ErrorCodes.TooFew, "the table has one column: a target without inputs",
                "add columns; the separator is a comma, semicolon, tab or vertical bar");
        }
        Faults.ThrowIfAny();
    }

    /// <summary>Adds a value of a column. The values of a row come in the order of <see cref="Columns"/>.</summary>
    /// <param name="column">Column, from 0.</param>
    /// <param name="at">Place, from 1.</param>
    /// <param name="text">Value as the file states it.</param>
    public void Add(int column, (long Line, int Column) at, ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            Missing(column, at);
        }
        // What stands for bytes that are no text would make one class of many.
        else if (text.Contains('\uFFFD'))
        {
            Faults.Add(
                file, at, ErrorCodes.Encoding, $"the value in column '{_names[column]}' is not UTF-8",
                "save the file as UTF-8 text");
        }
        else if (IsClass(column))
        {
            _classes.Add(text.ToString());
        }
        // The parser takes zero bytes behind a number.
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !text.Contains('\0'))
        {
            Add(column, at, number);
        }
        else
        {
            Faults.Add(
                file, at, ErrorCodes.NotANumber, $"'{Short(text)}' in column '{_names[column]}' is not a number",
                "write numbers such as 0.5 or 2e-3, or leave the column out of data.columns");
        }
    }

    /// <summary>Adds a number of a column.</summary>
    public void Add(int column, (long Line, int Column) at, double number)
    {
        if (IsClass(column))
        {
            _classes.Add(number.ToString("R", CultureInfo.InvariantCulture));
            return;
        }
        if (!float.IsFinite((float)number))
        {
            Faults.Add(
                file, at, ErrorCodes.NotFinite,
                $"{number.ToString("R", CultureInfo.InvariantCulture)} in column '{_names[column]}' is not finite",
                "write a number that a float32 can hold, or leave the row out");
            return;
        }
        (column == _target ? _targets : _inputs).Add((float)number);
        if (_inputs.Count > DataSource.MostNumbers)
        {
            throw DataFaults.Of(
                file, at, ErrorCodes.TooMuch, "the table has more than 2^28 numbers",
                "keep fewer rows, or name fewer data.columns");
        }
    }

    /// <summary>A value is not there.</summary>
    public void Missing(int column, (long Line, int Column) at) => Faults.Add(
        file, at, ErrorCodes.Empty, $"column '{_names[column]}' has no value here",
        "leave the row out, or fill it: a missing value is not zero");

    /// <summary>The examples.</summary>
    /// <exception cref="DataSetException">There is a fault, or there are too few examples or classes.</exception>
    public Examples Finish()
    {
        Faults.ThrowIfAny();
        var regression = data.Task == DataTask.Regression;
        var count = regression ? _targets.Count : _classes.Count;
        if (count < DataSpec.FewestExamples)
        {
            throw DataFaults.Of(
                file, ErrorCodes.TooFew, $"the table has {count} rows below its header", "add rows: two for a neuron");
        }
        float[] inputs = [.. _inputs];
        if (data.Scale == DataScale.Standard)
        {
            for (var k = 0; k < _columns.Length; k++)
            {
                Standardise(inputs, k, _columns.Length);
            }
        }
        return regression ? Regression(inputs) : Classes(inputs);
    }

    Examples Regression(float[] inputs)
    {
        float[] targets = [.. _targets];
        if (data.Scale == DataScale.Standard)
        {
            Standardise(targets, 0, 1);
        }
        return new Examples(_columns.Length, 0, inputs, []) { Targets = targets };
    }

    Examples Classes(float[] inputs)
    {
        var names = ClassNames.Ordered(_classes);
        ClassNames.Check(file, names.Count, $"column '{_names[_target]}'");
        var numbers = names.Index().ToDictionary(n => n.Item, n => n.Index);
        return new Examples(_columns.Length, names.Count, inputs, [.. _classes.Select(c => numbers[c])]);
    }

    int Find(string name, string key)
    {
        var found = Array.IndexOf(_names, name);
        if (found < 0)
        {
            Faults.Add(
                file, (1, 1), ErrorCodes.Column, $"no column is called '{Short(name)}'",
                $"write data.{key} as one of: {Short(string.Join(", ", _names))}");
        }
        return Math.Max(found, 0);
    }

    static string Short(ReadOnlySpan<char> text) =>
        text.Length > 200 ? string.Concat(text[..200], "...") : text.ToString();

    /// <summary>Mean 0 and standard deviation 1; a constant column becomes 0.</summary>
    static void Standardise(float[] values, int from, int step)
    {
        double sum = 0, squares = 0;
        var count = values.Length / step;
        for (var k = from; k < values.Length; k += step)
        {
            sum += values[k];
        }
        var mean = sum / count;
        for (var k = from; k < values.Length; k += step)
        {
            squares += (values[k] - mean) * (values[k] - mean);
        }
        var deviation = Math.Sqrt(squares / count);
        for (var k = from; k < values.Length; k += step)
        {
            values[k] = deviation > 0 ? (float)((values[k] - mean) / deviation) : 0;
        }
    }
}
