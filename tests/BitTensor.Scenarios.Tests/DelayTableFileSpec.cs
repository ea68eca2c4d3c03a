using System.Globalization;
using System.Security.Cryptography;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>
/// Tables of latencies: read from a file beside the scenario, or refused with the line and what to do.
/// </summary>
public sealed class DelayTableFileSpec : IDisposable
{
    const string Latency = "latency: { distribution: table, table: wan }";

    readonly string _folder = Directory.CreateTempSubdirectory("table-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    ScenarioResult Load(string table, string latency = Latency, string? file = "20\n35.5\n")
    {
        if (file is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "wan.csv"), file);
        }
        File.WriteAllText(
            Path.Combine(_folder, "own.yaml"),
            "version: 1\nname: own\nseed: 1\nduration: 2 blocks\npopulations: [{ name: a, count: 2 }]\n"
            + $"network:\n  tables:\n    - {{ name: wan, {table} }}\n  default: {{ {latency} }}\n");
        return ScenarioFile.Load(Path.Combine(_folder, "own.yaml"), []);
    }

    [Theory]
    [InlineData("20\n35.5\n", "20 35.5")]
    [InlineData("rtt_ms\r\n20\r\n35.5\r\n", "20 35.5")]
    [InlineData("\uFEFF# from Tuesday\n20 35.5", "20 35.5")]
    [InlineData("# netem\n -32768 -8192\n 0 8192 32767\n", "-32768 -8192 0 8192 32767")]
    public void A_file_gives_its_numbers(string file, string values)
    {
        var read = Load(
            "file: wan.csv", "latency: { distribution: table, table: wan, mean: 1 s, deviation: 1 ms }", file);
        Assert.Empty(read.Errors);
        Assert.Equal(
            values.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)),
            read.Value!.Network.Tables[0].Values);
    }

    /// <summary>The resolved text has the values and the hash of the file, and needs the file no more.</summary>
    [Fact]
    public void A_resolved_scenario_has_the_values_and_the_hash()
    {
        var scenario = Load("file: wan.csv").Value!;
        var text = ScenarioWriter.Write(scenario);
        var hash = Convert.ToHexStringLower(SHA256.HashData("20\n35.5\n"u8));
        Assert.Contains($"sha256: \"{hash}\"", text, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "wan.csv"));
        var again = ScenarioFile.Parse(text, "elsewhere/resolved.yaml", []);
        Assert.Empty(again.Errors);
        Assert.Equal(scenario.Network.Tables.AsEnumerable(), again.Value!.Network.Tables.AsEnumerable());
        Assert.Equal(text, ScenarioWriter.Write(again.Value));
    }

    [Fact]
    public void A_file_with_the_stated_hash_is_read_and_another_one_is_refused()
    {
        var hash = Load("file: wan.csv").Value!.Network.Tables[0].Sha256;
        Assert.Empty(Load($"file: wan.csv, sha256: \"{hash}\"").Errors);
        var error = Assert.Single(Load($"file: wan.csv, sha256: \"{hash}\"", file: "20\n35.6\n").Errors);
        Assert.Equal(ErrorCodes.Hash, error.Code);
        Assert.Equal(8, error.Line);
    }

    [Theory]
    [InlineData("file: wan.csv", "20\n35,5\n", "wan.csv:2:1:BTA014")]
    [InlineData("file: wan.csv", "seq,rtt\n1,20\n", "wan.csv:2:1:BTA014")]
    [InlineData("file: wan.csv", "20\n21 22 x3\n", "wan.csv:2:7:BTA014")]
    [InlineData("file: wan.csv", "20\nNaN\n", "wan.csv:2:1:BTA014")]
    [InlineData("file: wan.csv", "20\n1e12\n", "wan.csv:2:1:BTA014")]
    [InlineData("file: wan.csv", "# nothing\n", "wan.csv:1:1:BTA019")]
    [InlineData("file: wan.csv", "20\n-3\n", "own.yaml:9:53:BTA021")]
    [InlineData("file: nowhere.csv", "20\n", "own.yaml:8:26:BTA040")]
    [InlineData("file: .", "20\n", "own.yaml:8:26:BTA040")]
    [InlineData("values: 20 x", null, "own.yaml:8:31:BTA014")]
    [InlineData("values: \"20 x\"", null, "own.yaml:8:32:BTA014")]
    [InlineData("values: \"\"", null, "own.yaml:8:28:BTA019")]
    [InlineData("values: 20, file: x, sha256: \"ab\"", null, "own.yaml:8:49:BTA026")]
    public void What_is_wrong_is_told_with_its_place(string table, string? file, string place)
    {
        var error = Assert.Single(Load(table, file: file).Errors);
        Assert.Equal(place, $"{Path.GetFileName(error.File)}:{error.Line}:{error.Column}:{error.Code}");
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData("name: b", ErrorCodes.MissingKey)]
    [InlineData("name: wan, values: 1", ErrorCodes.DuplicateName)]
    [InlineData("name: b, values: 1, sha256: " + Zeros, ErrorCodes.Contradiction)]
    public void Tables_have_names_and_values(string second, string code) =>
        Assert.Equal(code, Assert.Single(Load("file: wan.csv }\n    - { " + second).Errors).Code);

    const string Zeros = "\"0000000000000000000000000000000000000000000000000000000000000000\"";

    [Theory]
    [InlineData("latency: { distribution: table, table: wam }", ErrorCodes.UnknownPopulation)]
    [InlineData("latency: { distribution: table, table: wan, mean: 3 ms }", ErrorCodes.Contradiction)]
    [InlineData("latency: { distribution: table }", ErrorCodes.MissingKey)]
    [InlineData(
        "loss-correlation: 1%, loss: { model: bursts, good-to-bad: 1, bad-to-good: 1 }", ErrorCodes.Contradiction)]
    [InlineData("bandwidth: 1 kB/s, queue: 0 parcels", ErrorCodes.Range)]
    [InlineData("bandwidth: 1 kB/s, queue: 1000001 parcels", ErrorCodes.Range)]
    [InlineData("queue: 3 parcels", ErrorCodes.Contradiction)]
    public void Links_that_do_not_fit_are_refused(string link, string code) =>
        Assert.Equal(code, Assert.Single(Load("file: wan.csv", link).Errors).Code);

    [Fact]
    public void A_table_has_at_most_as_many_values_as_netem_takes()
    {
        string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(k => $"{k}\n"));
        Assert.Empty(Load("file: wan.csv", file: Lines(DelayTableSpec.MostValues)).Errors);
        Assert.Equal(
            ErrorCodes.TooLarge,
            Assert.Single(Load("file: wan.csv", file: Lines(DelayTableSpec.MostValues + 1)).Errors).Code);
        Assert.Equal(
            ErrorCodes.TooLarge, Assert.Single(Load("file: wan.csv", file: new string('1', 1 << 21)).Errors).Code);
    }
}
