using System.Text;
using System.Text.Json;
using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>
/// The JSON of a theta file: known keys once each, of their types and regular shapes, every place kept for messages.
/// </summary>
sealed class ThetaJson(ReadOnlyMemory<byte> bytes, string path, ErrorList errors)
{
    // The object, and three levels of arrays; one more so that a level too many is told from a syntax error.
    const int Levels = 5;

    readonly Dictionary<string, double> _numbers = [];
    readonly Dictionary<string, long> _places = [];
    readonly HashSet<string> _seen = [];
    double[][][] _hessians = [];

    public double[] Stake { get; private set; } = [];

    public double[][] Weights { get; private set; } = [];

    public LossReference Reference { get; private set; }

    public int MaxSteps { get; private set; }

    public bool Has(string key) => _seen.Contains(key);

    public double Number(string key) => _numbers[key];

    /// <summary>Place of a path like <c>hessians[2][0][1]</c>: of the innermost part of it that was noted.</summary>
    public Place PlaceOf(string name)
    {
        while (name.Length > 0 && !_places.ContainsKey(name))
        {
            name = name[..Math.Max(0, name.LastIndexOf('['))];
        }
        return At(_places.GetValueOrDefault(name));
    }

    /// <summary>Reads the text; false after an error.</summary>
    public bool Read()
    {
        var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { MaxDepth = Levels });
        try
        {
            return ReadObject(ref reader);
        }
        catch (JsonException e)
        {
            var at = new Place((int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, path);
            return Fault(
                at, ErrorCodes.Json, $"not JSON: {WithoutPlace(e.Message)}",
                "JSON has no NaN, Infinity, comments or trailing commas; check the brackets before this place");
        }
    }

    /// <summary>A matrix of n rows of n as one array, row-major; an error when its shape is another.</summary>
    public double[] Matrix(double[][] rows, int n, string name)
    {
        if (rows.Length != n)
        {
            Fault(
                PlaceOf(name), ErrorCodes.Shape, $"{name} has {rows.Length} rows", $"give {n}, one per entry of stake");
            return [];
        }
        for (var i = 0; i < n; i++)
        {
            if (rows[i].Length != n)
            {
                Fault(
                    PlaceOf($"{name}[{i}]"), ErrorCodes.Shape, $"{name}[{i}] has {rows[i].Length} entries",
                    $"give {n}, one per entry of stake");
                return [];
            }
        }
        return [.. rows.SelectMany(r => r)];
    }

    /// <summary>The Hessians, n matrices of n x n; an error when the shape is another.</summary>
    public Hessians Hessians(int n)
    {
        var values = new double[_hessians.Length == n ? (long)n * n * n : 0];
        if (_hessians.Length != n)
        {
            Fault(
                PlaceOf("hessians"), ErrorCodes.Shape, $"hessians has {_hessians.Length} matrices",
                $"give {n}, one per entry of stake");
        }
        for (var i = 0; i < n && !errors.Any; i++)
        {
            Matrix(_hessians[i], n, $"hessians[{i}]").CopyTo(values, (long)i * n * n);
        }
        return errors.Any
            ? Mechanism.Equilibrium.Hessians.Dense(0, [])
            : Mechanism.Equilibrium.Hessians.Dense(n, values);
    }

