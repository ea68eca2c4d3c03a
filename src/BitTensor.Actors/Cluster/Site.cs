using System.Collections.Immutable;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Cluster;

/// <summary>A charter or a request of a run that this program cannot carry out.</summary>
public sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One run on one node: what its actors there share.</summary>
sealed record Site(RunContext Run, ImmutableArray<NeuronPlan> Plans, ModelFactory Models)
{
    /// <summary>The run of a charter.</summary>
    /// <exception cref="ClusterException">The scenario is not one of this version.</exception>
    /// <exception cref="Learning.DataSetException">The data set is not on this machine.</exception>
    public static Site Of(ClusterMessage.Charter charter, PostOffice post, Compute compute)
    {
        var scenario = Read(charter);
        var plans = Roster.Draw(scenario);
        var models = new ModelFactory(scenario, plans);
        return new Site(ContextOf(charter.Run, scenario, plans, post, compute, models.Create), plans, models);
    }

    /// <summary>The scenario of a charter.</summary>
    /// <exception cref="ClusterException">It is not one of this version.</exception>
    public static Scenario Read(ClusterMessage.Charter charter)
    {
        var result = ScenarioFile.Parse(charter.Scenario, charter.Run, []);
        return result.Value ?? throw new ClusterException(
            $"The scenario of run {charter.Run} cannot be read here; run the same version on every node:\n{string.Join('\n', result.Errors)}");
    }

    /// <summary>A run whose every address is the post's.</summary>
    public static RunContext ContextOf(
        string id, Scenario scenario, IReadOnlyList<NeuronPlan> plans, PostOffice post, Compute compute, Func<NeuronPlan, NeuronModel>? create = null)
    {
        var clock = new RunClock(post.Scheduler, scenario.BlockInterval);
        var run = new RunContext(scenario, id, plans, compute, clock) { KeepsCheckpoints = true, NewModel = create };
        // Tensors are rounded before they are sent: encoding them again changes nothing.
        post.Encoding = run.Encoding;
        for (var address = Addresses.Last; address < plans.Count; address++)
        {
            run.Actors.Register(address, post.RefOf(address));
        }
        return run;
    }
}
