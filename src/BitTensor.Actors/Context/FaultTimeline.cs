using BitTensor.Plans;
using BitTensor.Plans.Faults;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Context;

/// <summary>
/// What happens during a run, as far as it is known now: the timeline of the scenario, and what was added to it since.
/// </summary>
sealed class FaultTimeline(Scenario scenario, IReadOnlyList<NeuronPlan> plans)
{
    /// <summary>The scenario with all that was added.</summary>
    public Scenario Scenario { get; private set; } = scenario;

    public Timeline Timeline { get; private set; } = TimelineDraw.Of(scenario, plans);

    /// <summary>Adds an entry.</summary>
    public void Add(TimelineEntry entry)
    {
        Scenario = Scenario with { Timeline = Scenario.Timeline.Add(entry) };
        Timeline = TimelineDraw.Of(Scenario, plans);
    }
}
