namespace BitTensor.Reports;

/// <summary>How a curve is drawn.</summary>
enum CurveKind
{
    /// <summary>A line through the values.</summary>
    Line,

    /// <summary>Points without a line: between names there is nothing.</summary>
    Points,

    /// <summary>A thin grey line: a bound, or what one would expect.</summary>
    Bound,
}

/// <summary>
/// A curve: a value at each place of its figure. A missing value is null; one that is not finite was measured.
/// </summary>
/// <param name="Name">Name in the legend.</param>
/// <param name="Style">Number of the style, the same in all figures of a page.</param>
/// <param name="Values">Values at the figure's places.</param>
sealed record Curve(string Name, int Style, IReadOnlyList<double?> Values)
{
    /// <summary>How it is drawn.</summary>
    public CurveKind Kind { get; init; } = CurveKind.Line;

    /// <summary>Lower end of the range around the values; null for none.</summary>
    public IReadOnlyList<double?>? Low { get; init; }

    /// <summary>Upper end.</summary>
    public IReadOnlyList<double?>? High { get; init; }
}

/// <summary>A figure of curves over one axis.</summary>
/// <param name="Id">Name of the figure in its page.</param>
/// <param name="Title">Title.</param>
/// <param name="About">One sentence with the equation of the paper.</param>
/// <param name="YLabel">What the values are, with the unit.</param>
/// <param name="Curves">Curves.</param>
sealed record CurveFigure(string Id, string Title, string About, string YLabel, IReadOnlyList<Curve> Curves)
{
    /// <summary>Places on the axis, ascending; null for the blocks of the page.</summary>
    public IReadOnlyList<double>? X { get; init; }

    /// <summary>What the axis is, with the unit.</summary>
    public string XLabel { get; init; } = "block";

    /// <summary>True when the axis is of blocks: the range selection of the page holds for it.</summary>
    public bool OverBlocks { get; init; } = true;

    /// <summary>Names of the places where these are no numbers.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Values of single neurons by id, drawn on demand.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<double?>>? Neurons { get; init; }

    /// <summary>Place that decided, marked by a line; null for none.</summary>
    public double? Marked { get; init; }

    /// <summary>True when the axis is logarithmic.</summary>
    public bool LogX { get; init; }
}
