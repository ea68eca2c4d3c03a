using BitTensor.Mechanism.Equilibrium;

namespace BitTensor.Scenarios;

/// <summary>
/// A theta file: one JSON object with
/// <c>alpha, tau, lambda, temperature, reference, maxSteps, tolerance, stake[n], weights[n][n]</c> and
/// <c>hessians[n][n][n]</c>, all of them and nothing else.
/// </summary>
static class ThetaFile
{
    /// <summary>Size limit: room for about 140 neurons in full precision.</summary>
    public const int MaxBytes = 64 << 20;

    // Faults beyond these say the same again.
    const int MostFaults = 20;

    /// <summary>The keys, in the order of the documentation.</summary>
    public static readonly string[] Keys =
        ["alpha", "tau", "lambda", "temperature", "reference", "maxSteps", "tolerance", "stake", "weights", "hessians"];

    /// <summary>Reads and checks a file; null after errors, which name the file's lines and indices.</summary>
    /// <param name="written">Path as the scenario names it.</param>
    /// <param name="path">Path to open.</param>
    /// <param name="at">Where the scenario names it.</param>
    /// <param name="errors">Where errors go.</param>
    public static StudySpec.Own? Load(string written, string path, Place at, ErrorList errors)
    {
        const string smaller = "use fewer neurons, or draw the game: study: {kind: correlation}";
        if (FileBytes.Read(path, at, "theta", MaxBytes, smaller, errors) is not { } bytes)
        {
            return null;
        }
        var json = new ThetaJson(bytes.Span is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes, path, errors);
        return json.Read() && Build(json, errors) is { } theta ? new StudySpec.Own(written, bytes, theta) : null;
    }

    static Theta? Build(ThetaJson json, ErrorList errors)
    {
        foreach (var key in Keys.Where(k => !json.Has(k)))
        {
            errors.Add(
                json.PlaceOf(""), ErrorCodes.MissingKey, $"theta needs '{key}'",
                $"add \"{key}\"; every one of {string.Join(", ", Keys)} is needed");
        }
        if (errors.Any)
        {
            return null;
        }
        var n = json.Stake.Length;
        var theta = new Theta
        {
            Count = n,
            Alpha = json.Number("alpha"),
            Tau = json.Number("tau"),
            Lambda = json.Number("lambda"),
            Temperature = json.Number("temperature"),
            Tolerance = json.Number("tolerance"),
            Reference = json.Reference,
            MaxSteps = json.MaxSteps,
            Stake = json.Stake,
            Weights = json.Matrix(json.Weights, n, "weights"),
            Hessians = errors.Any ? Hessians.Dense(0, []) : json.Hessians(n),
        };
        if (errors.Any)
        {
            return null;
        }
        foreach (var problem in ThetaCheck.Problems(theta).Take(MostFaults))
        {
            errors.Add(
                json.PlaceOf(problem.Path), CodeOf(problem.Fault), $"{problem.Path} {Split(problem.Text).What}",
                Split(problem.Text).Remedy);
        }
        return errors.Any ? null : theta;
    }

    static string CodeOf(ThetaFault fault) => fault switch
    {
        ThetaFault.Shape => ErrorCodes.Shape,
        ThetaFault.NotFinite => ErrorCodes.NotFinite,
        ThetaFault.OutOfRange => ErrorCodes.Range,
        ThetaFault.NotOnSimplex => ErrorCodes.NotOnSimplex,
        ThetaFault.NotSymmetric => ErrorCodes.NotSymmetric,
        _ => ErrorCodes.NotPositive,
    };

    static (string What, string Remedy) Split(string text) =>
        text.IndexOf("; ", StringComparison.Ordinal) is >= 0 and var cut
        ? (text[..cut], text[(cut + 2)..])
        : (text, "write A A' for some A: such a matrix is symmetric and positive semi-definite");
}
