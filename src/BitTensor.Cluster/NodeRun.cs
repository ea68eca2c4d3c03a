using System.Collections.Immutable;
using BitTensor.Actors.Context;
using BitTensor.Actors.Models;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Plans;
using BitTensor.Scenarios;

namespace BitTensor.Cluster;

/// <summary>One run on one node: the objects that its actors on the node share.</summary>
sealed record NodeRun(RunContext Run, ImmutableArray<NeuronPlan> Plans, ModelFactory Models)
{
    /// <summary>Makes the run of a descriptor on this node.</summary>
    /// <exception cref="ClusterException">The scenario is not one of this version.</exception>
    /// <exception cref="Learning.DataSetException">The data set is not on this machine.</exception>
    public static NodeRun Of(ClusterMessage.RunDescriptor descriptor, NodeRouter router, Compute compute)
    {
        var scenario = Read(descriptor);
        var plans = Roster.Draw(scenario);
        var models = new ModelFactory(scenario, plans);
        var run = ContextOf(descriptor.Run, scenario, plans, router, compute, models.Create);
        return new NodeRun(run, plans, models);
    }

    /// <summary>The scenario of a descriptor.</summary>
    /// <exception cref="ClusterException">It is not one of this version.</exception>
    public static Scenario Read(ClusterMessage.RunDescriptor descriptor)
    {
        var result = ScenarioFile.Parse(descriptor.Scenario, descriptor.Run, []);
        return result.Value ?? throw new ClusterException(
            $"The scenario of run {descriptor.Run} cannot be read here; run the same version on every node:\n"
            + string.Join('\n', result.Errors));
    }

    /// <summary>A run in which the router resolves every address.</summary>
    public static RunContext ContextOf(
        string id, Scenario scenario, IReadOnlyList<NeuronPlan> plans, NodeRouter router, Compute compute,
        Func<NeuronPlan, NeuronModel>? create = null)
    {
        var clock = new RunClock(router.Scheduler, scenario.BlockInterval);
        var run = new RunContext(scenario, id, plans, compute, clock) { KeepsCheckpoints = true, NewModel = create };
        // A sent tensor is rounded already, so that encoding it again changes nothing.
        router.Encoding = run.Encoding;
        for (var address = Addresses.Last; address < plans.Count; address++)
        {
            run.Actors.Register(address, router.RefOf(address));
        }
        return run;
    }
}
