using BitTensor.Benchmarks;

// The suites, one file each. A suite measures its rows in the order of its table.
Suite[] suites =
[
    new(
        "network", "the live network against bare TorchSharp loops, cores, links, memory, a thousand neurons",
        NetworkSuite.Rows),
    new("wire", "links against raw TCP in two processes, TLS, round trips, submissions on disk", WireSuite.Rows),
    new(
        "world", "rules of links, 10,000 and 100,000 neurons, emulated seconds a second, seeds of the fuzzer",
        WorldSuite.Rows),
    new(
        "equilibrium", "competitive descent against TorchSharp, the machine's floor, and on two cores",
        EquilibriumSuite.Rows),
];

return args switch
{
    ["footprint", var model, var degree, var count] => Footprint.Print(model, degree, count),
    ["wire-copy", var port, var certificates] => WirePair.Copy(port, certificates),
    _ => Benchmark.Execute(suites, args),
};
