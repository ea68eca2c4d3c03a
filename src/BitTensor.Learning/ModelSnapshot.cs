namespace BitTensor.Learning;

/// <summary>A copy of a model's parameters: plain arrays, row-major.</summary>
/// <param name="Shape">Shape.</param>
/// <param name="Encoder">Matrices of the encoder; of a module its parameters, then its buffers.</param>
/// <param name="Head">Matrices of the head, likewise.</param>
public sealed record ModelSnapshot(ModelShape Shape, float[][] Encoder, float[][] Head)
{
    /// <summary>Matrices of the trained gate; empty without one.</summary>
    public float[][] Gate { get; init; } = [];

    /// <summary>The matrix of the peer input in an answer; empty where an answer is the encoder's.</summary>
    public float[][] Answer { get; init; } = [];

    /// <summary>Matrices of the student; empty without one.</summary>
    public float[][] Student { get; init; } = [];

    /// <summary>The peers' slots that the student stands in for, now; empty without one.</summary>
    public bool[] Taught { get; init; } = [];

    /// <summary>Makes the modules in the place of formulas; null where there are none.</summary>
    public IModuleFactory? Modules { get; init; }
}
