using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("BitTensor.Cluster.Tests.LongestFirst", "BitTensor.Cluster.Tests")]

namespace BitTensor.Cluster.Tests;

/// <summary>Begins with the stories that take longest, so that none of them is alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Long =
    [
        nameof(NodeDeathSpec), nameof(HostsSpec), nameof(PauseSpec), nameof(RollingSpec), nameof(SoakSpec),
        nameof(RunDeathSpec), nameof(SameVerdictSpec), nameof(SignalSpec),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(c => Array.FindIndex(
            Long, name => c.DisplayName.Contains(name, StringComparison.Ordinal)) is >= 0 and var k ? k : Long.Length);
}