    bool ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Fault(
                At(reader.TokenStartIndex), ErrorCodes.WrongType, "a theta is a JSON object",
                "write {\"alpha\": ..., ...}");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (key, at) = (reader.GetString()!, reader.TokenStartIndex);
            if (!_seen.Add(key))
            {
                return Fault(At(at), ErrorCodes.DuplicateKey, $"'{Shorten.Of(key)}' stands twice", "keep one of them");
            }
            reader.Read();
            _places[key] = reader.TokenStartIndex;
            if (!ReadValue(ref reader, key, at))
            {
                return false;
            }
        }
        // What follows the object is a fault of the syntax.
        reader.Read();
        return true;
    }

    bool ReadValue(ref Utf8JsonReader reader, string key, long at)
    {
        switch (key)
        {
            case "alpha" or "tau" or "lambda" or "temperature" or "tolerance":
                return ReadNumber(ref reader, key, out var number) && _numbers.TryAdd(key, number);
            case "maxSteps":
                return ReadMaxSteps(ref reader);
            case "reference":
                return ReadReference(ref reader);
            case "stake":
                var stake = ReadVector(ref reader, key);
                Stake = stake ?? [];
                return stake is not null;
            case "weights":
                var weights = ReadList(ref reader, key, ReadVector);
                Weights = weights ?? [];
                return weights is not null;
            case "hessians":
                var hessians = ReadList(ref reader, key, (ref r, name) => ReadList(ref r, name, ReadVector));
                _hessians = hessians ?? [];
                return hessians is not null;
            default:
                return Fault(
                    At(at), ErrorCodes.UnknownKey, $"unknown key '{Shorten.Of(key)}' in theta",
                    Shorten.DidYouMean(key, ThetaFile.Keys));
        }
    }

    delegate T? Reading<T>(ref Utf8JsonReader reader, string name)
        where T : class;

    T[]? ReadList<T>(ref Utf8JsonReader reader, string name, Reading<T> item)
        where T : class
    {
        if (!Opens(ref reader, name))
        {
            return null;
        }
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var below = $"{name}[{items.Count}]";
            _places[below] = reader.TokenStartIndex;
            if (item(ref reader, below) is not { } read)
            {
                return null;
            }
            items.Add(read);
        }
        return [.. items];
    }

    double[]? ReadVector(ref Utf8JsonReader reader, string name)
    {
        if (!Opens(ref reader, name))
        {
            return null;
        }
        var values = new List<double>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!ReadNumber(ref reader, $"{name}[{values.Count}]", out var value))
            {
                return null;
            }
            values.Add(value);
        }
        return [.. values];
    }

    bool Opens(ref Utf8JsonReader reader, string name) => reader.TokenType == JsonTokenType.StartArray
        || Fault(
            At(reader.TokenStartIndex), ErrorCodes.WrongType, $"{name} is not a list",
            "write it in brackets: hessians[n][n][n], weights[n][n], stake[n]");

    bool ReadNumber(ref Utf8JsonReader reader, string name, out double value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number)
        {
            return Fault(
                At(reader.TokenStartIndex), ErrorCodes.WrongType, $"{name} is not a number",
                "write a number, without quotes or brackets");
        }
        value = reader.GetDouble();
        return double.IsFinite(value)
            || Fault(
                At(reader.TokenStartIndex), ErrorCodes.NotFinite, $"{name} is not a finite number",
                "write a number a float64 can hold");
    }

    bool ReadMaxSteps(ref Utf8JsonReader reader)
    {
        var at = At(reader.TokenStartIndex);
        if (!ReadNumber(ref reader, "maxSteps", out var value))
        {
            return false;
        }
        MaxSteps = value is >= 1 and <= int.MaxValue ? (int)value : 0;
        return MaxSteps == value || Fault(
            at, value == Math.Floor(value) ? ErrorCodes.Range : ErrorCodes.NotANumber,
            "maxSteps is not a number of steps", $"write a whole number, 1 to {int.MaxValue}");
    }

    bool ReadReference(ref Utf8JsonReader reader)
    {
        var word = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        if (Enum.GetValues<LossReference>().Where(r => YamlText.Word(r) == word).ToArray() is [var reference])
        {
            Reference = reference;
            return true;
        }
        return Fault(
            At(reader.TokenStartIndex), ErrorCodes.Choice, $"reference '{Shorten.Of(word)}' is not a choice",
            "one of \"connected\", \"initial\", \"gain\"");
    }

    bool Fault(Place at, string code, string message, string remedy)
    {
        errors.Add(at, code, message, remedy);
        return false;
    }

    Place At(long offset)
    {
        var before = bytes.Span[..(int)Math.Min(offset, bytes.Length)];
        var line = before.LastIndexOf((byte)'\n');
        return new Place(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(line + 1)..]) + 1, path);
    }

    static string WithoutPlace(string message)
    {
        var cut = message.IndexOf(" LineNumber", StringComparison.Ordinal);
        return (cut < 0 ? message : message[..cut]).TrimEnd('.');
    }
}
