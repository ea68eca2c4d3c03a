using System.Collections.Immutable;
using BitTensor.Scenarios;

namespace BitTensor.Reports.Compare;

/// <summary>The outcomes of a run: its verdict file, or what follows from the records of a run without one.</summary>
/// <param name="Verdict">Over all properties.</param>
/// <param name="Blocks">The last block.</param>
/// <param name="IsEarly">True when the run ended before its planned end, or has not ended.</param>
/// <param name="Properties">A verdict per property of the scenario, in its order.</param>
/// <param name="Populations">A summary per population, in the order of the scenario.</param>
public sealed record RunOutcome(
    Outcome Verdict, long Blocks, bool IsEarly, ImmutableArray<PropertyVerdict> Properties,
    ImmutableArray<PopulationSummary> Populations)
{
    internal static RunOutcome Of(RunArchive archive, Scenario scenario, RunData data, Lazy<MetricTable> table)
    {
        if (archive.IsComplete)
        {
            var verdict = archive.Verdict;
            return new RunOutcome(
                verdict.Verdict, verdict.Blocks, verdict.Interrupted, verdict.Properties, verdict.Populations);
        }
        var properties = PropertyJudge.Judge(scenario.Expect, table.Value);
        return new RunOutcome(
            properties.Select(p => p.Outcome).Overall(), table.Value.LastBlock, true, properties,
            PopulationSummary.Of(data, table.Value));
    }
}
