using System.Collections.Immutable;

namespace BitTensor.Scenarios;

/// <summary>An entry of <c>sweep.vary</c> as a file states it: a path with values, or points with names.</summary>
/// <param name="Path">Path of keys; null for points.</param>
/// <param name="Values">Values of the path; empty for points, and after an error.</param>
/// <param name="With">Paths that take their values in step with it.</param>
/// <param name="Points">Points with names; empty for a path.</param>
/// <param name="Name">Name of the points' axis; null for the usual one.</param>
sealed record AxisKeys(
    string? Path, ImmutableArray<string> Values, ImmutableArray<SweepValues> With, ImmutableArray<NamedPoint> Points,
    string? Name)
{
    public static AxisKeys Of(SweepAxis axis) => axis switch
    {
        SweepAxis.Points points => new(null, [], [], points.Of, points.Name),
        SweepAxis.Path path => new(path.Values.Path, path.Values.Values, path.With, [], null),
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    public SweepAxis Axis() => Points.IsEmpty
        ? new SweepAxis.Path(new SweepValues(Path ?? "", Values), With)
        : new SweepAxis.Points(Name ?? SweepAxis.Points.DefaultName, Points);
}

/// <summary>The keys of section <c>sweep</c>.</summary>
static class SweepFormat
{
    const int LongestValues = 10_000;

    static readonly TextType Path =
        new("^[A-Za-z0-9_.\\[\\]-]{1,200}$", "a path of keys", 200) { Quoted = true };

    static readonly TextType Values = Types.AnyText("values separated by commas", LongestValues);

    static readonly TextType Assignment =
        new("^[^=]+=[\\s\\S]+$", "PATH=VALUE, as --set takes it", LongestValues) { Quoted = true };

    const string PathDoc = "Path of keys; list entries by name or number.";

    static readonly Section<SweepValues> With = new Section<SweepValues>(
        "with", "sweep with", "A path that takes its values in step with that of the entry: the first with the first.")
        .Required("path", Path, PathDoc, v => v.Path, (v, path) => v with { Path = path ?? "" })
        .Required("values", Values, "Its values, separated by commas: as many.",
            v => string.Join(", ", v.Values), (v, text) => v with { Values = SweepValues.Split(text ?? "") });

    static readonly Section<NamedPoint> Point = new Section<NamedPoint>(
        "points", "sweep points", "A point with a name.")
        .Required("name", Types.Name, "Its name in every result.", p => p.Name, (p, v) => p with { Name = v ?? "" })
        .Required("set", Types.Many(Assignment), "What it sets, each `PATH=VALUE`.",
            p => p.Set, (p, v) => p with { Set = v.IsDefault ? [] : v });

    static readonly Section<AxisKeys> Axis = new Section<AxisKeys>(
        "vary", "sweep vary",
        "One direction of the grid: the values of a path, of several paths in step, or points with names.")
        .Optional("path", Path, PathDoc, a => a.Path, (a, v) => a with { Path = v })
        .Optional("values", Values, "Its values, separated by commas.",
            a => a.Path is null ? null : string.Join(", ", a.Values),
            (a, v) => a with { Values = v is null ? [] : SweepValues.Split(v) })
        .Key("with", Types.List(With), null, "Further paths that take their values in step with it.",
            a => a.With, (a, v) => a with { With = v })
        .Key("points", Types.List(Point), null, "Points with names, in place of a path.",
            a => a.Points, (a, v) => a with { Points = v })
        .Optional("name", Types.Name, "Name of the column of the points' names; `variant` without it.",
            a => a.Name, (a, v) => a with { Name = v },
            only: (a => !a.Points.IsEmpty, "points"))
        .Check("points", (a, s) => s.Has("path") == s.Has("points"),
            a => a.Path is null ? "the entry has neither a path nor points" : "the entry has a path and points",
            _ => "write path and values, or points")
        .Check("values", (_, s) => s.Has("path") != s.Has("values") && !s.Has("points"),
            _ => "a path and its values belong together", _ => "write both of path and values", ErrorCodes.MissingKey)
        .Check("values", (a, s) => a.Values.IsEmpty && s.ScalarOf("values") is not null,
            _ => "one of the values is empty", _ => "write values separated by commas", ErrorCodes.Empty)
        .Check("with", (a, _) => a.With.Any(w => w.Values.IsEmpty),
            _ => "one of the values is empty", _ => "write values separated by commas", ErrorCodes.Empty)
        .Check("with", (a, _) => !a.With.IsEmpty && !a.Points.IsEmpty,
            _ => "'with' has no effect beside points", _ => "a point sets as many paths as it needs: write them in set")
        .Check("with", (a, _) => Uneven(a) is not null,
            a => $"{Uneven(a)!.Path} has {Uneven(a)!.Values.Length} values, {a.Path} has {a.Values.Length}",
            a => $"give it {a.Values.Length}: the first goes with the first, the second with the second")
        .Check("points", (a, _) => a.Points.DistinctBy(p => p.Name).Count() < a.Points.Length,
            _ => "two points have one name", _ => "give each point a name of its own", ErrorCodes.DuplicateName);

    public static readonly Section<SweepSpec> Section = new Section<SweepSpec>(
        "sweep", "sweep", "Many runs of this scenario, for `bta sweep`; `bta run` runs it once, as it stands.")
        .Key("seeds", Types.Whole(1, 100_000), "20", "Seeds per point: the scenario's own and those after it.",
            s => s.Seeds, (s, v) => s with { Seeds = v })
        .Optional("sample", Types.Whole(1, 100_000),
            "Points drawn from the grid of all choices; the whole grid without it.",
            s => s.Sample, (s, v) => s with { Sample = v })
        .Key("vary", Types.List(Axis), null, "What is varied, the last entry fastest; the grid of all entries is run.",
            s => [.. s.Vary.Select(AxisKeys.Of)], (s, v) => s with { Vary = [.. v.Select(a => a.Axis())] })
        .Check("vary", (s, _) => s.TakenName is not null,
            s => $"the name '{s.TakenName}' of an axis is taken", _ => "give each axis of points a name of its own",
            ErrorCodes.DuplicateName);

    static SweepValues? Uneven(AxisKeys axis) => axis.With.FirstOrDefault(
        w => !axis.Values.IsEmpty && !w.Values.IsEmpty && w.Values.Length != axis.Values.Length);
}
