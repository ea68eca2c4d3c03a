using System.Globalization;
using BitTensor.Actors.Run;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Cli.Tests;

/// <summary>
/// The shipped attacks: each comes out as it is known to, and docs/FINDINGS.md says so. What is known is resisted, or
/// as the first word of its worst finding says, damaged or broken.
/// </summary>
public sealed class AttackGallerySpec
{
    const string Begins = "<!-- attacks: begin -->\n";
    const string Ends = "<!-- attacks: end -->\n";

    static readonly string[] Grades = ["resisted", "damaged", "broken"];

    /// <summary>Strategies that no attack of the gallery is about.</summary>
    static readonly string[] Elsewhere = ["honest"];

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "scenarios", "attacks");

    static IEnumerable<string> Shipped =>
        Directory.GetFiles(Folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!)
            .Order(StringComparer.Ordinal);

    /// <summary>
    /// The table is generated: <c>BTA_APPROVE=1 dotnet test --filter AttackGallerySpec</c> writes it anew, to be read
    /// before it is committed.
    /// </summary>
    [Fact]
    public void Every_attack_comes_out_as_the_findings_say()
    {
        var came = Shipped.AsParallel().AsOrdered().WithDegreeOfParallelism(2)
            .Select(name => (Name: name, Scenario: Read(name), Verdicts: Judge(Read(name)))).ToList();
        Assert.All(came, c => Assert.All(c.Verdicts, v => Assert.True(v.Outcome == Outcome.Pass, $"{c.Name}: "
            + $"{v.Name}: {v.Detail}")));
        var file = Path.Combine(SourceTree.Root, "docs", "FINDINGS.md");
        var (before, table, after) = Parts(File.ReadAllText(file));
        if (Environment.GetEnvironmentVariable("BTA_APPROVE") == "1")
        {
            table = Head + string.Concat(came.Select(c => RowOf(c.Scenario, c.Verdicts)));
            File.WriteAllText(file, before + Begins + table + Ends + after);
        }
        Compare(table, came.ConvertAll(c => (c.Scenario, c.Verdicts)));
    }

    [Fact]
    public void Every_strategy_has_an_attack_of_its_own()
    {
        var shown = Shipped.Select(Read).SelectMany(s =>
            s.Populations.SelectMany(p => p.Conduct.Strategies)
                .Concat((s.Coalition?.Tactics ?? []).SelectMany(t => t.Conduct?.Strategies ?? [])))
            .Select(s => s.Name).ToHashSet();
        Assert.Empty(StrategySpec.Names.Except(shown).Except(Elsewhere));
    }

    const string Head = "| attack | came out | claim | measured | seed | command |\n|---|---|---|---|---|---|\n";

    /// <summary>
    /// Same attacks, same grades, same claims; and the same figures, as far as machines that compute differently agree
    /// on them.
    /// </summary>
    static void Compare(string table, List<(Scenario Scenario, PropertyVerdict[] Verdicts)> came)
    {
        var rows = table[Head.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" | ")).ToList();
        Assert.Equal(came.Count, rows.Count);
        foreach (var ((scenario, verdicts), row) in came.Zip(rows))
        {
            var fresh = RowOf(scenario, verdicts).TrimEnd('\n').Split(" | ");
            Assert.Equal([.. fresh[..3], .. fresh[4..]], [.. row[..3], .. row[4..]]);
            var (now, written) = (Figures(fresh[3]), Figures(row[3]));
            var trust = scenario.Data is null ? 0.02 : 0.2;
            Assert.True(
                Math.Abs(now - written) <= trust * Math.Abs(written) + 0.005,
                $"{scenario.Name}: {now} where docs/FINDINGS.md has {written}");
        }
    }

    static double Figures(string measured) => double.Parse(measured.Split(' ')[0], CultureInfo.InvariantCulture);

    static string RowOf(Scenario scenario, PropertyVerdict[] verdicts)
    {
        static int GradeOf(PropertyVerdict verdict) =>
            verdict.Finding is { } finding ? Array.IndexOf(Grades, finding.Split(':')[0]) : 0;
        var grade = verdicts.Max(GradeOf);
        var first = verdicts.First(v => GradeOf(v) == grade);
        var measured = string.Create(CultureInfo.InvariantCulture, $"{first.Left:0.####} against {first.Right:0.####}");
        var why = first.Finding is { } known ? known[(known.IndexOf(':', StringComparison.Ordinal) + 1)..] : "";
        var claim = first.Name + (why.Length > 0 ? $": no,{why}" : "");
        return $"| {scenario.Name} | {(grade > 0 ? $"**{Grades[grade]}**" : Grades[0])} | {claim} (`{first.Text}`) | "
            + $"{measured} | {scenario.Seed} | `bta run scenarios/attacks/{scenario.Name}.yaml` |\n";
    }

    static (string Before, string Table, string After) Parts(string text)
    {
        var (begin, end) = (
            text.IndexOf(Begins, StringComparison.Ordinal), text.IndexOf(Ends, StringComparison.Ordinal));
        return (text[..begin], text[(begin + Begins.Length)..end], text[(end + Ends.Length)..]);
    }

    static Scenario Read(string name)
    {
        var result = ScenarioFile.Load(Path.Combine(Folder, name + ".yaml"), []);
        return result.Value ?? throw new InvalidDataException(string.Join('\n', result.Errors));
    }

    static PropertyVerdict[] Judge(Scenario scenario)
    {
        using var folder = new TemporaryFolder();
        EmulationRun.Execute(scenario, new RunOptions { Folder = folder.Path, Cores = 1 });
        return [.. PropertyJudge.Judge(scenario.Expect, RunMetrics.Build(RunData.Load(folder.Path)))];
    }
}
