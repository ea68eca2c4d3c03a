using BitTensor.Scenarios;

namespace BitTensor.Learning.Readers;

/// <summary>Collects what is wrong with the files of a data set.</summary>
sealed class DataFaults
{
    // Faults beyond these say the same again.
    const int Most = 20;

    readonly List<ScenarioError> _faults = [];

    /// <summary>True when no further fault is worth reading for.</summary>
    public bool AreMany => _faults.Count >= Most;

    /// <summary>True when there is a fault.</summary>
    public bool Any => _faults.Count > 0;

    /// <summary>Adds a fault.</summary>
    /// <param name="file">File.</param>
    /// <param name="at">Line and column, or row and column of a table, from 1.</param>
    /// <param name="code">Code of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="remedy">What to do.</param>
    public void Add(string file, (long Line, int Column) at, string code, string message, string remedy)
    {
        if (!AreMany)
        {
            _faults.Add(new ScenarioError(
                file, (int)Math.Min(at.Line, int.MaxValue), at.Column, code, message, remedy));
        }
    }

    /// <summary>Throws when there is a fault.</summary>
    /// <exception cref="DataSetException">With every fault.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new DataSetException([.. _faults]);
        }
    }

    /// <summary>One fault that ends the reading.</summary>
    public static DataSetException Of(
        string file, (long Line, int Column) at, string code, string message, string remedy)
    {
        var faults = new DataFaults();
        faults.Add(file, at, code, message, remedy);
        return new DataSetException([.. faults._faults]);
    }

    /// <summary>One fault of a whole file that ends the reading.</summary>
    public static DataSetException Of(string file, string code, string message, string remedy) =>
        Of(file, (1, 1), code, message, remedy);

    /// <summary>Reads a file. What a file that is not there or damaged makes of it becomes a fault.</summary>
    /// <param name="file">File.</param>
    /// <param name="format">What it should be, for the message.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="DataSetException">The file cannot be read.</exception>
    public static T Guarded<T>(string file, string format, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DataSetException)
        {
            throw;
        }
        catch (Exception e) when (
            e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw Of(
                file, ErrorCodes.Unreadable, $"the file cannot be read: {FirstLine(e.Message)}",
                "check data.path: it begins at the scenario's folder");
        }
        // The libraries do not document what they throw on damage; any exception means a damaged file.
#pragma warning disable CA1031
        catch (Exception damage) when (damage is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw Of(
                file, ErrorCodes.Damaged, $"the file is no {format}, or is damaged: {FirstLine(damage.Message)}",
                $"write it again as {format}");
        }
    }

    static string FirstLine(string text)
    {
        var line = text.Split('\n', 2)[0].Trim().TrimEnd('.');
        return line.Length > 200 ? line[..200] + "..." : line;
    }
}
