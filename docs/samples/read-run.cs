// Reads a run in a C# program of one file:
//
//     bta export latest --format json --out tables
//     dotnet run docs/samples/read-run.cs tables
//
// Recomputes the emission (6) of every block from ranks, and prints what each population holds at the last block.
using System.Globalization;
using System.Text.Json;

var folder = args[0];
var neurons = Table(folder, "neurons");
var tau = Table(folder, "blocks").ToDictionary(b => b["block"].GetInt64(), b => b["tau"].GetDouble());

// (6): emission_j = tau R_j / |R|, with the Euclidean norm that is the paper's.
var largest = 0.0;
var blocks = neurons.GroupBy(n => n["block"].GetInt64()).ToDictionary(g => g.Key, g => g.ToArray());
foreach (var (block, rows) in blocks)
{
    var norm = Math.Sqrt(rows.Sum(r => Math.Pow(r["rank"].GetDouble(), 2)));
    largest = Math.Max(
        largest, rows.Max(r => Math.Abs(tau[block] * r["rank"].GetDouble() / norm - r["emission"].GetDouble())));
}
Console.WriteLine($"emission by (6): at most {Text(largest, "0.0e0")} from the ledger's in {blocks.Count} blocks");

var last = blocks.Keys.Max();
foreach (var population in blocks[last].GroupBy(n => n["population"].GetString()))
{
    var share = population.Sum(n => n["rank_share"].GetDouble());
    // A missing value is null.
    var losses = population.Where(n => n["loss"].ValueKind == JsonValueKind.Number)
        .Select(n => n["loss"].GetDouble()).ToArray();
    Console.WriteLine(
        $"block {last}  {population.Key}: {population.Count()} neurons, rank {Text(share, "0.0%")}, "
        + $"loss {(losses.Length > 0 ? Text(losses.Average(), "0.0000") : "-")}");
}
return largest < 1e-9 ? 0 : 1;

static List<Dictionary<string, JsonElement>> Table(string folder, string name)
{
    using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));
    return [.. file.RootElement.EnumerateArray()
        .Select(row => row.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone()))];
}

static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
